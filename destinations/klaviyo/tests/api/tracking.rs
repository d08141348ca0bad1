//! Events, one by one and in batches.

use serde_json::json;
use waystation_destination_klaviyo::Klaviyo;
use waystation_destination_klaviyo::actions::TrackEvent;
use waystation_testkit::{Event, Harness, Partner};

use crate::support::{LASTING, PASSING, harness, refusal};

const JOBS: &str = "/api/event-bulk-create-jobs/";

fn tracking(partner: &Partner) -> Harness<Klaviyo> {
    harness(partner).map("profile", json!({"external_id": {"@path": "$.userId"}}))
}

fn events() -> Vec<Event> {
    ["One", "Two", "Three"].map(Event::track).into()
}

#[tokio::test]
async fn the_event_to_blame_fails_and_the_others_are_sent_again() {
    let partner = Partner::start().await;
    let pointer = "/data/attributes/events-bulk-create/data/2/attributes/profile";
    partner
        .on("POST", JOBS)
        .answers(400, refusal(400, "nobody", pointer))
        .answers(202, json!({}));
    let outcome = tracking(&partner)
        .retries(1)
        .run_batch::<TrackEvent>(events())
        .await;
    outcome.assert_item(0).delivered();
    outcome.assert_item(1).delivered();
    let error = outcome.assert_item(2).failed_with(400, "BAD_REQUEST");
    assert_eq!(error.sent.as_ref().unwrap()["metric_name"], "Three");
    assert_eq!(outcome.items_by_attempt(), [3, 2]);
}

#[tokio::test]
async fn a_key_that_is_refused_is_no_reason_to_try_again() {
    for (status, code) in LASTING {
        let partner = Partner::start().await;
        partner
            .on("POST", JOBS)
            .answers(status, refusal(status, "no", "/data/"));
        let outcome = tracking(&partner)
            .retries(1)
            .run_batch::<TrackEvent>(events())
            .await;
        outcome.assert_item(0).failed_with(status, code);
        outcome.assert_attempts(1);
    }
}

#[tokio::test]
async fn failures_that_may_pass_reach_the_retry_wrapper() {
    for status in PASSING {
        let partner = Partner::start().await;
        partner
            .on("POST", JOBS)
            .answers(status, json!({"message": "later"}))
            .answers(202, json!({}));
        let outcome = tracking(&partner)
            .retries(1)
            .run_batch::<TrackEvent>(events())
            .await;
        outcome.assert_delivered();
    }
}

#[tokio::test]
async fn a_single_event_fails_as_klaviyo_says() {
    let lasting = LASTING.into_iter().map(|(status, _)| status);
    for status in PASSING.into_iter().chain(lasting) {
        let partner = Partner::start().await;
        partner
            .on("POST", "/api/events/")
            .answers(status, refusal(status, "no", "/data"));
        let outcome = tracking(&partner).run::<TrackEvent>(Event::track("One")).await;
        let error = outcome.assert_failed_with(status, "");
        assert_eq!(error.is_retryable(), PASSING.contains(&status), "{status}");
    }
}
