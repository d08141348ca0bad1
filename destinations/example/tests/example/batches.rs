//! Batches: a result for each item, and another attempt for those that need one.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use waystation_destination_example::actions::{TrackEvent, UpsertContact};
use waystation_testkit::{Answer, Event, Partner};

use crate::support::connected;

fn events(count: usize) -> Vec<Event> {
    (0..count)
        .map(|number| Event::track("Order Completed").user_id(&format!("u-{number}")))
        .collect()
}

/// Whom the events of a request are about.
fn contacts(request: &Value) -> Vec<&str> {
    let events = request["events"].as_array().expect("a list of events");
    events
        .iter()
        .filter_map(|event| event["contact"].as_str())
        .collect()
}

#[tokio::test]
async fn a_batch_with_an_item_that_the_partner_refuses() {
    let partner = Partner::start().await;
    let refused = json!({"index": 1, "code": "unknown_contact", "message": "Nobody is called u-1"});
    partner.answers(207, json!({"errors": [refused]}));

    let outcome = connected(&partner).run_batch::<TrackEvent>(events(3)).await;

    outcome.assert_item(0).delivered();
    let error = outcome.assert_item(1).failed_with(404, "NOT_FOUND");
    assert_eq!(error.message, "Nobody is called u-1");
    outcome.assert_item(2).delivered();
    assert_eq!(
        contacts(&partner.assert_sent_once().json()),
        ["u-0", "u-1", "u-2"]
    );
}

#[tokio::test]
async fn only_the_items_that_failed_for_now_are_sent_again() {
    let partner = Partner::start().await;
    let busy = json!({"index": 2, "code": "slow_down", "message": "Later, please"});
    let wrong = json!({"index": 0, "code": "invalid", "message": "What is this?"});
    partner
        .answers(207, json!({"errors": [busy, wrong]}))
        .answers(200, json!({}));

    let outcome = connected(&partner)
        .retries(3)
        .run_batch::<TrackEvent>(events(3))
        .await;

    outcome
        .assert_item(0)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    outcome.assert_item(1).delivered();
    outcome.assert_item(2).delivered();
    assert_eq!(outcome.items_by_attempt(), [3, 1]);
    let requests = partner.assert_sent(2);
    assert_eq!(contacts(&requests[1].json()), ["u-2"]);
}

#[tokio::test]
async fn what_does_not_fit_the_fields_is_not_sent() {
    let partner = Partner::start().await;
    partner.answers(200, json!({}));
    let nobody = Event::track("Order Completed").without("userId");

    let outcome = connected(&partner)
        .run_batch::<TrackEvent>([nobody, Event::track("Order Completed")])
        .await;

    outcome
        .assert_item(0)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    outcome.assert_item(1).delivered();
    assert_eq!(contacts(&partner.assert_sent_once().json()), ["user-1"]);
}

#[tokio::test]
async fn a_batch_keeps_the_partners_limits() {
    let partner = Partner::start().await;
    partner
        .answers(200, json!({}))
        .answers_with(Answer::json(400, json!({"message": "Account closed"})));

    let outcome = connected(&partner).run_batch::<TrackEvent>(events(101)).await;

    partner.assert_sent(2);
    outcome.assert_item(0).delivered();
    outcome.assert_item(99).delivered();
    assert_eq!(
        outcome.assert_item(100).failed_with(400, "BAD_REQUEST").message,
        "Account closed"
    );
}

#[tokio::test]
async fn a_complaint_that_names_no_item_is_not_lost() {
    let partner = Partner::start().await;
    partner.answers(
        207,
        json!({"errors": [{"code": "odd", "message": "Something is off"}]}),
    );

    let outcome = connected(&partner).run_batch::<TrackEvent>(events(2)).await;

    for item in 0..2 {
        let error = outcome.assert_item(item).failed_with(502, "INVALID_RESPONSE");
        assert!(error.message.contains("Something is off"), "{}", error.message);
    }
}

#[tokio::test]
async fn contacts_go_out_in_one_request_hashed_where_asked_for() {
    let partner = Partner::start().await;
    partner.answers(200, json!({}));
    let consents = json!([{"topic": "news", "granted": true, "source": "form"}]);
    let ana = Event::identify()
        .trait_value("email", " Ana@Example.com ")
        .trait_value("consents", consents);
    let harness = connected(&partner)
        .map("hash_email", true)
        .map("attributes", json!({"plan": "pro"}));

    let outcome = harness
        .run_batch::<UpsertContact>([ana, Event::identify().user_id("u-2")])
        .await;

    outcome.assert_delivered();
    assert_json_snapshot!(partner.snapshot(), @r#"
    [
      {
        "request": "PUT https://acme.eu.example.invalid/v1/contacts/batch",
        "headers": {
          "authorization": "<redacted>",
          "content-type": "application/json",
          "x-workspace-key": "<redacted>"
        },
        "body": {
          "contacts": [
            {
              "id": "user-1",
              "email_sha256": "8e43ca37701228e74983efdbd0cff5c16b3b1e5d4e29a7c05626d4d25a018e11",
              "attributes": {
                "plan": "pro"
              },
              "consents": [
                {
                  "topic": "news",
                  "granted": true
                }
              ]
            },
            {
              "id": "u-2",
              "attributes": {
                "plan": "pro"
              }
            }
          ]
        }
      }
    ]
    "#);
}

#[tokio::test]
async fn a_contact_needs_an_id_or_an_address() {
    let partner = Partner::start().await;
    let nobody = Event::identify().without("userId");
    let outcome = connected(&partner).run::<UpsertContact>(nobody).await;
    outcome.assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    partner.assert_nothing_sent();
}
