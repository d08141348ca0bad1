//! Comparing what became of a batch.
//!
//! A retryable failure may be told in two forms: the call fails with it, or every item that was attempted
//! carries it. To the retry wrapper both mean the same, so either stands for the other.

use serde_json::Value;
use waystation_kit::retry::is_retryable_status;
use waystation_kit::{ItemError, ItemOutcome};
use waystation_runtime::BatchOutcome;

use super::values::Values;

/// Whether a batch came to the recorded result.
pub(super) fn same(values: &Values<'_>, expected: &[Value], outcome: &BatchOutcome) -> bool {
    let Some(recorded) = expected.first().and_then(|step| step.get("multistatus")) else {
        return values.steps_equal(expected, &outcome.to_steps());
    };
    let recorded = super::list(recorded);
    let (items, failure) = match outcome {
        BatchOutcome::Skipped(_) => return false,
        BatchOutcome::Items(items) => (items, None),
        BatchOutcome::Failed { error, items } => (items, Some(ItemError::from_error(error))),
    };
    expected.len() == 1
        && recorded.len() == items.len()
        && recorded.iter().zip(items).all(|(node, item)| match &failure {
            Some(failure) if is_failure(item, failure) => is_retryable_node(node, failure.status),
            _ => values.node_equal(node, &item.to_node()),
        })
}

/// Whether an item failed because the call did.
fn is_failure(item: &ItemOutcome, failure: &ItemError) -> bool {
    matches!(item, ItemOutcome::Error(error) if error.status == failure.status && error.code == failure.code)
}

fn is_retryable_node(node: &Value, status: u16) -> bool {
    is_retryable_status(status) && node["status"] == status && node["errortype"].is_string()
}

/// Whether every item that was attempted carries the recorded, retryable failure of the whole call. What the
/// validation refused was not attempted.
pub(super) fn all_failed_with(error: &Value, items: &[ItemOutcome]) -> bool {
    let Some(status) = error["status"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok())
    else {
        return false;
    };
    let mut attempted = items
        .iter()
        .filter(|item| !is_refused_by_validation(item))
        .peekable();
    is_retryable_status(status)
        && attempted.peek().is_some()
        && attempted.all(|item| matches!(item, ItemOutcome::Error(error) if error.status == status))
}

fn is_refused_by_validation(item: &ItemOutcome) -> bool {
    matches!(item, ItemOutcome::Error(error) if error.status == 400
        && error.code == waystation_kit::ErrorCode::PAYLOAD_VALIDATION_FAILED
        && error.reporter() == "INTEGRATIONS")
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use waystation_kit::{Error, ItemSuccess};

    use super::*;

    fn failed(first: ItemOutcome) -> BatchOutcome {
        let error = Error::retryable("later");
        BatchOutcome::Failed {
            items: vec![first, ItemError::from_error(&error).into()],
            error,
        }
    }

    fn holds(expected: &Value, outcome: &BatchOutcome) -> bool {
        same(
            &Values::new(&json!({}), &[]),
            &[json!({"multistatus": expected})],
            outcome,
        )
    }

    #[test]
    fn a_retryable_failure_of_the_call_stands_for_that_of_every_attempted_item() {
        let refused = ItemOutcome::from(ItemError::payload("no name"));
        let node = refused.to_node();
        let later = json!({"status": 500, "errortype": "INTERNAL_SERVER_ERROR", "errormessage": "x"});
        let other = json!({"status": 503, "errortype": "SERVICE_UNAVAILABLE", "errormessage": "x"});
        let outcome = failed(refused);
        assert!(holds(&json!([node, later]), &outcome));
        assert!(!holds(&json!([node, other]), &outcome), "another status");
        assert!(
            !holds(&json!([later, later]), &outcome),
            "the first item was refused before"
        );
        assert!(
            !holds(&json!([node, {"status": 200, "sent": {}, "body": {}}]), &outcome),
            "a success"
        );
    }

    #[test]
    fn attempted_items_that_all_failed_stand_for_the_failure_of_the_call() {
        let later: ItemOutcome = ItemError::new(429, "later").into();
        let refused: ItemOutcome = ItemError::payload("no name").into();
        let taken: ItemOutcome = ItemSuccess::new(json!({}), json!({})).into();
        let (retryable, lasting) = (json!({"status": 429}), json!({"status": 400}));
        assert!(all_failed_with(&retryable, &[later.clone(), refused.clone()]));
        assert!(!all_failed_with(&retryable, &[later, taken]));
        assert!(
            !all_failed_with(&retryable, std::slice::from_ref(&refused)),
            "nothing was attempted"
        );
        assert!(!all_failed_with(&lasting, &[refused]));
    }
}
