//! On a real connection.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::Api;

const KEY: &str = "authorization: Basic c2hvcC1rZXk6";

/// Sends a request and reads the head of the answer.
async fn exchange(connection: &mut TcpStream, path: &str, body: &[u8]) -> String {
    let length = body.len();
    let head = format!("POST {path} HTTP/1.1\r\nhost: test\r\n{KEY}\r\ncontent-length: {length}\r\n\r\n");
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") {
        assert_ne!(
            connection.read_buf(&mut answer).await.unwrap(),
            0,
            "the connection is closed"
        );
    }
    String::from_utf8(answer).unwrap()
}

async fn connected(api: &Api) -> TcpStream {
    let address: SocketAddr = api.serve().await;
    TcpStream::connect(address).await.unwrap()
}

#[tokio::test]
async fn a_body_that_is_too_large_costs_neither_the_answer_nor_the_connection() {
    let api = Api::default();
    let mut connection = connected(&api).await;
    let refused = exchange(&mut connection, "/v1/batch", &vec![b' '; 3 << 20]).await;
    assert!(refused.starts_with("HTTP/1.1 400 "), "{refused}");
    assert!(refused.contains("PAYLOAD_LIMIT_EXCEEDED"), "{refused}");
    let taken = exchange(&mut connection, "/v1/page", br#"{"userId":"u"}"#).await;
    assert!(taken.starts_with("HTTP/1.1 200 "), "{taken}");
}

#[tokio::test]
async fn the_address_of_the_connection_is_known() {
    let api = Api::default();
    let mut connection = connected(&api).await;
    exchange(&mut connection, "/v1/p", br#"{"userId":"u"}"#).await;
    assert_eq!(api.events()[0].event["context"]["ip"], "127.0.0.1");
}
