//! What is sent for events, and what comes of it.

use crate::support::{Google, body, perform};
use serde_json::{Value, json};
use waystation_kit::{Error, ErrorCode, NetworkFailure};

fn purchase() -> Value {
    json!({
        "client_id": "c-1",
        "currency": "EUR",
        "transaction_id": "o-1",
        "value": 12.5,
        "items": [{"item_id": "k-1", "colour": "red", "quantity": 2}],
    })
}

/// The payload with some fields set.
fn with(mut payload: Value, fields: Value) -> Value {
    let Value::Object(fields) = fields else {
        panic!("fields are an object");
    };
    payload.as_object_mut().unwrap().extend(fields);
    payload
}

#[tokio::test]
async fn parameters_that_are_left_out_are_not_sent() {
    let google = Google::answering(204);
    perform(&google, "purchase", purchase()).await.unwrap();
    let [(url, body)] = &google.requests()[..] else {
        panic!("one request for one event");
    };
    assert_eq!(
        url,
        "https://www.google-analytics.com/mp/collect?api_secret=s&measurement_id=G-1"
    );
    let expected = json!({
        "client_id": "c-1",
        "events": [{"name": "purchase", "params": {
            "currency": "EUR",
            "transaction_id": "o-1",
            "value": 12.5,
            "items": [{"item_id": "k-1", "colour": "red", "quantity": 2}],
        }}],
    });
    assert_eq!(body, &expected);
}

#[tokio::test]
async fn custom_parameters_replace_those_of_the_event() {
    let custom = json!({"params": {"value": 1, "items": [], "theme": "dark"}, "engagement_time_msec": 1});
    let body = body("purchase", with(purchase(), custom)).await;
    let expected = json!({
        "currency": "EUR", "transaction_id": "o-1", "engagement_time_msec": 1,
        "value": 1, "items": [], "theme": "dark",
    });
    assert_eq!(body["events"][0]["params"], expected);
}

#[tokio::test]
async fn what_all_events_share_stands_beside_the_event() {
    let shared = json!({
        "data_stream_type": "Mobile App",
        "app_instance_id": "i-1",
        "client_id": "c-1",
        "user_id": "u-1",
        "search_term": "kettle",
        "timestamp_micros": "2024-03-08T14:22:31Z",
        "user_properties": {"plan": "pro", "left": null},
        "ad_personalization_consent": "DENIED",
    });
    let expected = json!({
        "app_instance_id": "i-1",
        "user_id": "u-1",
        "events": [{"name": "search", "params": {"search_term": "kettle"}}],
        "user_properties": {"plan": {"value": "pro"}, "left": {"value": null}},
        "timestamp_micros": 1_709_907_751_000_000_i64,
        "consent": {"ad_personalization": "DENIED"},
    });
    assert_eq!(body("search", shared).await, expected);
}

#[tokio::test]
async fn a_refund_without_items_is_of_the_whole_order() {
    let refund = json!({"client_id": "c-1", "currency": "EUR", "transaction_id": "o-1"});
    let body = body("refund", refund).await;
    assert_eq!(body["events"][0]["params"]["items"], json!([]));
}

#[tokio::test]
async fn a_custom_event_has_custom_parameters_only() {
    let event =
        json!({"clientId": "c-1", "name": " Lesson Done ", "lowercase": true, "params": {"score": 3}});
    let body = body("customEvent", event).await;
    assert_eq!(
        body["events"],
        json!([{"name": "lesson_done", "params": {"score": 3}}])
    );
}

#[tokio::test]
async fn events_that_google_would_lose_are_not_sent() {
    let google = Google::answering(204);
    for (slug, payload) in [
        ("purchase", with(purchase(), json!({"client_id": ""}))),
        ("purchase", with(purchase(), json!({"items": [{"price": 1}]}))),
        ("purchase", with(purchase(), json!({"params": {"a": null}}))),
        (
            "purchase",
            with(purchase(), json!({"user_properties": {"a": []}})),
        ),
        ("addPaymentInfo", json!({"client_id": "c", "items": []})),
        (
            "addPaymentInfo",
            json!({"client_id": "c", "value": 1, "items": [{"item_id": "k"}]}),
        ),
        ("viewCart", json!({"client_id": "c", "items": [{"item_id": "k"}]})),
    ] {
        let error = perform(&google, slug, payload.clone()).await.unwrap_err();
        assert!(
            matches!(error, Error::PayloadValidation(_)),
            "{slug} {payload}: {error:?}"
        );
    }
    for (slug, payload) in [
        ("purchase", with(purchase(), json!({"currency": ""}))),
        ("purchase", with(purchase(), json!({"currency": "euro"}))),
        (
            "viewItem",
            json!({"client_id": "c", "items": [{"item_id": "k", "currency": "euro"}]}),
        ),
        ("generateLead", json!({"client_id": "c", "value": 1})),
    ] {
        let error = perform(&google, slug, payload.clone()).await.unwrap_err();
        assert_eq!(
            error.code(),
            Some(ErrorCode::INVALID_CURRENCY_CODE),
            "{slug} {payload}"
        );
        assert_eq!(error.status(), Some(400), "{slug} {payload}");
    }
    assert_eq!(google.requests(), []);
}

#[tokio::test]
async fn failures_of_google_are_passed_on() {
    for (status, retryable) in [(400, false), (401, false), (429, true), (503, true)] {
        let error = perform(&Google::answering(status), "purchase", purchase())
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Http(_)), "{status}: {error:?}");
        assert_eq!((error.status(), error.is_retryable()), (Some(status), retryable));
    }
    let unreachable = Error::Network {
        message: "nobody listens".to_owned(),
        failure: NetworkFailure::ConnectionRefused,
    };
    let error = perform(&Google::failing(unreachable), "purchase", purchase())
        .await
        .unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
}
