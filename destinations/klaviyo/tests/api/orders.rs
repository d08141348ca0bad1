//! Orders and their products.

use serde_json::{Value, json};
use waystation_destination_klaviyo::Klaviyo;
use waystation_destination_klaviyo::actions::OrderCompleted;
use waystation_testkit::{Event, Harness, Partner};

use crate::support::{harness, refusal};

const EVENTS: &str = "/api/events/";

fn ordering(partner: &Partner) -> Harness<Klaviyo> {
    harness(partner)
        .map("profile", json!({"external_id": {"@path": "$.userId"}}))
        .map("products", json!({"@path": "$.properties.products"}))
}

fn order() -> Event {
    Event::track("Order Completed")
        .property("total", 12.5)
        .property("products", json!([{"sku": "A"}, {"sku": "B"}]))
}

fn attributes_sent(partner: &Partner) -> Vec<Value> {
    let requests = partner.requests();
    let attributes = requests
        .iter()
        .map(|request| request.json()["data"]["attributes"].clone());
    attributes.collect()
}

#[tokio::test]
async fn products_keep_their_ids_when_the_order_is_sent_again() {
    let partner = Partner::start().await;
    partner
        .on("POST", EVENTS)
        .answers(202, json!({}))
        .answers(500, json!({}))
        .answers(500, json!({}))
        .always_answers(202, json!({}));
    let outcome = ordering(&partner).retries(1).run::<OrderCompleted>(order()).await;
    outcome.assert_delivered();
    let sent = attributes_sent(&partner);
    assert_eq!(sent.len(), 6);
    let mut ids: Vec<&str> = sent
        .iter()
        .map(|attributes| attributes["unique_id"].as_str().unwrap())
        .collect();
    ids.sort_unstable();
    assert_eq!(
        ids,
        [
            "message-1",
            "message-1",
            "message-1-0",
            "message-1-0",
            "message-1-1",
            "message-1-1"
        ]
    );
}

#[tokio::test]
async fn a_product_has_the_properties_of_the_order() {
    let partner = Partner::start().await;
    partner.on("POST", EVENTS).always_answers(202, json!({}));
    ordering(&partner)
        .run::<OrderCompleted>(order())
        .await
        .assert_delivered();
    let sent = attributes_sent(&partner);
    assert_eq!(
        sent[0]["properties"]["products"],
        json!([{"sku": "A"}, {"sku": "B"}])
    );
    let product = sent[1..]
        .iter()
        .find(|attributes| attributes["properties"]["sku"] == "B")
        .unwrap();
    assert_eq!(product["properties"], json!({"sku": "B", "total": 12.5}));
    assert_eq!(product["metric"]["data"]["attributes"]["name"], "Ordered Product");
    assert_eq!(product["profile"], sent[0]["profile"]);
}

#[tokio::test]
async fn a_product_that_is_refused_does_not_keep_the_others_back() {
    let partner = Partner::start().await;
    partner
        .on("POST", EVENTS)
        .answers(202, json!({}))
        .answers(400, refusal(400, "no", "/data"))
        .answers(202, json!({}));
    let outcome = ordering(&partner).run::<OrderCompleted>(order()).await;
    outcome.assert_failed_with(400, "");
    partner.assert_sent(3);
}

#[tokio::test]
async fn an_order_that_is_refused_has_no_products() {
    let partner = Partner::start().await;
    partner
        .on("POST", EVENTS)
        .answers(400, refusal(400, "no", "/data"));
    let outcome = ordering(&partner).run::<OrderCompleted>(order()).await;
    outcome.assert_failed_with(400, "");
    partner.assert_sent(1);
}

#[tokio::test]
async fn an_order_that_is_not_accepted_is_not_delivered_and_has_no_products() {
    let partner = Partner::start().await;
    partner.on("POST", EVENTS).answers(200, json!({}));
    let outcome = ordering(&partner).run::<OrderCompleted>(order()).await;
    let error = outcome.assert_failed_with(502, "INVALID_RESPONSE");
    assert!(error.action().unwrap().outcome_is_unknown());
    partner.assert_sent(1);
}
