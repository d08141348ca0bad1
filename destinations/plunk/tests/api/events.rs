//! Track Event.

use serde_json::json;
use waystation_destination_plunk::actions::TrackEvent;
use waystation_testkit::{Answer, Event, Partner};

use crate::support::{event, harness, tracked};

#[tokio::test]
async fn an_event_goes_out_with_the_public_key() {
    let partner = Partner::start().await;
    partner.on("POST", "/v1/track").answers(200, tracked());
    let event = event()
        .context("traits.email", " Ada@Example.com ")
        .property("total", 12.5)
        .property("coupon", json!(null));
    let outcome = harness(&partner).run::<TrackEvent>(event).await;
    assert_eq!(outcome.assert_delivered(), tracked());
    let request = partner.assert_sent_once();
    assert_eq!(request.header("authorization"), Some("Bearer pk_test_public"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("x-request-id"), Some("msg-1"));
    assert_eq!(
        request.json(),
        json!({
            "event": "Order Completed",
            "email": "ada@example.com",
            "data": {"total": {"value": 12.5, "persistent": false}},
        })
    );
}

#[tokio::test]
async fn contact_data_is_stored_and_event_data_is_not() {
    let partner = Partner::start().await;
    partner.on("POST", "/v1/track").answers(200, tracked());
    let harness = harness(&partner)
        .map("subscribed", false)
        .map("preserveExistingSubscription", true)
        .map("data", json!({"plan": {"@path": "$.properties.plan"}}));
    let event = event().property("plan", "pro").property("order", 7);
    harness.run::<TrackEvent>(event).await.assert_delivered();
    assert_eq!(
        partner.assert_sent_once().json(),
        json!({
            "event": "Order Completed",
            "email": "ada@example.com",
            "subscribed": false,
            "preserveExistingSubscription": true,
            "data": {"plan": "pro", "order": {"value": 7, "persistent": false}},
        })
    );
}

#[tokio::test]
async fn events_that_plunk_cannot_use_stay_here() {
    let partner = Partner::start().await;
    let harness = harness(&partner);
    let unknown = event().without("context.traits.email");
    let misspelt = event().context("traits.email", "nope");
    let scattered = event().set("properties", json!([1, 2]));
    for event in [
        unknown,
        misspelt,
        scattered,
        Event::track("").context("traits.email", "a@b.co"),
    ] {
        let outcome = harness.run::<TrackEvent>(event).await;
        let error = outcome.assert_failed();
        assert_eq!(error.status(), Some(400), "{error}");
    }
    partner.assert_nothing_sent();
}

#[tokio::test]
async fn a_success_has_to_say_so() {
    for answer in [
        Answer::text(200, "<html>parked</html>"),
        Answer::json(200, json!({"data": {"event": "e-1"}})),
        Answer::json(200, json!({"success": "true"})),
        Answer::json(200, json!([])),
        Answer::empty(204),
    ] {
        let partner = Partner::start().await;
        partner.answers_with(answer.clone());
        let outcome = harness(&partner).run::<TrackEvent>(event()).await;
        let error = outcome.assert_failed_with(502, "INVALID_RESPONSE");
        assert!(error.action().unwrap().outcome_is_unknown(), "{answer:?}");
    }
}

#[tokio::test]
async fn an_older_answer_has_what_it_made_beside_the_word() {
    let partner = Partner::start().await;
    let older =
        json!({"success": true, "contact": "c-1", "event": "e-1", "timestamp": "2024-11-22T00:00:00.000Z"});
    partner.answers(200, older.clone());
    let outcome = harness(&partner).run::<TrackEvent>(event()).await;
    assert_eq!(outcome.assert_delivered(), older);
}

#[tokio::test]
async fn deletions_are_no_events() {
    let partner = Partner::start().await;
    let outcome = harness(&partner)
        .run::<TrackEvent>(Event::track("User Deleted"))
        .await;
    outcome.assert_not_subscribed();
}
