//! Events and purchases, and what Mixpanel says about them.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use waystation_destination_mixpanel::actions::{TrackEvent, TrackPurchase};
use waystation_testkit::{Answer, Event, Partner, ReceivedRequest};

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
        let error = outcome.assert_failed_with(400, "BAD_REQUEST");
        assert_eq!(error.to_string(), "0 is too old", "as in a batch");
        assert!(!error.is_retryable(), "{error}");
    }
}

/// The properties of all events that were sent, request by request.
fn sent_properties(requests: &[ReceivedRequest]) -> Vec<Vec<Value>> {
    let properties = |request: &ReceivedRequest| {
        let events = request.json();
        let events = events.as_array().unwrap().iter();
        events.map(|event| event["properties"].clone()).collect()
    };
    requests.iter().map(properties).collect()
}

#[tokio::test]
async fn every_insert_id_is_one_that_mixpanel_takes_and_stays_the_same() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let partner = Partner::start().await;
        partner.on("POST", "/import").always_answers(200, imported());
        let event = order().message_id("ajs-next-1725000000000-29fc2962-6d9c-455d-95ad-95b84f09b9e4");
        harness(&partner)
            .run::<TrackPurchase>(event)
            .await
            .assert_delivered();
        let properties = sent_properties(&partner.assert_sent(1)).remove(0);
        let ids: Vec<String> = properties
            .iter()
            .map(|event| event["$insert_id"].as_str().unwrap().to_owned())
            .collect();
        for id in &ids {
            assert!(id.len() <= 36, "{id}");
            assert!(
                id.bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
                "{id}"
            );
        }
        runs.push(ids);
    }
    assert_eq!(runs[0].iter().collect::<BTreeSet<_>>().len(), 3, "{runs:?}");
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test]
async fn requests_hold_two_thousand_events_with_those_of_products() {
    let partner = Partner::start().await;
    let imported = |events: usize| json!({"code": 200, "num_records_imported": events, "status": "OK"});
    partner
        .on("POST", "/import")
        .answers(200, imported(1998))
        .answers(200, imported(402));
    let products: Vec<Value> = (0..5).map(|sku| json!({"sku": sku.to_string()})).collect();
    let order = Event::track("Order Completed").property("products", products);
    let outcome = harness(&partner)
        .run_batch::<TrackPurchase>(vec![order; 400])
        .await;
    outcome.assert_delivered();
    assert_eq!(outcome.items().len(), 400);
    let events: Vec<usize> = sent_properties(&partner.assert_sent(2))
        .iter()
        .map(Vec::len)
        .collect();
    assert_eq!(events, [1998, 402], "400 orders are 2,400 events");
}

#[tokio::test]
async fn requests_hold_ten_megabytes() {
    let partner = Partner::start().await;
    partner.on("POST", "/import").always_answers(200, imported());
    let large = Event::track("One").property("text", "x".repeat(900_000));
    let mut events = vec![large; 12];
    events.push(Event::track("Two").property("text", "x".repeat(1_000_001)));
    let outcome = harness(&partner).run_batch::<TrackEvent>(events).await;
    for place in 0..12 {
        outcome.assert_item(place).delivered();
    }
    outcome.assert_item(12).failed_with(413, "PAYLOAD_TOO_LARGE");
    let requests = partner.assert_sent(2);
    assert!(requests.iter().all(|request| request.text().len() <= 10_000_000));
    let events: Vec<usize> = sent_properties(&requests).iter().map(Vec::len).collect();
    assert_eq!(events, [11, 1]);
}

#[tokio::test]
async fn only_what_was_not_taken_is_sent_again() {
    let partner = Partner::start().await;
    partner
        .on("POST", "/import")
        .answers(200, imported())
        .answers(503, json!({}))
        .answers(200, imported());
    let large = |name: &str| Event::track(name).property("text", "x".repeat(900_000));
    let events: Vec<Event> = (0..12).map(|place| large(&format!("Event {place}"))).collect();
    let outcome = harness(&partner).retries(1).run_batch::<TrackEvent>(events).await;
    outcome.assert_delivered();
    let requests = partner.assert_sent(3);
    assert_eq!(requests[1].json(), requests[2].json());
    assert_eq!(requests[2].json()[0]["event"], "Event 11");
}

