//! Events on their way to the partner.

use serde_json::json;
use waystation_destination_sample_oauth::SampleOauth;
use waystation_destination_sample_oauth::actions::TrackEvent;
use waystation_testkit::{Event, Harness, Partner};

fn connected(partner: &Partner) -> Harness<SampleOauth> {
    Harness::new(partner, json!({})).tokens("access-1", "refresh-1")
}

#[tokio::test]
async fn track_event_posts_what_a_person_did() {
    let partner = Partner::start().await;
    partner.answers(200, json!({"ok": true}));

    let event = Event::track("Order Completed")
        .user_id("u-1")
        .property("total", 12.5);
    let outcome = connected(&partner).run::<TrackEvent>(event).await;

    assert_eq!(outcome.assert_delivered(), json!({"ok": true}));
    let request = partner.assert_sent_once();
    assert_eq!(
        request.url.as_str(),
        "https://api.sample-oauth.example/track-event"
    );
    assert_eq!(
        request.json(),
        json!({"userId": "u-1", "event": "Order Completed", "properties": {"total": 12.5}})
    );
}

#[tokio::test]
async fn track_event_fails_for_the_items_that_are_rejected() {
    let partner = Partner::start().await;
    partner.answers(
        200,
        json!({"rejected": [{"index": 1, "reason": "no such person"}]}),
    );

    let events = [Event::track("A").user_id("u-1"), Event::track("B").user_id("u-2")];
    let outcome = connected(&partner).run_batch::<TrackEvent>(events).await;

    outcome.assert_item(0).delivered();
    let error = outcome
        .assert_item(1)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    assert_eq!(error.message, "no such person");
}
