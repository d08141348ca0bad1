//! One event at a time.

use insta::assert_json_snapshot;
use serde_json::json;
use waystation_destination_example::actions::{SendMessage, TrackEvent};
use waystation_testkit::{Answer, Event, Partner};

use crate::support::connected;

fn requested() -> Event {
    Event::track("Message Requested")
        .property("email", "ana@example.com")
        .property("name", "Ana")
}

#[tokio::test]
async fn a_message_is_sent_with_the_sender_of_its_template() {
    let partner = Partner::start().await;
    partner
        .on("GET", "/v1/templates/welcome")
        .answers(200, json!({"sender": "hello@acme.example"}));
    partner
        .on("POST", "/v1/messages")
        .answers(202, json!({"id": "m-1"}));
    let harness = connected(&partner).map("template_id", "welcome");

    let outcome = harness.run::<SendMessage>(requested()).await;

    assert_eq!(outcome.assert_delivered(), json!({"id": "m-1"}));
    assert_json_snapshot!(partner.snapshot(), @r#"
    [
      {
        "request": "GET https://acme.eu.example.invalid/v1/templates/welcome",
        "headers": {
          "authorization": "<redacted>",
          "x-workspace-key": "<redacted>"
        }
      },
      {
        "request": "POST https://acme.eu.example.invalid/v1/messages",
        "headers": {
          "authorization": "<redacted>",
          "content-type": "application/json",
          "idempotency-key": "message-1",
          "x-workspace-key": "<redacted>"
        },
        "body": {
          "channel": "email",
          "to": "ana@example.com",
          "from": "hello@acme.example",
          "template": "welcome",
          "values": {
            "email": "ana@example.com",
            "name": "Ana"
          }
        }
      }
    ]
    "#);
}

#[tokio::test]
async fn the_sender_of_a_template_is_asked_for_once() {
    let partner = Partner::start().await;
    partner
        .on("GET", "/v1/templates/welcome")
        .answers(200, json!({"sender": "hello@acme.example"}));
    partner.on("POST", "/v1/messages").always_answers(202, json!({}));
    let harness = connected(&partner).map("template_id", "welcome");

    harness.run::<SendMessage>(requested()).await.assert_delivered();
    harness.run::<SendMessage>(requested()).await.assert_delivered();

    assert_eq!(partner.requests_to("GET", "/v1/templates/welcome").len(), 1);
    assert_eq!(partner.requests_to("POST", "/v1/messages").len(), 2);
}

#[tokio::test]
async fn every_attempt_carries_the_same_idempotency_key() {
    let partner = Partner::start().await;
    partner
        .on("GET", "/v1/templates/welcome")
        .answers(200, json!({"sender": "hello@acme.example"}));
    partner
        .on("POST", "/v1/messages")
        .answers_with(Answer::empty(503))
        .answers(202, json!({}));
    let harness = connected(&partner).map("template_id", "welcome").retries(2);

    let outcome = harness.run::<SendMessage>(requested().message_id("msg-7")).await;

    outcome.assert_attempts(2).assert_delivered();
    let keys: Vec<_> = partner
        .requests_to("POST", "/v1/messages")
        .iter()
        .map(|request| request.header("idempotency-key").map(str::to_owned))
        .collect();
    assert_eq!(keys, [Some("msg-7".to_owned()), Some("msg-7".to_owned())]);
}

#[tokio::test]
async fn the_channel_decides_which_address_is_required() {
    let partner = Partner::start().await;
    let harness = connected(&partner)
        .map("template_id", "welcome")
        .map("channel", "text");

    let error = harness.run::<SendMessage>(requested()).await;

    let error = error
        .assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED")
        .to_string();
    assert!(error.contains("phone"), "{error}");
    partner.assert_nothing_sent();
}

#[tokio::test]
async fn other_events_are_not_for_the_action() {
    let partner = Partner::start().await;
    let outcome = connected(&partner)
        .run::<SendMessage>(Event::track("Order Completed"))
        .await;
    outcome.assert_not_subscribed();
}

#[tokio::test]
async fn a_feature_switches_to_the_next_version() {
    let partner = Partner::start().await;
    partner.answers(200, json!({}));
    let harness = connected(&partner).feature("example-next-version");

    harness
        .run::<TrackEvent>(Event::track("Order Completed"))
        .await
        .assert_delivered();

    assert_eq!(
        partner.assert_sent_once().url.as_str(),
        "https://acme.eu.example.invalid/v2/events"
    );
}

#[tokio::test]
async fn what_a_success_lists_as_a_problem_has_failed_as_in_a_batch() {
    let refused = json!({"errors": [{"index": 0, "code": "unknown_contact", "message": "who?"}]});
    let partner = Partner::start().await;
    partner.answers(200, refused.clone()).answers(200, refused);
    let harness = connected(&partner);
    let event = || Event::track("Order Completed");
    let single = harness.run::<TrackEvent>(event()).await;
    assert_eq!(single.assert_failed_with(404, "NOT_FOUND").to_string(), "who?");
    let batch = harness.run_batch::<TrackEvent>([event()]).await;
    assert_eq!(batch.assert_item(0).failed_with(404, "NOT_FOUND").message, "who?");
}

#[tokio::test]
async fn an_answer_that_is_not_the_partners_leaves_the_outcome_unknown() {
    for answer in [Answer::text(200, "<html>ok</html>"), Answer::empty(204)] {
        let partner = Partner::start().await;
        partner.answers_with(answer);
        let outcome = connected(&partner)
            .run::<TrackEvent>(Event::track("Order Completed"))
            .await;
        let error = outcome.assert_failed_with(502, "INVALID_RESPONSE");
        assert!(
            error
                .action()
                .is_some_and(waystation_kit::Error::outcome_is_unknown),
            "{error:?}"
        );
    }
}
