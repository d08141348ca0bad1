//! Events and purchases, and what Mixpanel says about them.

use serde_json::{Value, json};
use waystation_destination_mixpanel::actions::{TrackEvent, TrackPurchase};
use waystation_testkit::{Answer, Event, Partner};

use crate::support::{harness, imported, refused};

const ITEM_RESULTS: &str = "mixpanel-multistatus";

fn events() -> Vec<Event> {
    ["One", "Two", "Three"].map(Event::track).into()
}

/// An order of two products: three events.
fn order() -> Event {
    let products = json!([{"sku": "A", "price": 1.5}, {"sku": "B"}]);
    Event::track("Order Completed").property("products", products)
}

#[tokio::test]
async fn an_order_is_followed_by_its_products() {
    let partner = Partner::start().await;
    partner.on("POST", "/import").answers(200, imported());
    harness(&partner)
        .run::<TrackPurchase>(order())
        .await
        .assert_delivered();
    let sent = partner.assert_sent_once().json();
    let names: Vec<&Value> = sent
        .as_array()
        .unwrap()
        .iter()
        .map(|event| &event["event"])
        .collect();
    assert_eq!(
        names,
        ["Order Completed", "Product Purchased", "Product Purchased"]
    );
    assert_eq!(sent[2]["properties"]["sku"], "B");
    assert_ne!(
        sent[1]["properties"]["$insert_id"],
        sent[2]["properties"]["$insert_id"]
    );
}

#[tokio::test]
async fn without_a_message_id_the_insert_id_stays_the_same() {
    let mut ids = Vec::new();
    for _ in 0..2 {
        let partner = Partner::start().await;
        partner.on("POST", "/import").answers(200, imported());
        let event = Event::track("Song Played").without("messageId");
        harness(&partner)
            .run::<TrackEvent>(event)
            .await
            .assert_delivered();
        ids.push(partner.assert_sent_once().json()[0]["properties"]["$insert_id"].clone());
    }
    assert!(ids[0].is_string());
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn refused_events_are_told_apart_with_and_without_the_feature() {
    for feature in ["none", ITEM_RESULTS] {
        let partner = Partner::start().await;
        partner.on("POST", "/import").answers(400, refused(&[1]));
        let harness = harness(&partner).feature(feature);
        let outcome = harness.run_batch::<TrackEvent>(events()).await;
        outcome.assert_item(0).delivered();
        outcome.assert_item(2).delivered();
        let error = outcome.assert_item(1).failed_with(400, "BAD_REQUEST");
        assert_eq!(error.message, "1 is too old");
        assert_eq!(error.sent.as_ref().unwrap()["event"], "Two");
    }
}

#[tokio::test]
async fn a_refused_product_is_a_refused_purchase() {
    let partner = Partner::start().await;
    // Each order takes three places: 4 and 5 are the products of the second one.
    partner.on("POST", "/import").answers(400, refused(&[4, 5]));
    let harness = harness(&partner).feature(ITEM_RESULTS);
    let outcome = harness.run_batch::<TrackPurchase>([order(), order()]).await;
    outcome.assert_item(0).delivered();
    let error = outcome.assert_item(1).failed_with(400, "BAD_REQUEST");
    assert_eq!(error.message, "4 is too old; 5 is too old");
}

#[tokio::test]
async fn a_refused_event_that_was_not_sent_fails_the_batch() {
    for record in [
        json!({"index": 3}),
        json!({"index": -1}),
        json!({"message": "no"}),
        json!("no"),
    ] {
        let partner = Partner::start().await;
        let answer = json!({"code": 400, "failed_records": [record]});
        partner.on("POST", "/import").answers(400, answer);
        let harness = harness(&partner).feature(ITEM_RESULTS);
        let outcome = harness.run_batch::<TrackEvent>(events()).await;
        for place in 0..3 {
            outcome.assert_item(place).failed_with(502, "INVALID_RESPONSE");
        }
    }
}

#[tokio::test]
async fn a_refusal_that_names_nobody_is_nobodys_success() {
    let partner = Partner::start().await;
    let answer = json!({"code": 400, "error": "request too large", "status": "Bad Request"});
    partner.on("POST", "/import").answers(400, answer);
    let harness = harness(&partner).feature(ITEM_RESULTS);
    let outcome = harness.run_batch::<TrackEvent>(events()).await;
    for place in 0..3 {
        let error = outcome.assert_item(place).failed_with(400, "BAD_REQUEST");
        assert_eq!(error.message, "request too large");
    }
}

#[tokio::test]
async fn failures_that_may_pass_are_tried_again() {
    for (status, feature) in [
        (429, "none"),
        (429, ITEM_RESULTS),
        (503, "none"),
        (503, ITEM_RESULTS),
    ] {
        let partner = Partner::start().await;
        partner
            .on("POST", "/import")
            .answers_with(Answer::text(status, "<html></html>"))
            .answers(200, imported());
        let harness = harness(&partner).feature(feature).retries(1);
        let outcome = harness.run_batch::<TrackEvent>(events()).await;
        outcome.assert_delivered().assert_attempts(2);
    }
}

#[tokio::test]
async fn a_single_event_that_is_refused_is_an_error() {
    for feature in ["none", ITEM_RESULTS] {
        let partner = Partner::start().await;
        partner.on("POST", "/import").answers(400, refused(&[0]));
        let harness = harness(&partner).feature(feature);
        let outcome = harness.run::<TrackEvent>(Event::track("One")).await;
        let error = outcome.assert_failed();
        assert_eq!(error.status(), Some(400), "{error}");
        assert!(!error.is_retryable(), "{error}");
    }
}
