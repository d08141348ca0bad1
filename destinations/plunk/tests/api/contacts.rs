//! Create or Update Contact.

use serde_json::json;
use waystation_destination_plunk::actions::UpsertContact;
use waystation_testkit::{Answer, Event, Partner};

use crate::support::{contact, harness, refusal};

#[tokio::test]
async fn a_contact_is_created_or_updated() {
    for status in [201, 200] {
        let partner = Partner::start().await;
        let stored = contact("c-1", "ada@example.com");
        partner.on("POST", "/contacts").answers(status, stored.clone());
        let harness = harness(&partner)
            .map("subscribed", json!({"@path": "$.traits.newsletter"}))
            .map("temporaryData", json!({"visits": 3}));
        let event = Event::identify()
            .message_id("msg-1")
            .trait_value("email", "Ada@Example.com")
            .trait_value("newsletter", false)
            .trait_value("nickname", json!(null));
        let outcome = harness.run::<UpsertContact>(event).await;
        assert_eq!(outcome.assert_delivered(), stored);
        let request = partner.assert_sent_once();
        assert_eq!(request.header("authorization"), Some("Bearer sk_test_secret"));
        assert_eq!(request.header("x-request-id"), Some("msg-1"));
        assert_eq!(request.header("idempotency-key"), None, "Plunk ignores it here");
        assert_eq!(
            request.json(),
            json!({
                "email": "ada@example.com",
                "subscribed": false,
                "data": {
                    "email": "Ada@Example.com",
                    "newsletter": false,
                    "nickname": null,
                    "visits": {"value": 3, "persistent": false},
                },
            })
        );
    }
}

#[tokio::test]
async fn what_plunk_would_store_or_choke_on_stays_here() {
    let partner = Partner::start().await;
    let address = Event::identify().trait_value("email", "not-an-email");
    let outcome = harness(&partner).run::<UpsertContact>(address).await;
    outcome.assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    let subscribed = Event::identify().trait_value("email", "a@b.co");
    let harness = harness(&partner).map("subscribed", "perhaps");
    let outcome = harness.run::<UpsertContact>(subscribed).await;
    outcome.assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    partner.assert_nothing_sent();
}

#[tokio::test]
async fn an_answer_that_is_no_contact_is_no_success() {
    for answer in [
        Answer::json(200, json!({"success": true})),
        Answer::json(200, json!({"id": ""})),
        Answer::text(200, "<html>"),
        Answer::empty(204),
    ] {
        let partner = Partner::start().await;
        partner.answers_with(answer.clone());
        partner.answers(200, contact("c-1", "a@b.co"));
        let event = Event::identify().trait_value("email", "a@b.co");
        let outcome = harness(&partner).retries(1).run::<UpsertContact>(event).await;
        outcome.assert_delivered();
        outcome.assert_attempts(2);
        let first = format!("{:?}", outcome.attempts()[0]);
        assert!(first.contains("UnknownOutcome"), "{answer:?}: {first}");
    }
}

#[tokio::test]
async fn a_contact_is_known_by_its_id_however_the_answer_is_wrapped() {
    for answer in [
        json!({"id": 17, "email": "a@b.co"}),
        json!({"success": true, "data": {"id": "cnt_abc123"}}),
    ] {
        let partner = Partner::start().await;
        partner.answers(200, answer.clone());
        let event = Event::identify().trait_value("email", "a@b.co");
        let outcome = harness(&partner).run::<UpsertContact>(event).await;
        assert_eq!(outcome.assert_delivered(), answer);
    }
}

#[tokio::test]
async fn a_refusal_within_a_success_is_a_refusal() {
    let partner = Partner::start().await;
    partner.answers(200, refusal(403, "PROJECT_DISABLED", "The project is disabled"));
    let event = Event::identify().trait_value("email", "a@b.co");
    let outcome = harness(&partner).run::<UpsertContact>(event).await;
    outcome.assert_failed_with(403, "PROJECT_DISABLED");
}
