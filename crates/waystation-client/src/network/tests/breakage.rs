//! Exchanges that break.

use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use waystation_kit::request::Transport;

use super::super::pool::Pool;
use super::super::proxies::EnvironmentProxies;
use super::super::tls;
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
    let half_a_head = b"HTTP/1.1 200 OK\r\ncontent-le".to_vec();
    for act in [
        Act::ReplyAndClose(Vec::new()),
        Act::ReplyAndReset(Vec::new()),
        Act::ReplyAndClose(half_a_head),
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

/// Answers whose head is whole and whose body is not.
fn unreadable(status: &str) -> [Act; 4] {
    let head = format!("HTTP/1.1 {status}\r\nretry-after: 20\r\n");
    let half = format!("{head}content-length: 100\r\n\r\nhalf").into_bytes();
    let unfinished = format!("{head}transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n").into_bytes();
    let packed = answer(
        &format!("{status}\r\nretry-after: 20\r\ncontent-encoding: gzip"),
        "not gzip at all",
    );
    [
        Act::ReplyAndClose(half.clone()),
        Act::ReplyAndReset(half),
        Act::ReplyAndClose(unfinished),
        Act::Reply(packed),
    ]
}

#[tokio::test]
async fn a_refusal_whose_body_cannot_be_read_keeps_its_status_and_its_wait() {
    for status in [
        "429 Too Many Requests",
        "503 Service Unavailable",
        "400 Bad Request",
    ] {
        for act in unreadable(status) {
            let server = Server::start([act.clone()]).await;
            let answer = send(&post(&server.url("/"), "once")).await.unwrap();
            assert!(status.starts_with(&answer.status.to_string()), "{act:?}");
            assert_eq!(answer.headers["retry-after"], "20", "{act:?}");
            assert_eq!(server.requests().len(), 1, "{act:?}");
        }
    }
}

#[tokio::test]
async fn a_success_whose_body_cannot_be_read_is_an_answer_that_is_not_understood() {
    for act in unreadable("200 OK") {
        let server = Server::start([act.clone()]).await;
        let error = send(&post(&server.url("/"), "once")).await.unwrap_err();
        assert_eq!(
            error.code().unwrap().as_str(),
            "INVALID_RESPONSE",
            "{act:?}: {error:?}"
        );
        assert!(error.to_string().contains("status 200"), "{error}");
        assert_eq!(server.requests().len(), 1, "{act:?}");
    }
}

#[tokio::test]
async fn a_refusal_that_is_too_large_is_still_a_refusal() {
    let server = Server::start([Act::ReplyAndClose(answer("500 Oh", vec![b'x'; 100_001]))]).await;
    let transport = transport(NetworkConfig {
        answer_limit: 100_000,
        ..NetworkConfig::default()
    });
    let answer = transport.exchange(&get(&server.url("/"))).await.unwrap();
    assert_eq!(answer.status, 500);
    assert_eq!(answer.body.len(), 8 << 10);
}

#[tokio::test]
async fn large_answers_share_one_memory() {
    let large = || Act::ReplyAndClose(answer("200 OK", vec![b'x'; 300_000]));
    let server = Server::start([large(), large(), Act::Reply(answer("200 OK", "small"))]).await;
    let transport = NetworkTransport {
        pool: Pool::new(400_000),
        answer_limit: 400_000,
        ..transport(NetworkConfig::default())
    };
    let free = transport.pool.free();
    let one = transport.exchange(&get(&server.url("/"))).await.unwrap();
    assert_eq!(one.body.len(), 300_000);
    assert!(transport.pool.free() < free);
    let again = get(&server.url("/"));
    let (two, ()) = tokio::join!(transport.exchange(&again), async {
        while server.requests().len() < 2 {
            tokio::task::yield_now().await;
        }
        // It needs the place of the first, which goes with its last copy.
        let copy = one.body.slice(..1);
        drop(one);
        drop(copy);
    });
    assert_eq!(two.unwrap().body.len(), 300_000);
    assert_eq!(transport.pool.free(), free);
    transport.exchange(&get(&server.url("/"))).await.unwrap();
    assert_eq!(transport.pool.free(), free);
}

#[tokio::test]
async fn refusals_are_read_up_to_a_megabyte() {
    for (size, kept) in [(1 << 20, 1 << 20), ((1 << 20) + 1, 8 << 10)] {
        let act = Act::ReplyAndClose(answer("503 Busy", vec![b'x'; size]));
        let server = Server::start([act]).await;
        let answer = send(&get(&server.url("/"))).await.unwrap();
        assert_eq!((answer.status, answer.body.len()), (503, kept));
    }
}

#[tokio::test]
async fn hundreds_of_headers_are_read() {
    let headers: String = (0..400)
        .map(|number| format!("\r\nx-{number}: {number}"))
        .collect();
    let server = Server::start([Act::Reply(answer(&format!("200 OK{headers}"), "all"))]).await;
    let answer = send(&get(&server.url("/"))).await.unwrap();
    assert_eq!(
        (&answer.body[..], &answer.headers["x-399"]),
        (&b"all"[..], &"399".parse().unwrap())
    );
}

fn through(proxy: &str) -> NetworkTransport {
    let proxies = EnvironmentProxies::read(|name| (name == "ALL_PROXY").then(|| proxy.to_owned())).unwrap();
    NetworkTransport::with_proxies(
        &NetworkConfig::default(),
        Some(&proxies),
        &tls::client_config().unwrap(),
    )
    .unwrap()
}

#[tokio::test]
async fn a_proxy_that_is_gone_is_told_as_the_proxys_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    for url in ["http://partner.test/", "https://partner.test/"] {
        let (failure, message) = failure(through(&proxy).exchange(&get(url)).await);
        assert_eq!(failure, NetworkFailure::Proxy, "{url}: {message}");
        assert!(message.starts_with("the proxy "), "{message}");
    }
}

#[tokio::test]
async fn a_proxy_that_wants_credentials_is_told_as_the_proxys_failure() {
    for url in ["http://partner.test/", "https://partner.test/"] {
        let server = Server::start([Act::ReplyAndClose(answer("407 Who Are You", ""))]).await;
        let (failure, message) = failure(through(&server.url("")).exchange(&get(url)).await);
        assert_eq!(failure, NetworkFailure::Proxy, "{url}: {message}");
        assert!(failure.is_transient());
    }
}

#[tokio::test]
async fn what_comes_through_a_proxy_is_the_partners() {
    let server = Server::start([Act::Reply(answer("200 OK", "passed on"))]).await;
    let answer = through(&server.url(""))
        .exchange(&get("http://partner.test/x"))
        .await
        .unwrap();
    assert_eq!(answer.body, "passed on");
    assert!(server.requests()[0].starts_with("GET http://partner.test/x "));
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
        kept: None,
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
        kept: None,
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
