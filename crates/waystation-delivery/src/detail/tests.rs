use std::sync::Arc;

use http::HeaderMap;
use serde_json::json;
use waystation_client::mock::TextBodies;
use waystation_client::{CallLimits, Client, Mock, Rewrites, Script};
use waystation_kit::request::{Addresses, OutgoingRequest, Transport};
use waystation_kit::{ItemSuccess, Secret};

use super::*;

/// What is recorded of requests with this body that were answered like this.
async fn trail_of(kept: KeptBodies, limit: usize, requests: usize, sent: &str, answer: Value) -> Trail {
    let script = Script::new(json!([{"json": answer}]), TextBodies::PlainText).unwrap();
    let client = Client::over(Arc::new(Mock::new(script)), Rewrites::default());
    let transport = client.per_call(CallLimits::default());
    for _ in 0..requests {
        let request = OutgoingRequest {
            method: http::Method::POST,
            url: "https://partner.example".parse().unwrap(),
            headers: HeaderMap::new(),
            body: Some(Bytes::from(sent.to_owned())),
            time_limit: None,
            addresses: Addresses::Any,
        };
        transport.send(request).await.unwrap();
    }
    let record = Record {
        bodies: kept,
        body_limit: limit,
        ..Record::default()
    };
    let secret = Secret::from("hush-hush-hush".to_owned());
    let redactor = Redactor::builder().secret(&secret).build();
    Trail::new(&[], &transport.exchanges(), redactor, &record)
}

async fn trail(kept: KeptBodies, limit: usize) -> Trail {
    trail_of(kept, limit, 1, "question", json!("answer")).await
}

fn call(recorded: &Recorded) -> Value {
    serde_json::from_slice(recorded.call.as_ref().unwrap()).unwrap()
}

fn own(recorded: &Recorded) -> Value {
    serde_json::from_slice(recorded.own.as_ref().unwrap()).unwrap()
}

fn bodies(recorded: &Recorded) -> [Value; 2] {
    let exchange = &call(recorded)["exchanges"][0];
    [
        exchange["request"]["body"].clone(),
        exchange["response"]["body"].clone(),
    ]
}

fn taken(sent: Value) -> ItemOutcome {
    ItemSuccess::new(sent, Value::Null).into()
}

#[tokio::test]
async fn bodies_are_kept_as_the_operator_wants() {
    let (kept, gone) = ([json!("question"), json!("answer")], [json!(""), Value::Null]);
    for (which, of_success, of_failure) in [
        (KeptBodies::All, &kept, &kept),
        (KeptBodies::Failures, &gone, &kept),
        (KeptBodies::None, &gone, &gone),
    ] {
        let trail = trail(which, 100).await;
        assert_eq!(bodies(&trail.of_single(false)), *of_success, "{which:?}");
        assert_eq!(bodies(&trail.of_single(true)), *of_failure, "{which:?}");
    }
}

#[tokio::test]
async fn bodies_are_kept_up_to_the_limit() {
    let trail = trail_of(KeptBodies::All, 4, 1, "question", json!({"a": "hush-hush-hush"})).await;
    let [question, answer] = bodies(&trail.of_single(false));
    assert_eq!(question, "ques… (4 more bytes)");
    assert!(answer.as_str().unwrap().starts_with("{\"a\"…"), "{answer}");
}

#[tokio::test]
async fn an_item_of_a_batch_keeps_what_was_sent_for_it_without_secrets() {
    let taken = taken(json!({"id": 1, "key": "hush-hush-hush"}));
    let place = Place { size: 2, index: 1 };
    let recorded = trail(KeptBodies::All, 1_000).await.of_item(place, &taken);
    assert!(!own(&recorded).to_string().contains("hush"), "{recorded:?}");
    assert_eq!(own(&recorded)["sent"]["id"], 1);
    assert_eq!(own(&recorded)["batch"], json!({"size": 2, "index": 1}));
    assert_eq!(bodies(&recorded), [json!("(see sent)"), json!("answer")]);

    let recorded = trail(KeptBodies::Failures, 1_000).await.of_item(place, &taken);
    assert_eq!(own(&recorded).get("sent"), None);
    assert_eq!(bodies(&recorded), [json!(""), Value::Null]);
}

#[tokio::test]
async fn a_batch_of_one_keeps_its_request() {
    let recorded = trail(KeptBodies::All, 1_000)
        .await
        .of_item(Place { size: 1, index: 0 }, &taken(json!({"id": 1})));
    assert_eq!(bodies(&recorded)[0], "question");
    assert_eq!(own(&recorded), json!({"batch": {"size": 1, "index": 0}}));
}

#[tokio::test]
async fn a_batch_of_a_thousand_is_recorded_once_and_stays_small() {
    let answer = json!({"results": "x".repeat(100_000), "token": "hush-hush-hush"});
    let trail = trail_of(KeptBodies::All, 8_192, 20, &"q".repeat(100_000), answer).await;
    let recorded: Vec<Recorded> = (0..1_000)
        .map(|index| trail.of_item(Place { size: 1_000, index }, &taken(json!({"id": index}))))
        .collect();
    let shared = recorded[0].call.as_ref().unwrap();
    for item in &recorded {
        let call = item.call.as_ref().unwrap();
        assert_eq!(call.as_ptr(), shared.as_ptr(), "all items refer to one record");
    }
    let of_items: usize = recorded.iter().map(|item| item.own.as_ref().unwrap().len()).sum();
    let bytes = shared.len() + of_items;
    assert!(bytes < 500_000, "{bytes} bytes");
}

#[tokio::test]
async fn texts_hold_no_secrets() {
    let shown = trail(KeptBodies::All, 100)
        .await
        .redacted("the key hush-hush-hush is wrong");
    assert!(!shown.contains("hush"), "{shown}");
}

#[tokio::test]
async fn what_was_sent_stays_a_value_while_it_is_short() {
    let place = Place { size: 2, index: 0 };
    let trail = trail(KeptBodies::All, 10).await;
    let sent = |sent| own(&trail.of_item(place, &taken(sent)))["sent"].clone();
    assert_eq!(sent(json!({"a": 1})), json!({"a": 1}));
    assert_eq!(
        sent(json!({"a": "xyzxyz"})),
        json!("{\"a\":\"xyzx… (4 more bytes)")
    );
}