#[tokio::test]
async fn an_answer_that_is_no_yes_is_no_delivery() {
    for answer in [
        json!(0),
        json!({"status": 0, "error": null}),
        json!({"status": 0, "error": "token, missing or empty"}),
    ] {
        let partner = Partner::start().await;
        partner.on("POST", "/import").always_answers(200, answer.clone());
        let words = answer["error"]
            .as_str()
            .unwrap_or("Mixpanel took none of the data, and gives no reason");
        let outcome = harness(&partner).run::<TrackEvent>(Event::track("One")).await;
        let error = outcome.assert_failed_with(400, "BAD_REQUEST");
        assert_eq!(error.to_string(), words);
        let outcome = harness(&partner)
            .run_batch::<TrackPurchase>([order(), order()])
            .await;
        for place in 0..2 {
            let error = outcome.assert_item(place).failed_with(400, "BAD_REQUEST");
            assert_eq!(error.message, words);
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_not_mixpanels_leaves_the_outcome_unknown() {
    for answer in [
        Answer::text(200, "<html>Sign in to the guest network</html>"),
        Answer::text(200, ""),
        Answer::json(200, json!({"ok": true})),
        Answer::json(200, json!([])),
    ] {
        for feature in ["none", ITEM_RESULTS] {
            let partner = Partner::start().await;
            partner
                .on("POST", "/import")
                .answers_with(answer.clone())
                .answers_with(answer.clone());
            let harness = || harness(&partner).feature(feature);
            let outcome = harness().run::<TrackEvent>(Event::track("One")).await;
            let error = outcome.assert_failed_with(502, "INVALID_RESPONSE");
            assert!(
                error
                    .action()
                    .is_some_and(waystation_kit::Error::outcome_is_unknown),
                "{error}"
            );
            let outcome = harness().run_batch::<TrackEvent>(events()).await;
            for place in 0..3 {
                let error = outcome.assert_item(place).failed_with(502, "INVALID_RESPONSE");
                assert!(error.outcome_is_unknown(), "{error:?}");
            }
        }
    }
}

#[tokio::test]
async fn fewer_imported_events_than_sent_are_a_warning() {
    let partner = Partner::start().await;
    partner.on("POST", "/import").always_answers(200, imported());
    let outcome = harness(&partner).run::<TrackPurchase>(order()).await;
    outcome.assert_delivered();
    assert_eq!(outcome.warning(), Some("Mixpanel imported 1 of 3 events"));
    let outcome = harness(&partner).run_batch::<TrackEvent>(events()).await;
    outcome.assert_delivered();
    assert_eq!(
        outcome.items()[2].warning(),
        Some("Mixpanel imported 1 of 3 events")
    );
    let outcome = harness(&partner).run::<TrackEvent>(Event::track("One")).await;
    assert_eq!(outcome.warning(), None);
}

#[tokio::test]
async fn an_event_is_the_same_alone_and_in_a_batch_and_empty_texts_are_left_out() {
    let event = || {
        Event::track("One")
            .context("page.referrer", "")
            .context("ip", "")
            .set("userId", "")
    };
    let mut sent = Vec::new();
    for in_batch in [false, true] {
        let partner = Partner::start().await;
        partner.on("POST", "/import").answers(200, imported());
        if in_batch {
            harness(&partner)
                .run_batch::<TrackEvent>([event()])
                .await
                .assert_delivered();
        } else {
            harness(&partner)
                .run::<TrackEvent>(event())
                .await
                .assert_delivered();
        }
        sent.push(sent_properties(&partner.assert_sent(1)).remove(0).remove(0));
    }
    assert_eq!(sent[0], sent[1]);
    for key in ["$referrer", "ip", "$user_id", "id"] {
        assert_eq!(sent[0].get(key), None, "{key}");
    }
}

#[tokio::test]
async fn what_is_null_in_a_product_is_left_out() {
    let partner = Partner::start().await;
    partner.on("POST", "/import").answers(200, imported());
    let order = Event::track("Order Completed").property("products", json!([{"sku": "A", "price": null}]));
    harness(&partner)
        .run::<TrackPurchase>(order)
        .await
        .assert_delivered();
    let product = &sent_properties(&partner.assert_sent(1))[0][1];
    assert_eq!((product.get("price"), &product["sku"]), (None, &json!("A")));
}

#[tokio::test]
async fn times_keep_their_year() {
    for (time, sent) in [
        (json!("1709907751"), 1_709_907_751_000_i64),
        (json!("1709907751118"), 1_709_907_751_118),
        (json!(1_709_907_751_118_i64), 1_709_907_751_118),
    ] {
        let partner = Partner::start().await;
        partner.on("POST", "/import").answers(200, imported());
        let event = Event::track("One").set("timestamp", time.clone());
        harness(&partner)
            .run::<TrackEvent>(event)
            .await
            .assert_delivered();
        assert_eq!(
            sent_properties(&partner.assert_sent(1))[0][0]["time"],
            sent,
            "{time}"
        );
    }
}
