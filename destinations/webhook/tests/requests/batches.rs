//! Requests with several events in them.

use serde_json::{Value, json};
use waystation_kit::{BatchOutput, Error};

use crate::support::{Receiver, payload, send_batch};

const URL: &str = "https://receiver.example/in";

fn payloads() -> Vec<Value> {
    vec![
        payload(URL, &json!({"n": 9})),
        json!({"url": URL, "method": "POST"}),
        payload(URL, &json!({"n": 5})),
    ]
}

#[tokio::test]
async fn a_batch_for_one_receiver_is_one_request() {
    let receiver = Receiver::answering(Ok(202));
    let settings = json!({"sharedSecret": "Jefe"});
    let output = send_batch(&receiver, &settings, payloads()).await.unwrap();
    let request = receiver.request();
    assert_eq!(request.url.as_str(), URL);
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
async fn nothing_goes_to_another_receiver_or_with_anothers_credentials() {
    let to = |customer: &str, method: &str, authorization: &str| {
        json!({
            "url": format!("https://receiver.example/{customer}"),
            "method": method,
            "headers": {"Authorization": authorization},
            "data": {"customer": customer, "method": method, "key": authorization},
        })
    };
    let payloads = vec![
        to("acme", "POST", "acme-1"),
        to("globex", "POST", "globex-1"),
        to("acme", "POST", "acme-1"),
        to("acme", "PUT", "acme-1"),
        to("acme", "POST", "acme-2"),
        json!({"url": "https://receiver.example/acme", "method": "POST", "data": {"customer": "acme"}}),
    ];
    let receiver = Receiver::answering(Ok(200));
    let output = send_batch(&receiver, &json!({}), payloads.clone()).await.unwrap();

    let requests = receiver.requests();
    assert_eq!(requests.len(), 5, "two events have all in common");
    let mut seen = 0;
    for request in &requests {
        let authorization = request
            .headers
            .get("authorization")
            .map(|value| value.to_str().unwrap());
        let items: Vec<Value> = serde_json::from_slice(request.body.as_deref().unwrap()).unwrap();
        for item in items {
            let path = format!("/{}", item["customer"].as_str().unwrap());
            assert_eq!(request.url.path(), path, "{item}");
            assert_eq!(authorization, item["key"].as_str(), "{item}");
            if let Some(method) = item["method"].as_str() {
                assert_eq!(request.method, method, "{item}");
            }
            seen += 1;
        }
    }
    assert_eq!(seen, payloads.len(), "every event goes out once");
    let BatchOutput::MultiStatus(results) = output else {
        panic!("each request has its own answer: {output:?}");
    };
    assert_eq!(results.into_outcomes().len(), payloads.len());
}

#[tokio::test]
async fn a_receiver_that_refuses_fails_its_own_events_and_says_why() {
    let mut payloads = payloads();
    payloads.push(payload("https://other.example/in", &json!({"n": 1})));
    let receiver = Receiver::answering(Ok(403));
    let BatchOutput::MultiStatus(results) = send_batch(&receiver, &json!({}), payloads).await.unwrap() else {
        panic!("each request has its own answer");
    };
    for outcome in results.into_outcomes() {
        let node = outcome.to_node();
        assert_eq!(
            (node["status"].as_u64(), node["errorreporter"].as_str()),
            (Some(403), Some("DESTINATION"))
        );
        assert_eq!(node["errormessage"], "done");
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
