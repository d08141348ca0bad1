//! Answers as they go over the wire.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::TestApp;
use crate::support::socket::{exchange, head, start};

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

/// Reads the rest of an answer whose body is one object.
async fn until_end_of_object(connection: &mut TcpStream) {
    let mut depth = 0;
    loop {
        match connection.read_u8().await.unwrap() {
            b'{' => depth += 1,
            b'}' if depth == 1 => return,
            b'}' => depth -= 1,
            _ => {}
        }
    }
}

#[tokio::test]
async fn an_error_does_not_cost_the_connection() {
    let running = start(TestApp::shop(json!([])), Duration::from_secs(1)).await;
    let mut connection = TcpStream::connect(running.address).await.unwrap();
    connection.set_nodelay(true).unwrap();
    for last in [false, true] {
        let wish = if last { "close" } else { "keep-alive" };
        let request = head(running.address, "/nowhere", wish, 2);
        connection.write_all(request.as_bytes()).await.unwrap();
        // A body that comes after the head, as many clients send it.
        tokio::task::yield_now().await;
        connection.write_all(b"{}").await.unwrap();
        let mut answer = [0; 12];
        connection.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 404");
        if !last {
            until_end_of_object(&mut connection).await;
        }
    }
    connection.read_to_end(&mut Vec::new()).await.unwrap();
}

#[tokio::test]
async fn a_body_that_is_announced_too_large_need_not_be_sent() {
    let running = start(TestApp::shop(json!([])), Duration::from_secs(1)).await;
    let mut connection = TcpStream::connect(running.address).await.unwrap();
    let request = head(running.address, "/note", "keep-alive", 1 << 30);
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
}
