//! An event, shown as it is.

use waystation_kit::prelude::*;

use crate::{Answer, Inspector};

/// What is shown.
#[derive(Debug, Serialize, Deserialize, Payload)]
pub struct Inspect {
    /// What to show: the whole event, unless the mapping picks from it.
    #[field(label = "Event", default = directive::path("$."))]
    pub event: JsonObject,
}

impl ActionInfo<Inspector> for Inspect {
    const SLUG: &'static str = "inspect";
    const TITLE: &'static str = "Inspect";
    const DESCRIPTION: &'static str = "Show an event in the delivery record.";
    const SUBSCRIBE: Option<&'static str> = Some(
        r#"type = "track" or type = "identify" or type = "page" or type = "screen" or type = "group" or type = "alias""#,
    );
}

impl Action<Inspector> for Inspect {
    async fn perform(cx: &Context<Inspector>, payload: Self) -> Result<Output> {
        match cx.settings().answer.unwrap_or_default() {
            Answer::Delivered => Ok(json!({ "inspected": payload.event }).into()),
            Answer::Refused => Err(Error::integration(
                "The inspector is told to refuse events",
                ErrorCode::from_status(400),
                400,
            )),
            Answer::Unavailable => Err(Error::retryable("The inspector is told to be unavailable")),
        }
    }
}

#[cfg(test)]
mod tests {
    use waystation_testkit::{Event, Harness, Partner, RunOutcome};

    use super::*;

    async fn inspected(settings: Value) -> (RunOutcome, usize) {
        let partner = Partner::start().await;
        let harness = Harness::<Inspector>::new(&partner, settings);
        let outcome = harness.run::<Inspect>(Event::track("Order Completed")).await;
        (outcome, partner.requests().len())
    }

    #[tokio::test]
    async fn events_are_shown_and_nothing_is_sent() {
        let (outcome, requests) = inspected(json!({})).await;
        let shown = outcome.assert_delivered();
        assert_eq!(shown["inspected"]["event"], "Order Completed");
        assert_eq!(requests, 0);
    }

    #[tokio::test]
    async fn events_are_refused_on_demand() {
        let (outcome, _) = inspected(json!({"answer": "refused"})).await;
        assert!(!outcome.assert_failed_with(400, "BAD_REQUEST").is_retryable());
        let (outcome, _) = inspected(json!({"answer": "unavailable"})).await;
        let error = outcome.error().expect("it should have failed");
        assert!(error.is_retryable(), "{error}");
    }

    #[test]
    fn the_definition_holds_together() {
        waystation_testkit::check::<Inspector>();
    }
}
