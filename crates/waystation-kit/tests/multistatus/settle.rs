//! One answer for a whole batch.

use proptest::prelude::*;
use serde_json::{Value, json};
use waystation_kit::multistatus::{Blame, Slots, with_final_refusals_as_answers};
use waystation_kit::{Error, ErrorCode, ItemError, ItemOutcome, MultiStatusResponse, Response, Result};

use crate::partner::{Behaviour, behaviour, response};
use crate::rows::{Row, batch, rows};

fn settle(rows: &[Row], behaviour: &Behaviour) -> Result<MultiStatusResponse> {
    let sent = rows.iter().map(Row::sent).collect();
    batch(rows).settle(sent, behaviour.result(), |_, slots| behaviour.read(slots))
}

proptest! {
    #[test]
    fn one_answer_speaks_for_every_item(rows in rows(), behaviour in behaviour()) {
        let result = settle(&rows, &behaviour);
        prop_assert_eq!(result.is_err(), !rows.is_empty() && behaviour.concerns_the_attempt(rows.len()));
        let Ok(results) = result else { return Ok(()) };
        let outcomes = results.into_outcomes();
        prop_assert_eq!(outcomes.len(), rows.len());
        let unplaced = behaviour.unplaced_words(rows.len());
        for (row, outcome) in rows.iter().zip(outcomes) {
            let words: Vec<&str> =
                behaviour.complaints_about(row.number).iter().map(|complaint| complaint.words.as_str()).collect();
            match outcome {
                ItemOutcome::Success(success) => {
                    prop_assert!(words.is_empty() && unplaced.is_empty());
                    prop_assert_eq!((success.status, success.sent, success.body), (200, row.sent(), row.given()));
                }
                ItemOutcome::Error(error) if words.is_empty() && !unplaced.is_empty() => {
                    prop_assert!(error.outcome_is_unknown());
                    prop_assert_eq!(error.status, 502);
                }
                ItemOutcome::Error(error) => {
                    prop_assert!(!error.outcome_is_unknown());
                    prop_assert_eq!((error.sent, error.body), (Some(row.sent()), Some(row.given())));
                    prop_assert!(error.message.starts_with(&words.join("; ")));
                }
            }
        }
    }

    #[test]
    fn complaints_that_name_no_item_are_not_dropped(rows in rows(), behaviour in behaviour()) {
        let told = match settle(&rows, &behaviour) {
            Ok(results) => results.into_outcomes().iter().map(|outcome| outcome.to_node().to_string()).collect(),
            Err(error) => error.to_string(),
        };
        if !rows.is_empty() {
            for words in behaviour.unplaced_words(rows.len()) {
                prop_assert!(told.contains(words), "{told} lacks {words}");
            }
        }
    }
}

fn two_rows() -> Vec<Row> {
    let row = |number| Row {
        number,
        group: 0,
        text: String::new(),
        is_writable: true,
    };
    vec![row(0), row(1)]
}

