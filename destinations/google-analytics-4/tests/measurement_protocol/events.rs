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
    let items = json!([{"item_name": "Kettle"}]);
    let custom = json!({"params": {"value": 1, "items": items, "theme": "dark"}, "engagement_time_msec": 1});
    let body = body("purchase", with(purchase(), custom)).await;
    let expected = json!({
        "currency": "EUR", "transaction_id": "o-1", "engagement_time_msec": 1,
        "value": 1, "items": items, "theme": "dark",
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
    for items in [Value::Null, json!([])] {
        let refund = json!({"client_id": "c-1", "currency": "EUR", "transaction_id": "o-1", "items": items});
        let body = body("refund", refund).await;
        assert_eq!(
            body["events"][0]["params"],
            json!({"currency": "EUR", "transaction_id": "o-1"})
        );
    }
}

#[tokio::test]
async fn what_is_empty_is_left_out() {
    let empty = json!({
        "affiliation": "", "coupon": "", "user_id": "", "timestamp_micros": "",
        "items": [{"item_id": "k-1", "item_name": "", "item_brand": null, "own": null}],
        "params": {"note": ""}, "user_properties": {"plan": "", "left": null},
    });
    let body = body("purchase", with(purchase(), empty)).await;
    let expected = json!({
        "client_id": "c-1",
        "events": [{"name": "purchase", "params": {
            "currency": "EUR", "transaction_id": "o-1", "value": 12.5, "items": [{"item_id": "k-1"}],
        }}],
        "user_properties": {"left": {"value": null}},
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn unix_times_keep_their_year() {
    for (time, micros) in [
        ("1709907751", 1_709_907_751_000_000_i64),
        ("1709907751118", 1_709_907_751_118_000),
        ("1709907751118000", 1_709_907_751_118_000),
    ] {
        let body = body("purchase", with(purchase(), json!({"timestamp_micros": time}))).await;
        assert_eq!(body["timestamp_micros"], micros, "{time}");
    }
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

/// The actions that cannot do without products.
const WITH_PRODUCTS: [&str; 11] = [
    "purchase",
    "addToCart",
    "removeFromCart",
    "viewCart",
    "addToWishlist",
    "viewItem",
    "beginCheckout",
    "addPaymentInfo",
    "viewItemList",
    "selectItem",
    "viewPromotion",
];

async fn assert_refused(slug: &str, payload: Value, code: ErrorCode) {
    let google = Google::answering(204);
    let error = perform(&google, slug, payload.clone()).await.unwrap_err();
    assert_eq!(error.code(), Some(code), "{slug} {payload}: {error:?}");
    assert_eq!(error.status(), Some(400), "{slug} {payload}");
    assert_eq!(google.requests(), [], "{slug} {payload}");
}

#[tokio::test]
async fn events_without_usable_products_are_not_sent() {
    for slug in WITH_PRODUCTS {
        for items in [
            json!([]),
            json!([{"price": 1}]),
            json!([{"item_id": "", "item_name": null, "price": 1}]),
        ] {
            let payload = with(purchase(), json!({"items": items}));
            assert_refused(slug, payload, ErrorCode::PAYLOAD_VALIDATION_FAILED).await;
        }
    }
    for slug in ["refund", "selectPromotion"] {
        let payload = with(purchase(), json!({"items": [{"item_id": ""}]}));
        assert_refused(slug, payload, ErrorCode::PAYLOAD_VALIDATION_FAILED).await;
    }
}

#[tokio::test]
async fn values_without_a_currency_are_not_sent_whatever_the_action() {
    let all = WITH_PRODUCTS
        .into_iter()
        .chain(["refund", "generateLead", "selectPromotion", "search"]);
    for slug in all.filter(|slug| *slug != "addPaymentInfo") {
        for currency in [Value::Null, json!("")] {
            let payload = with(
                purchase(),
                json!({"currency": currency, "search_term": "x", "params": {"value": 2}}),
            );
            assert_refused(slug, payload, ErrorCode::INVALID_CURRENCY_CODE).await;
        }
    }
    let custom = json!({"clientId": "c-1", "name": "lesson", "params": {"value": 2}});
    assert_refused("customEvent", custom, ErrorCode::INVALID_CURRENCY_CODE).await;
    let payment = with(purchase(), json!({"currency": ""}));
    assert_refused("addPaymentInfo", payment, ErrorCode::PAYLOAD_VALIDATION_FAILED).await;
}

#[tokio::test]
async fn events_that_google_would_drop_are_not_sent() {
    let custom = |name: &str| json!({"clientId": "c-1", "name": name});
    for (slug, payload) in [
        ("customEvent", custom("Lesson Finished!")),
        ("customEvent", custom("9 starts")),
        ("customEvent", custom("session_start")),
        ("customEvent", custom("ga_lesson")),
        ("customEvent", custom(&"n".repeat(41))),
        ("customEvent", custom(" ")),
        ("purchase", with(purchase(), json!({"client_id": ""}))),
        ("purchase", with(purchase(), json!({"coupon": "x".repeat(101)}))),
        ("purchase", with(purchase(), json!({"params": {"a": null}}))),
        ("purchase", with(purchase(), json!({"params": {"firebase_x": 1}}))),
        ("purchase", with(purchase(), json!({"params": {"items": [1]}}))),
        (
            "purchase",
            with(purchase(), json!({"user_properties": {"a": []}})),
        ),
        (
            "purchase",
            with(purchase(), json!({"user_properties": {"a": "x".repeat(37)}})),
        ),
        (
            "purchase",
            with(purchase(), json!({"user_properties": {"user_id": "u"}})),
        ),
        (
            "purchase",
            with(purchase(), json!({"timestamp_micros": "some day"})),
        ),
        ("viewCart", json!({"client_id": "c", "items": [{"item_id": "k"}]})),
    ] {
        assert_refused(slug, payload, ErrorCode::PAYLOAD_VALIDATION_FAILED).await;
    }
}

#[tokio::test]
async fn unknown_currencies_are_not_sent() {
    for (slug, payload) in [
        ("purchase", with(purchase(), json!({"currency": "euro"}))),
        (
            "viewItem",
            json!({"client_id": "c", "items": [{"item_id": "k", "currency": "euro"}]}),
        ),
    ] {
        assert_refused(slug, payload, ErrorCode::INVALID_CURRENCY_CODE).await;
    }
}

#[tokio::test]
async fn events_that_are_too_large_are_not_sent() {
    let item = json!({"item_id": "k", "item_name": "x".repeat(100), "item_brand": "x".repeat(100),
        "item_category": "x".repeat(100), "item_variant": "x".repeat(100), "affiliation": "x".repeat(100),
        "coupon": "x".repeat(100)});
    let payload = with(purchase(), json!({"items": vec![item; 200]}));
    assert_refused("purchase", payload, ErrorCode::PAYLOAD_VALIDATION_FAILED).await;
}

#[tokio::test]
async fn an_answer_that_is_not_googles_says_nothing_about_the_event() {
    let google = Google::saying(200, "<html>Sign in to the guest network</html>");
    let error = perform(&google, "purchase", purchase()).await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::INVALID_RESPONSE), "{error:?}");
    assert_eq!(error.status(), Some(502));
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
