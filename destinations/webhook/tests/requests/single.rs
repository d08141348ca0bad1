//! Requests with one event in them.

use std::sync::Arc;

use serde_json::{Value, json};
use waystation_destination_webhook::Webhook;
use waystation_destination_webhook::standard::{Message, SigningKeys};
use waystation_kit::{Error, NetworkFailure, Output, request::Addresses};

use crate::support::{Receiver, payload, send};

const URL: &str = "https://receiver.example/in";

async fn refused_unsent(payload: Value) -> Error {
    let receiver = Receiver::answering(Ok(200));
    let error = send(&receiver, &json!({}), payload).await.unwrap_err();
    assert!(receiver.requests().is_empty(), "{error:?}");
    error
}

#[test]
fn the_definition_holds_together() {
    waystation_testkit::check::<Webhook>();
}

#[tokio::test]
async fn the_answer_is_the_data() {
    let receiver = Receiver::answering(Ok(201));
    let output = send(&receiver, &json!({}), payload(URL, &json!({"a": 1}))).await;
    assert_eq!(output.ok().and_then(Output::into_data), Some(json!("done")));
    assert_eq!(receiver.request().body.as_deref(), Some(br#"{"a":1}"#.as_slice()));
}

#[tokio::test]
async fn private_addresses_are_out_of_reach() {
    let receiver = Receiver::answering(Ok(200));
    let payload = payload("http://10.0.0.1/", &json!({}));
    send(&receiver, &json!({}), payload).await.unwrap();
    assert_eq!(receiver.request().addresses, Addresses::PublicOnly);
}

#[tokio::test]
async fn a_secret_signs_the_bytes_that_are_sent() {
    let receiver = Receiver::answering(Ok(200));
    let settings = json!({"sharedSecret": "Jefe"});
    send(&receiver, &settings, payload(URL, &json!({"n": 1e21})))
        .await
        .unwrap();
    let request = receiver.request();
    assert_eq!(request.body.as_deref(), Some(br#"{"n":1e+21}"#.as_slice()));
    // printf '{"n":1e+21}' | openssl dgst -sha1 -hmac Jefe
    assert_eq!(
        request.headers["x-signature"],
        "2d3a18e49b8f7f5ccd72d839236e0e566ff5ba48"
    );
}

#[tokio::test]
async fn keys_of_standard_webhooks_sign_each_request_with_its_id_and_time() {
    let shared = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let receiver = Receiver::answering(Ok(200));
    let settings = json!({"signingKeys": shared, "sharedSecret": "Jefe"});
    send(&receiver, &settings, payload(URL, &json!({"n": 1})))
        .await
        .unwrap();
    send(&receiver, &settings, payload(URL, &json!({"n": 1})))
        .await
        .unwrap();
    let [first, second] = receiver.requests().try_into().unwrap();
    let header = |name: &str| first.headers[name].to_str().unwrap().to_owned();
    assert!(first.headers.contains_key("x-signature"), "beside Segment's");
    assert_eq!(first.headers["webhook-id"], second.headers["webhook-id"]);
    let keys: SigningKeys = serde_json::from_value(json!(shared)).unwrap();
    let timestamp: i64 = header("webhook-timestamp").parse().unwrap();
    assert!(timestamp > 1_700_000_000, "in seconds: {timestamp}");
    let expected = keys.sign(Message {
        id: &header("webhook-id"),
        timestamp,
        body: first.body.as_deref().unwrap(),
    });
    assert_eq!(header("webhook-signature"), expected.unwrap());
}

#[tokio::test]
async fn nothing_is_signed_without_a_secret_or_without_data() {
    for (settings, payload) in [
        (json!({}), payload(URL, &json!({}))),
        (json!({"sharedSecret": ""}), payload(URL, &json!({}))),
        (
            json!({"sharedSecret": "s"}),
            json!({"url": URL, "method": "PATCH"}),
        ),
    ] {
        let receiver = Receiver::answering(Ok(200));
        send(&receiver, &settings, payload).await.unwrap();
        for header in [
            "x-signature",
            "webhook-id",
            "webhook-timestamp",
            "webhook-signature",
        ] {
            assert!(!receiver.request().headers.contains_key(header), "{settings}");
        }
    }
}

#[tokio::test]
async fn without_data_there_is_no_body() {
    let receiver = Receiver::answering(Ok(200));
    send(&receiver, &json!({}), json!({"url": URL, "method": "PUT"}))
        .await
        .unwrap();
    let request = receiver.request();
    assert_eq!(request.method, "PUT");
    assert_eq!(request.body, None);
    assert!(!request.headers.contains_key("content-type"));
}

#[tokio::test]
async fn headers_of_the_mapping_replace_all_but_the_content_type() {
    let receiver = Receiver::answering(Ok(200));
    let mut payload = payload(URL, &json!({}));
    payload["headers"] = json!({"X-Signature": "mine", "User-Agent": "me/1", "Content-Type": "text/csv"});
    send(&receiver, &json!({"sharedSecret": "s"}), payload)
        .await
        .unwrap();
    let headers = receiver.request().headers;
    assert_eq!(headers["x-signature"], "mine");
    assert_eq!(headers["user-agent"], "me/1");
    assert_eq!(headers["content-type"], "application/json");
}

#[tokio::test]
async fn what_cannot_be_sent_fails_for_good() {
    for (key, value) in [
        ("headers", json!({"bad name": "x"})),
        ("headers", json!({"": "x"})),
        ("headers", json!({"x": "a\nb"})),
        ("headers", json!({"x": "żółć"})),
        ("url", json!("ftp://receiver.example/in")),
        ("url", json!("https://")),
        ("url", json!("")),
    ] {
        let mut payload = payload(URL, &json!({}));
        payload[key] = value.clone();
        let error = refused_unsent(payload).await;
        assert!(matches!(error, Error::PayloadValidation(_)), "{value}: {error:?}");
        assert!(!error.is_retryable(), "{value}");
    }
}

#[tokio::test]
async fn failures_keep_their_kind() {
    for (status, retryable) in [(400, false), (401, false), (429, true), (503, true)] {
        let receiver = Receiver::answering(Ok(status));
        let error = send(&receiver, &json!({}), payload(URL, &json!({})))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Http(_)), "{error:?}");
        assert_eq!(error.is_retryable(), retryable, "{status}");
    }
    for (failure, retryable) in [
        (NetworkFailure::ConnectionReset, true),
        (NetworkFailure::AddressRefused, false),
    ] {
        let broken: Arc<Receiver> = Receiver::answering(Err(Error::Network {
            message: "no connection".to_owned(),
            failure,
        }));
        let error = send(&broken, &json!({}), payload(URL, &json!({})))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Network { .. }), "{error:?}");
        assert_eq!(error.is_retryable(), retryable, "{failure:?}");
    }
}