fn settle_two(read: impl FnOnce(&Response, &mut Slots<'_>) -> Result<()>) -> Result<Vec<ItemOutcome>> {
    let rows = two_rows();
    let sent = rows.iter().map(Row::sent).collect();
    batch(&rows)
        .settle(sent, Ok(response(207, &[])), read)
        .map(MultiStatusResponse::into_outcomes)
}

#[test]
fn the_first_complaint_names_the_error_and_all_have_their_say() {
    let outcomes = settle_two(|_, slots| {
        assert_eq!(slots.len(), 2);
        let first = ItemError::new(422, "bad id").with_code(ErrorCode::from_partner("bad_id"));
        slots.refuse(Some(1), first);
        slots.refuse(Some(1), ItemError::new(400, "bad name"));
        slots.succeed_others();
        Ok(())
    })
    .unwrap();
    assert_eq!(
        outcomes[1].to_node(),
        json!({
            "status": 422, "errortype": "bad_id", "errormessage": "bad id; bad name", "errorreporter": "DESTINATION",
            "sent": {"row": 1, "text": ""}, "body": {"row": 1, "given": true},
        })
    );
    assert_eq!(outcomes[0].to_node()["status"], 200);
}

#[test]
fn what_the_partner_says_of_an_item_that_it_took_is_kept_unless_it_complains() {
    let outcomes = settle_two(|_, slots| {
        slots.succeed(0, 201, json!({"id": 1}));
        slots.succeed(1, 201, json!({"id": 2}));
        slots.refuse(Some(1), ItemError::new(400, "no"));
        Ok(())
    })
    .unwrap();
    assert_eq!(
        outcomes[0].to_node(),
        json!({"status": 201, "sent": {"row": 0, "text": ""}, "body": {"id": 1}})
    );
    assert_eq!(outcomes[1].status(), 400);
}

#[test]
fn a_success_for_an_item_that_was_never_sent_proves_nothing_about_the_others() {
    let error = settle_two(|_, slots| {
        slots.succeed(2, 200, Value::Null);
        slots.succeed_others();
        Ok(())
    })
    .unwrap_err();
    assert!(error.outcome_is_unknown(), "{error}");
    assert!(!error.is_retryable(), "{error}");
    assert_eq!(error.code(), Some(ErrorCode::MISCOUNTED_RESULTS));
    assert!(
        error.to_string().contains("a fault of the destination's code"),
        "{error}"
    );
}

#[test]
fn a_success_too_many_fails_only_those_that_have_none() {
    let outcomes = settle_two(|_, slots| {
        slots.succeed(1, 200, Value::Null);
        slots.succeed(2, 200, Value::Null);
        Ok(())
    })
    .unwrap();
    assert_eq!(outcomes[1].status(), 200);
    assert!(!outcomes[0].is_retryable(), "{outcomes:?}");
    assert_eq!(outcomes[0].to_node()["errortype"], "MISCOUNTED_RESULTS");
}

#[test]
fn an_item_of_which_nothing_is_noted_has_an_unknown_outcome() {
    let outcomes = settle_two(|_, slots| {
        slots.succeed(0, 200, Value::Null);
        Ok(())
    })
    .unwrap();
    assert_eq!(outcomes[0].status(), 200);
    assert!(outcomes[1].outcome_is_unknown() && !outcomes[1].is_retryable());
    assert_eq!(outcomes[1].status(), 500);
    assert_eq!(outcomes[1].to_node()["errortype"], "MISCOUNTED_RESULTS");
}

#[test]
fn a_complaint_about_an_item_and_one_about_none_are_both_kept() {
    let outcomes = settle_two(|_, slots| {
        slots.refuse(Some(0), ItemError::new(400, "bad id"));
        slots.refuse(None, ItemError::new(400, "bad moon"));
        slots.succeed_others();
        Ok(())
    })
    .unwrap();
    assert_eq!(outcomes[0].to_node()["errormessage"], "bad id");
    assert!(!outcomes[0].outcome_is_unknown());
    assert!(outcomes[1].outcome_is_unknown());
    let words = outcomes[1].to_node()["errormessage"].to_string();
    assert!(words.contains("bad moon"), "{words}");
}

#[test]
fn a_document_that_fails_after_an_item_was_refused_loses_neither() {
    let outcomes = settle_two(|_, slots| {
        slots.refuse(Some(0), ItemError::new(404, "no such customer"));
        Err(Error::retryable("too much at once").with_status(429))
    })
    .unwrap();
    assert_eq!(outcomes[0].status(), 404);
    assert_eq!(outcomes[1].status(), 429);
}

#[test]
fn what_was_taken_with_a_complaint_is_delivered_with_a_warning() {
    let outcomes = settle_two(|_, slots| {
        slots.warn(Some(1), "colour is not known");
        slots.succeed_others();
        Ok(())
    })
    .unwrap();
    assert_eq!(outcomes[0].warning(), None);
    assert_eq!(outcomes[1].warning(), Some("colour is not known"));
}

#[test]
fn the_wait_of_one_item_stays_with_it() {
    let outcomes = settle_two(|_, slots| {
        let busy = ItemError::new(429, "busy").with_retry_after(std::time::Duration::from_secs(9));
        slots.refuse(Some(1), busy);
        slots.succeed_others();
        Ok(())
    })
    .unwrap();
    assert!(
        matches!(&outcomes[1], ItemOutcome::Error(error) if error.retry_after.map(|wait| wait.as_secs()) == Some(9)),
        "{outcomes:?}"
    );
}

#[test]
fn an_action_that_sends_fewer_items_than_it_has_is_told_so() {
    let error = batch(&two_rows())
        .settle(vec![json!(0)], Ok(response(200, &[])), |_, _| Ok(()))
        .unwrap_err();
    assert!(error.to_string().contains("1 items of a batch of 2"), "{error}");
    assert!(!error.is_retryable(), "the partner took it: {error}");
    assert_eq!(error.code(), Some(ErrorCode::MISCOUNTED_RESULTS));
}

#[test]
fn an_action_that_loses_count_of_what_failed_is_tried_again_all_the_same() {
    let busy = Err(Error::Http(Box::new(response(503, &[]))));
    let error = batch(&two_rows())
        .settle(vec![json!(0)], busy, |_, _| Ok(()))
        .unwrap_err();
    assert!(error.is_retryable() && error.status() == Some(503), "{error:?}");
}

fn blame(outcome: &ItemOutcome) -> Option<Blame> {
    match outcome {
        ItemOutcome::Success(_) => None,
        ItemOutcome::Error(error) => Some(error.blame),
    }
}

#[test]
fn a_refusal_of_the_whole_request_blames_no_item() {
    let rows = two_rows();
    let sent = rows.iter().map(Row::sent).collect();
    let refused = Err(Error::Http(Box::new(response(400, &[]))));
    let results = batch(&rows).settle(sent, refused, |_, _| Ok(())).unwrap();
    for outcome in results.into_outcomes() {
        assert_eq!((outcome.status(), blame(&outcome)), (400, Some(Blame::Request)));
    }
}

#[test]
fn items_that_the_partner_does_not_name_are_refused_with_the_request() {
    let complaint = |words: &str| ItemError::new(400, words);
    let outcomes = settle_two(|_, slots| {
        slots.refuse(Some(1), complaint("bad id"));
        slots.refuse_others(&complaint("nothing was processed"));
        Ok(())
    })
    .unwrap();
    let blames: Vec<Option<Blame>> = outcomes.iter().map(blame).collect();
    assert_eq!(blames, [Some(Blame::Request), Some(Blame::Item)]);
    assert_eq!(outcomes[1].to_node()["errormessage"], "bad id");

    let outcomes = settle_two(|_, slots| {
        slots.succeed(0, 200, Value::Null);
        slots.refuse_others(&complaint("nothing else was processed"));
        Ok(())
    })
    .unwrap();
    assert_eq!(outcomes[0].status(), 200);
}

#[test]
fn only_refusals_that_no_retry_can_mend_are_read_like_answers() {
    for status in [400, 401, 404, 413, 422] {
        let read = with_final_refusals_as_answers(Err(Error::Http(Box::new(response(status, &[])))));
        assert_eq!(read.map(|answer| answer.status()).ok(), Some(status));
    }
    for status in [408, 423, 429, 500, 501, 503] {
        let read = with_final_refusals_as_answers(Err(Error::Http(Box::new(response(status, &[])))));
        assert!(matches!(read, Err(Error::Http(_))), "{status}");
    }
    assert!(with_final_refusals_as_answers(Err(Error::payload("refused"))).is_err());
    assert_eq!(
        with_final_refusals_as_answers(Ok(response(200, &[])))
            .map(|answer| answer.status())
            .ok(),
        Some(200)
    );
}
