//! Answers as they go over the wire.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::socket::{exchange, start};

async fn ask(path: &str, body: &str) -> (String, Value) {
    let app = TestApp::with("shop", json!([{}]), |mut config| {
        config.body_limit = 1_000;
        config
    });
    let running = start(app, Duration::from_secs(1)).await;
    let answer = exchange(running.address, path, body).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), serde_json::from_str(body).unwrap())
}

#[tokio::test]
async fn answers_and_errors_are_whole() {
    let (head, body) = ask("/note", "{}").await;
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    assert_eq!(body, json!([]));

    let (head, body) = ask("/nowhere", "{}").await;
    assert!(head.starts_with("HTTP/1.1 404 Not Found"), "{head}");
    assert!(
        head.contains("content-type: application/json; charset=utf-8"),
        "{head}"
    );
    assert_eq!(body["code"], "NOT_FOUND");

    let (head, body) = ask("/destinations/shop/actions/note", "{").await;
    assert!(head.starts_with("HTTP/1.1 400"), "{head}");
    assert_eq!(body["code"], "INVALID_JSON");
}

#[tokio::test]
async fn a_body_beyond_the_limit_gets_an_answer() {
    let body = json!({"payload": "x".repeat(2_000)}).to_string();
    let (head, body) = ask("/note", &body).await;
    assert!(head.starts_with("HTTP/1.1 413"), "{head}");
    assert_eq!(body["code"], "PAYLOAD_TOO_LARGE");
}
