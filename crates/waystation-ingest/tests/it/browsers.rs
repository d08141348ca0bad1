//! What pages in a browser need.

use axum::http::{Request, StatusCode};
use serde_json::json;
use waystation_ingest::IngestSettings;

use crate::harness::{Api, KEY};

#[tokio::test]
async fn any_page_may_ask_and_send() {
    let request = Request::options("/v1/t")
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type");
    let answer = Api::default()
        .send(request.body(String::new().into()).unwrap())
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("access-control-allow-methods"), "POST");
    assert_eq!(
        answer.header("access-control-allow-headers"),
        "authorization,content-type"
    );
    assert_eq!(answer.header("access-control-max-age"), "86400");
}

#[tokio::test]
async fn pages_may_read_answers_and_errors() {
    let api = Api::default();
    let send = |body: &str| {
        let request = Request::post("/v1/t").header("origin", "https://shop.example");
        api.send(
            request
                .header("content-type", "text/plain")
                .body(body.to_owned().into())
                .unwrap(),
        )
    };
    let event = json!({"userId": "u", "event": "Seen", "writeKey": KEY}).to_string();
    for (body, status) in [(event.as_str(), StatusCode::OK), ("{", StatusCode::BAD_REQUEST)] {
        let answer = send(body).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(
            answer.header("access-control-expose-headers"),
            "retry-after,x-request-id"
        );
    }
}

#[tokio::test]
async fn the_address_of_a_browser_is_that_of_the_person() {
    let event = Api::default().event("/v1/p", json!({"anonymousId": "a"})).await;
    assert_eq!(event["context"], json!({"ip": "203.0.113.9"}));
}

#[tokio::test]
async fn the_address_of_a_server_is_not() {
    let event = Api::default()
        .event(
            "/v1/page",
            json!({"anonymousId": "a", "context": {"direct": false}}),
        )
        .await;
    assert_eq!(event["context"], json!({"direct": false}));
}

#[tokio::test]
async fn a_device_that_sends_by_itself_says_so() {
    let context = json!({"direct": true, "locale": "de"});
    let event = Api::default()
        .event("/v1/page", json!({"anonymousId": "a", "context": context}))
        .await;
    assert_eq!(
        event["context"],
        json!({"direct": true, "locale": "de", "ip": "203.0.113.9"})
    );
}

#[tokio::test]
async fn an_address_that_was_sent_stays() {
    let context = json!({"direct": true, "ip": "0.0.0.0"});
    let event = Api::default()
        .event("/v1/p", json!({"anonymousId": "a", "context": context}))
        .await;
    assert_eq!(event["context"]["ip"], "0.0.0.0");
}

#[tokio::test]
async fn proxies_are_believed_if_they_are_trusted() {
    for (trusted_proxies, expected) in [(0, "203.0.113.9"), (1, "198.51.100.7")] {
        let api = Api::with(IngestSettings {
            trusted_proxies,
            ..IngestSettings::default()
        });
        let body = json!({"anonymousId": "a", "writeKey": KEY}).to_string();
        let request = Request::post("/v1/p").header("x-forwarded-for", "1.2.3.4, 198.51.100.7");
        api.send(request.body(body.into()).unwrap()).await;
        assert_eq!(api.events()[0].event["context"]["ip"], expected);
    }
}
