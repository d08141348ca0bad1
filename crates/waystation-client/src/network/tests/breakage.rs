//! Exchanges that break.

use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use waystation_kit::request::Transport;

use super::server::{Act, Server, answer};
use super::*;
use crate::deadline::CallLimits;
use crate::testing::{get, post};
use crate::{Client, Rewrites};

/// Long enough for a head to arrive, and not for the impatient.
const MOMENT: Duration = Duration::from_millis(300);

fn call(limits: CallLimits) -> crate::CallTransport {
    Client::over(
        std::sync::Arc::new(transport(NetworkConfig::default())),
        Rewrites::default(),
    )
    .per_call(limits)
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let (failure, message) = failure(send(&get(&format!("http://{address}/?key=secret"))).await);
    assert_eq!(failure, NetworkFailure::ConnectionRefused);
    assert!(message.contains(&address.to_string()), "{message}");
    assert!(!message.contains("secret"), "{message}");
}

#[tokio::test]
async fn nobody_knows_the_name() {
    // RFC 6761: this name is never given to anybody.
    let (failure, message) = failure(send(&get("http://nobody.invalid/")).await);
    assert_eq!(failure, NetworkFailure::NameNotFound, "{message}");
}

#[tokio::test]
async fn the_connection_breaks() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_vec();
    let half_a_head = b"HTTP/1.1 200 OK\r\ncontent-le".to_vec();
    let unfinished = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n".to_vec();
    for act in [
        Act::ReplyAndClose(Vec::new()),
        Act::ReplyAndReset(Vec::new()),
        Act::ReplyAndClose(half_a_head),
        Act::ReplyAndClose(half.clone()),
        Act::ReplyAndReset(half),
        Act::ReplyAndClose(unfinished),
    ] {
        let server = Server::start([act.clone()]).await;
        let (failure, message) = failure(send(&post(&server.url("/"), "once")).await);
        assert_eq!(failure, NetworkFailure::ConnectionReset, "{act:?}: {message}");
        // Whether the partner has acted on it is not known, so it is not sent again here.
        assert_eq!(server.requests().len(), 1, "{act:?}");
    }
}

#[tokio::test]
async fn what_is_no_http_is_a_failure_of_no_special_kind() {
    let server = Server::start([Act::ReplyAndClose(b"220 smtp.test ESMTP\r\n".to_vec())]).await;
    let (failure, message) = failure(send(&get(&server.url("/"))).await);
    assert_eq!(failure, NetworkFailure::Other, "{message}");
}

#[tokio::test]
async fn what_cannot_be_unpacked_is_a_failure() {
    let reply = answer("200 OK\r\ncontent-encoding: gzip", "not gzip at all");
    let server = Server::start([Act::Reply(reply)]).await;
    let (failure, message) = failure(send(&get(&server.url("/"))).await);
    assert_eq!(failure, NetworkFailure::Other, "{message}");
}

#[tokio::test]
async fn a_partner_that_stalls_runs_into_the_time_limit() {
    for begun in ["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"] {
        let server = Server::start([Act::ReplyAndStall(begun.into())]).await;
        let mut request = get(&server.url("/"));
        request.time_limit = Some(MOMENT);
        let error = call(CallLimits::default()).send(request).await.unwrap_err();
        assert!(
            matches!(error, Error::Timeout { limit: MOMENT }),
            "{begun:?}: {error:?}"
        );
        // The connection is not left hanging.
        server.closed_by_client().await;
    }
}

#[tokio::test]
async fn the_callers_deadline_covers_the_body_too() {
    let begun = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf";
    let server = Server::start([Act::ReplyAndStall(begun.into())]).await;
    let limits = CallLimits {
        deadline: Some(Instant::now() + MOMENT),
        cancellation: None,
    };
    let mut request = get(&server.url("/"));
    request.time_limit = Some(MOMENT * 100);
    let error = call(limits).send(request).await.unwrap_err();
    assert!(matches!(error, Error::Deadline), "{error:?}");
}

#[tokio::test]
async fn a_caller_who_gives_up_frees_the_connection() {
    let server = Server::start([Act::ReplyAndStall(Vec::new())]).await;
    let cancellation = CancellationToken::new();
    let call = call(CallLimits {
        deadline: None,
        cancellation: Some(cancellation.clone()),
    });
    let (result, ()) = tokio::join!(call.send(get(&server.url("/"))), async {
        while server.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        cancellation.cancel();
    });
    assert!(matches!(result, Err(Error::Aborted)), "{result:?}");
    server.closed_by_client().await;
    assert_eq!(call.exchanges().len(), 1);
}

#[tokio::test]
async fn redirects_are_followed_over_the_network() {
    let server = Server::start([
        Act::Reply(answer("307 Temporary Redirect\r\nlocation: /new", "")),
        Act::Reply(answer("200 OK", "moved")),
    ])
    .await;
    let answer = call(CallLimits::default())
        .send(post(&server.url("/old"), "body"))
        .await
        .unwrap();
    assert_eq!((answer.url.path(), &answer.body[..]), ("/new", &b"moved"[..]));
    let seen = server.requests();
    assert!(
        seen[1].starts_with("POST /new ") && seen[1].ends_with("body"),
        "{}",
        seen[1]
    );
}
