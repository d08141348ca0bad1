//! Exchanges that go well.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::Method;
use waystation_kit::Response;
use waystation_kit::services::Millis;

use super::super::DEFAULT_ANSWER_LIMIT;
use super::server::{Act, Server, answer, chunked};
use super::*;
use crate::testing::{get, post, request, with_header};

#[tokio::test]
async fn requests_arrive_as_they_were_described() {
    let server = Server::start([Act::Reply(answer("201 Created\r\nx-id: 7", "done"))]).await;
    let request = with_header(
        post(&server.url("/v1/a%20b?c=d"), "{}"),
        "content-type",
        "application/json",
    );
    let answer = send(&request).await.unwrap();
    assert_eq!((answer.status, &answer.body[..]), (201, &b"done"[..]));
    assert_eq!(answer.headers["x-id"], "7");
    assert_eq!(answer.url, request.url);

    let seen = server.requests().remove(0);
    assert!(seen.starts_with("POST /v1/a%20b?c=d HTTP/1.1\r\n"), "{seen}");
    for part in [
        "\r\ncontent-type: application/json\r\n",
        "\r\ncontent-length: 2\r\n",
        "\r\naccept-encoding: gzip\r\n",
    ] {
        assert!(seen.contains(part), "{part:?} is missing in {seen}");
    }
    assert!(seen.ends_with("\r\n\r\n{}"), "{seen}");
}

#[tokio::test]
async fn a_post_without_body_says_so() {
    let server = Server::start([Act::Reply(answer("200 OK", ""))]).await;
    send(&request(Method::POST, &server.url("/"))).await.unwrap();
    send(&get(&server.url("/"))).await.unwrap();
    let seen = server.requests();
    assert!(seen[0].contains("\r\ncontent-length: 0\r\n"), "{}", seen[0]);
    assert!(!seen[1].contains("content-length"), "{}", seen[1]);
}

#[tokio::test]
async fn credentials_in_the_address_become_a_header() {
    let server = Server::start([Act::Reply(answer("200 OK", ""))]).await;
    let url = format!("http://ana:p%40w@{}/", server.address);
    send(&get(&url)).await.unwrap();
    send(&with_header(get(&url), "authorization", "Bearer t"))
        .await
        .unwrap();
    let seen = server.requests();
    assert!(
        seen[0].contains("\r\nauthorization: Basic YW5hOnBAdw==\r\n"),
        "{}",
        seen[0]
    );
    assert!(seen[1].contains("\r\nauthorization: Bearer t\r\n"), "{}", seen[1]);
    assert!(!seen[1].contains("Basic"), "{}", seen[1]);
}

#[tokio::test]
async fn connections_are_used_again() {
    let server = Server::start([
        Act::Reply(answer("200 OK", "one")),
        Act::Reply(chunked("200 OK", &[b"t", b"w", b"o"])),
        Act::Reply(answer("500 Oh", "three")),
    ])
    .await;
    let transport = transport(NetworkConfig::default());
    let mut bodies = Vec::new();
    for _ in 0..3 {
        bodies.push(transport.exchange(&get(&server.url("/"))).await.unwrap().body);
    }
    assert_eq!(bodies, ["one", "two", "three"].map(Bytes::from));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_not_used_again() {
    let server = Server::start([Act::ReplyAndClose(answer("200 OK", "x"))]).await;
    let transport = transport(NetworkConfig::default());
    for _ in 0..3 {
        transport.exchange(&post(&server.url("/"), "body")).await.unwrap();
        // The end of the connection has to get here before it can be noticed.
        tokio::task::yield_now().await;
    }
    assert_eq!((server.requests().len(), server.connections()), (3, 3));
}

#[tokio::test]
async fn reason_phrases_are_those_on_the_wire() {
    for (head, expected) in [
        ("400 Not Your Day", "Not Your Day"),
        ("404 Not Found", "Not Found"),
        ("404 ", "Not Found"),
        ("520 ", "520"),
        ("520 Whatever", "Whatever"),
    ] {
        let server = Server::start([Act::Reply(answer(head, ""))]).await;
        let answer = send(&get(&server.url("/"))).await.unwrap();
        assert_eq!(Response::new(answer, Millis(0)).reason(), expected, "{head:?}");
    }
}

#[tokio::test]
async fn answers_without_bodies_end_at_once() {
    for (method, head) in [
        (Method::HEAD, "200 OK\r\ncontent-length: 500"),
        (Method::GET, "204 No Content"),
        (Method::GET, "304 Not Modified\r\ncontent-length: 500"),
    ] {
        let bytes = format!("HTTP/1.1 {head}\r\n\r\n").into_bytes();
        let server = Server::start([Act::Reply(bytes)]).await;
        let answer = send(&request(method, &server.url("/"))).await.unwrap();
        assert!(answer.body.is_empty(), "{head}");
    }
}

#[tokio::test]
async fn a_body_without_length_ends_with_the_connection() {
    let server = Server::start([Act::ReplyAndClose(b"HTTP/1.1 200 OK\r\n\r\nall of it".to_vec())]).await;
    assert_eq!(send(&get(&server.url("/"))).await.unwrap().body, "all of it");
}

#[tokio::test]
async fn redirects_are_answers_here() {
    let server = Server::start([Act::Reply(answer("302 Found\r\nlocation: /elsewhere", ""))]).await;
    let answer = send(&get(&server.url("/"))).await.unwrap();
    assert_eq!((answer.status, server.requests().len()), (302, 1));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn compressed_answers_are_unpacked() {
    let body = gzip(b"{\"plain\":true}");
    let head = "200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip";
    let server = Server::start([Act::Reply(answer(head, body))]).await;
    let response = Response::new(send(&get(&server.url("/"))).await.unwrap(), Millis(0));
    assert_eq!(response.text(), "{\"plain\":true}");
    // What is left of the headers fits to what is left of the body.
    assert_eq!(response.header("content-encoding"), None);
    assert_eq!(response.header("content-length"), None);
}

#[tokio::test]
async fn answers_up_to_the_limit_are_read() {
    const LIMIT: usize = 100_000;
    let exact = vec![b'x'; LIMIT];
    let more = vec![b'x'; LIMIT + 1];
    let packed = |body: &[u8]| answer("200 OK\r\ncontent-encoding: gzip", gzip(body));
    for (reply, fits) in [
        (answer("200 OK", &exact), true),
        (answer("200 OK", &more), false),
        (chunked("200 OK", &[&exact]), true),
        (chunked("200 OK", &[&exact, b"x"]), false),
        (packed(&exact), true),
        (packed(&more), false),
    ] {
        let server = Server::start([Act::ReplyAndClose(reply)]).await;
        let transport = transport(NetworkConfig {
            answer_limit: LIMIT,
            ..NetworkConfig::default()
        });
        let result = transport.exchange(&get(&server.url("/"))).await;
        if fits {
            assert_eq!(result.unwrap().body.len(), LIMIT);
        } else {
            let error = result.unwrap_err();
            assert!(
                error.to_string().contains("larger than the 100000 bytes"),
                "{error}"
            );
        }
    }
}

#[tokio::test]
async fn a_small_answer_cannot_become_a_huge_one() {
    let bomb = gzip(&vec![0; 16 << 20]);
    assert!(bomb.len() < DEFAULT_ANSWER_LIMIT / 10);
    let server = Server::start([Act::ReplyAndStall(answer(
        "200 OK\r\ncontent-encoding: gzip",
        bomb,
    ))])
    .await;
    let error = send(&get(&server.url("/"))).await.unwrap_err();
    assert!(error.to_string().contains("larger than"), "{error}");
}
