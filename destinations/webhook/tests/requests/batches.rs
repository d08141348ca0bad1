//! Requests with several events in them.

use serde_json::{Value, json};
use waystation_kit::{BatchOutput, Error};

use crate::support::{Receiver, payload, send_batch};

fn payloads() -> Vec<Value> {
    vec![
        payload("https://receiver.example/one", &json!({"n": 9})),
        json!({"url": "https://receiver.example/one", "method": "POST"}),
        payload("https://receiver.example/two", &json!({"n": 5})),
    ]
}

#[tokio::test]
async fn a_batch_is_one_request_that_the_first_event_addresses() {
    let receiver = Receiver::answering(Ok(202));
    let settings = json!({"sharedSecret": "Jefe"});
    let output = send_batch(&receiver, &settings, payloads()).await.unwrap();
    let request = receiver.request();
    assert_eq!(request.url.as_str(), "https://receiver.example/one");
    assert_eq!(
        request.body.as_deref(),
        Some(br#"[{"n":9},null,{"n":5}]"#.as_slice())
    );
    // printf '{"n":9}' | openssl dgst -sha1 -hmac Jefe
    assert_eq!(
        request.headers["x-signature"],
        "53779f8a7004fdb84831c9b84bb869adc9fbc8d6"
    );
    match output {
        BatchOutput::Response(response) => assert_eq!(response.status(), 202),
        other => panic!("the answer is that of every event, and not {other:?}"),
    }
}

#[tokio::test]
async fn a_batch_that_fails_fails_as_a_whole() {
    for (status, retryable) in [(400, false), (500, true)] {
        let receiver = Receiver::answering(Ok(status));
        let error = send_batch(&receiver, &json!({}), payloads()).await.unwrap_err();
        assert!(matches!(error, Error::Http(_)), "{error:?}");
        assert_eq!(error.is_retryable(), retryable, "{status}");
    }
}

#[tokio::test]
async fn an_empty_batch_is_no_request() {
    let receiver = Receiver::answering(Ok(200));
    send_batch(&receiver, &json!({}), Vec::new()).await.unwrap();
    assert!(receiver.requests().is_empty());
}
