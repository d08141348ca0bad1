//! Events on their way to the partner.

use serde_json::json;
use waystation_destination_sample_key::SampleKey;
use waystation_destination_sample_key::actions::{TrackEvent, UpsertContact};
use waystation_testkit::{Event, Harness, Partner};

fn connected(partner: &Partner) -> Harness<SampleKey> {
    Harness::new(partner, json!({"apiKey": "key-1"}))
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
    assert_eq!(request.url.as_str(), "https://api.sample-key.example/track-event");
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

#[tokio::test]
async fn upsert_contact_posts_what_a_person_did() {
    let partner = Partner::start().await;
    partner.answers(200, json!({"ok": true}));

    let event = Event::track("Order Completed")
        .user_id("u-1")
        .property("total", 12.5);
    let outcome = connected(&partner).run::<UpsertContact>(event).await;

    assert_eq!(outcome.assert_delivered(), json!({"ok": true}));
    let request = partner.assert_sent_once();
    assert_eq!(
        request.url.as_str(),
        "https://api.sample-key.example/upsert-contact"
    );
    assert_eq!(
        request.json(),
        json!({"userId": "u-1", "event": "Order Completed", "properties": {"total": 12.5}})
    );
}

#[tokio::test]
async fn upsert_contact_fails_for_the_items_that_are_rejected() {
    let partner = Partner::start().await;
    partner.answers(
        200,
        json!({"rejected": [{"index": 1, "reason": "no such person"}]}),
    );

    let events = [Event::track("A").user_id("u-1"), Event::track("B").user_id("u-2")];
    let outcome = connected(&partner).run_batch::<UpsertContact>(events).await;

    outcome.assert_item(0).delivered();
    let error = outcome
        .assert_item(1)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    assert_eq!(error.message, "no such person");
}
