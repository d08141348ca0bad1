//! Events and their definitions.

use serde_json::{Value, json};
use waystation_destination_hubspot::HubSpot;
use waystation_destination_hubspot::actions::{CustomEvent, SendCustomBehavioralEvent};
use waystation_testkit::{Answer, Event, Harness, Partner};

use crate::support::{harness, refusal};

const DEFINITION: &str = "/events/v3/event-definitions/seat_used/";
const DEFINITIONS: &str = "/events/v3/event-definitions";
const PROPERTY: &str = "/events/v3/event-definitions/pe1_seat_used/property";
const SEND: &str = "/events/v3/send";

fn custom(partner: &Partner) -> Harness<HubSpot> {
    harness(partner)
        .subscribe("type = \"track\"")
        .map("event_name", json!({"@path": "$.event"}))
        .map(
            "record_details",
            json!({"object_type": "contact", "email": "a@b.example"}),
        )
        .map("properties", json!({"@path": "$.properties"}))
        .map("__segment_internal_sync_mode", "upsert")
}

fn definition(properties: impl Into<Value>) -> Value {
    json!({
        "name": "seat_used",
        "fullyQualifiedName": "pe1_seat_used",
        "archived": false,
        "properties": properties.into(),
    })
}

fn used() -> Event {
    Event::track("Seat Used")
}

#[tokio::test]
async fn definitions_are_asked_for_once() {
    let partner = Partner::start().await;
    let plan = definition(json!([{"name": "plan", "type": "string"}]));
    partner.on("GET", DEFINITION).answers(200, plan);
    partner.on("POST", SEND).always_answers(204, json!({}));
    let harness = custom(&partner);
    for plan in ["pro", "007"] {
        let event = used().property("plan", plan);
        harness.run::<CustomEvent>(event).await.assert_delivered();
    }
    let sent: Vec<Value> = partner
        .requests_to("POST", SEND)
        .iter()
        .map(|request| request.json()["properties"]["plan"].clone())
        .collect();
    assert_eq!(sent, ["pro", "007"]);
}

#[tokio::test]
async fn what_is_remembered_refuses_nothing() {
    let partner = Partner::start().await;
    let before = definition(json!([{"name": "plan", "type": "number"}]));
    let after = definition(json!([{"name": "plan", "type": "string"}]));
    partner
        .on("GET", DEFINITION)
        .answers(200, before)
        .answers(200, after);
    partner.on("POST", SEND).always_answers(204, json!({}));
    let harness = custom(&partner);
    for plan in [json!(1), json!("pro")] {
        let event = used().property("plan", plan);
        harness.run::<CustomEvent>(event).await.assert_delivered();
    }
}

#[tokio::test]
async fn every_property_has_to_be_defined() {
    let partner = Partner::start().await;
    partner.on("GET", DEFINITION).answers(200, definition(json!([])));
    partner
        .on("POST", PROPERTY)
        .answers(201, json!({}))
        .answers(403, refusal("scope"));
    let event = used().property("plan", "pro").property("seats", 3);
    let outcome = custom(&partner).run::<CustomEvent>(event).await;
    outcome.assert_failed_with(403, "UNEXPECTED_ERROR");
    assert!(partner.requests_to("POST", SEND).is_empty(), "nothing is sent");
}

#[tokio::test]
async fn the_wait_that_hubspot_asks_for_survives() {
    let partner = Partner::start().await;
    let limited = Answer::json(429, refusal("slow down")).header("retry-after", "7");
    partner.on("GET", DEFINITION).answers_with(limited);
    let outcome = custom(&partner).run::<CustomEvent>(used()).await;
    let error = outcome.assert_failed_with(429, "RETRYABLE_ERROR");
    let wait = error.action().and_then(waystation_kit::Error::retry_after);
    assert_eq!(wait.map(|wait| wait.as_secs()), Some(7));
}

#[tokio::test]
async fn a_definition_that_cannot_be_created_now_is_tried_again() {
    for (status, body, ours) in [
        (409, refusal("this event already exists"), 429),
        (429, refusal("slow down"), 500),
        (502, refusal("bad gateway"), 500),
    ] {
        let partner = Partner::start().await;
        partner.on("GET", DEFINITION).answers(404, refusal("none"));
        partner.on("POST", DEFINITIONS).answers(status, body);
        let outcome = custom(&partner).run::<CustomEvent>(used()).await;
        outcome.assert_failed_with(ours, "RETRYABLE_ERROR");
    }
}

#[tokio::test]
async fn the_definition_of_another_event_is_not_taken() {
    let partner = Partner::start().await;
    let other = json!({"name": "other", "fullyQualifiedName": "pe1_other", "properties": []});
    partner.on("GET", DEFINITION).answers(200, other);
    let outcome = custom(&partner).run::<CustomEvent>(used()).await;
    outcome.assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
}

#[tokio::test]
async fn behavioral_events_need_no_definition() {
    let partner = Partner::start().await;
    partner.on("POST", SEND).answers(204, json!({}));
    let harness = harness(&partner)
        .map("eventName", "pe1_Seat Used")
        .map("utk", "")
        .map("objectId", 5);
    harness
        .run::<SendCustomBehavioralEvent>(used())
        .await
        .assert_delivered();
    let sent = partner.assert_sent_once().json();
    assert_eq!(
        (&sent["eventName"], &sent["objectId"]),
        (&json!("pe1_seat_used"), &json!("5"))
    );
}
