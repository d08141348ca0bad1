//! The server on a real socket: limits, phases, certificates.
#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of the tests")]

use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::{get, post};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use waystation_http::Stopped;
use waystation_http::server::{Limits, Phases, Server, Tls};

/// A server that a test moves from phase to phase.
struct Running {
    address: SocketAddr,
    server: Server,
    drain: Arc<Notify>,
    close: Arc<Notify>,
    force: Arc<Notify>,
    /// Told when `/slow` is asked for.
    asked: Arc<Notify>,
    /// Lets the handler of `/slow` answer.
    answer: Arc<Notify>,
    run: JoinHandle<Stopped>,
}

impl Running {
    async fn start(server: Server) -> Self {
        let [drain, close, force, asked, answer] = [(); 5].map(|()| Arc::new(Notify::new()));
        let (begun, slow) = (Arc::clone(&asked), Arc::clone(&answer));
        let read = |body: Result<Bytes, _>| async move {
            match body {
                Ok(body) => (StatusCode::OK, body.len().to_string()),
                Err(_) => (StatusCode::BAD_REQUEST, "cut".to_owned()),
            }
        };
        let router = Router::new()
            .route("/", get(async || "hello"))
            .route(
                "/slow",
                get(async move || {
                    begun.notify_one();
                    slow.notified().await;
                }),
            )
            .route("/body", post(read));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let notified = |notify: &Arc<Notify>| {
            let notify = Arc::clone(notify);
            async move { notify.notified().await }
        };
        let phases = Phases {
            draining: notified(&drain),
            closing: notified(&close),
            forced: notified(&force),
        };
        let running = server.clone();
        let run = tokio::spawn(async move { running.run(listener, router, phases).await });
        Self {
            address,
            server,
            drain,
            close,
            force,
            asked,
            answer,
            run,
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

fn server(limits: Limits) -> Server {
    Server {
        limits,
        ..Server::default()
    }
}

async fn ask(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let mut chunk = [0; 1024];
    while !String::from_utf8_lossy(&answer).contains("\r\n\r\n") {
        match stream.read(&mut chunk).await.unwrap() {
            0 => break,
            length => answer.extend_from_slice(&chunk[..length]),
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

const GET: &str = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

/// What comes until the connection is closed.
async fn rest(stream: &mut TcpStream) -> String {
    let mut rest = Vec::new();
    // A reset is an end as well.
    let _ = stream.read_to_end(&mut rest).await;
    String::from_utf8_lossy(&rest).into_owned()
}

#[tokio::test(start_paused = true)]
async fn whoever_sends_no_request_is_closed() {
    let running = Running::start(server(Limits::default())).await;
    for begun in ["", "GET / HTTP/1.1\r\nhost: x", GET] {
        let mut stream = running.connect().await;
        stream.write_all(begun.as_bytes()).await.unwrap();
        // Ends: with the answer to a whole request, and then nothing.
        let answer = rest(&mut stream).await;
        assert_eq!(answer.contains("hello"), begun == GET, "{begun:?}: {answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let running = Running::start(server(Limits::default())).await;
    let mut stream = running.connect().await;
    let head = "POST /body HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 10\r\n\r\nhalf";
    let answer = ask(&mut stream, head).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

#[tokio::test]
async fn an_address_has_so_many_connections_and_no_more() {
    let limits = Limits {
        connections_per_address: Some(2),
        ..Limits::default()
    };
    let running = Running::start(server(limits)).await;
    let (mut first, mut second) = (running.connect().await, running.connect().await);
    for stream in [&mut first, &mut second] {
        assert!(ask(stream, GET).await.contains("200 OK"));
    }
    assert_eq!(rest(&mut running.connect().await).await, "");
    assert_eq!(
        (
            running.server.stats.open(),
            running.server.stats.turned_away_connections()
        ),
        (2, 1)
    );
    // Whoever goes makes room.
    let close = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    assert!(ask(&mut first, close).await.contains("200 OK"));
    rest(&mut first).await;
    while running.server.stats.open() > 1 {
        tokio::task::yield_now().await;
    }
    assert!(ask(&mut running.connect().await, GET).await.contains("200 OK"));
}

#[tokio::test]
async fn while_it_drains_requests_are_answered_and_connections_closed() {
    let running = Running::start(server(Limits::default())).await;
    let mut old = running.connect().await;
    let answer = ask(&mut old, GET).await;
    assert!(!answer.contains("connection: close"), "{answer}");
    running.drain.notify_one();
    // New connections are taken as well, and each ends with its answer.
    let mut answer = String::new();
    while !answer.contains("connection: close") {
        answer = ask(&mut running.connect().await, GET).await;
        assert!(answer.contains("200 OK"), "{answer}");
    }
    let answer = ask(&mut old, GET).await;
    assert!(
        answer.contains("200 OK") && answer.contains("connection: close"),
        "{answer}"
    );
    rest(&mut old).await;
    running.close.notify_one();
    assert_eq!(running.run.await.unwrap(), Stopped::Clean);
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test]
async fn when_it_closes_what_is_under_way_ends_and_idle_connections_do_not_keep_it() {
    let running = Running::start(server(Limits::default())).await;
    let _idle = running.connect().await;
    let mut slow = running.connect().await;
    slow.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    running.asked.notified().await;
    running.close.notify_one();
    running.answer.notify_one();
    assert!(rest(&mut slow).await.contains("200 OK"));
    assert_eq!(running.run.await.unwrap(), Stopped::Clean);
}

#[tokio::test]
async fn what_takes_too_long_is_cut_off() {
    let running = Running::start(server(Limits::default())).await;
    let mut slow = running.connect().await;
    slow.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    running.asked.notified().await;
    running.close.notify_one();
    running.force.notify_one();
    assert_eq!(running.run.await.unwrap(), Stopped::Forced);
    assert_eq!(rest(&mut slow).await, "");
}

mod certificates {
    use std::path::Path;

    use tempfile::TempDir;
    use tokio_rustls::TlsConnector;
    use tokio_rustls::rustls::crypto::ring;
    use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    use super::*;

    /// Writes a certificate of its own issue, and its key.
    fn issue(folder: &Path) -> CertificateDer<'static> {
        let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(folder.join("tls.crt"), issued.cert.pem()).unwrap();
        std::fs::write(folder.join("tls.key"), issued.signing_key.serialize_pem()).unwrap();
        issued.cert.der().clone()
    }

    /// Asks over an encrypted connection; why there is none otherwise.
    async fn ask_encrypted(
        address: SocketAddr,
        trusted: &CertificateDer<'static>,
    ) -> Result<String, std::io::Error> {
        let mut roots = RootCertStore::empty();
        roots.add(trusted.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(address).await?;
        let connector = TlsConnector::from(Arc::new(config));
        let mut stream = connector
            .connect(ServerName::try_from("localhost").unwrap(), stream)
            .await?;
        Ok(ask(&mut stream, GET).await)
    }

    #[tokio::test]
    async fn connections_are_encrypted_with_the_certificate_that_there_is_now() {
        let folder = TempDir::new().unwrap();
        let first = issue(folder.path());
        let tls = Tls::read(&folder.path().join("tls.crt"), &folder.path().join("tls.key")).unwrap();
        let tls = Arc::new(tls);
        let running = Running::start(Server {
            tls: Some(Arc::clone(&tls)),
            ..Server::default()
        })
        .await;
        assert!(
            ask_encrypted(running.address, &first)
                .await
                .unwrap()
                .contains("200 OK")
        );
        let second = issue(folder.path());
        tls.renew().unwrap();
        assert!(
            ask_encrypted(running.address, &second)
                .await
                .unwrap()
                .contains("200 OK")
        );
        assert!(ask_encrypted(running.address, &first).await.is_err());
        // A broken file changes nothing.
        std::fs::write(folder.path().join("tls.key"), "no key").unwrap();
        assert!(tls.renew().is_err());
        assert!(
            ask_encrypted(running.address, &second)
                .await
                .unwrap()
                .contains("200 OK")
        );
        // Whoever does not encrypt gets no answer, and is counted.
        let mut plain = running.connect().await;
        assert!(!ask(&mut plain, GET).await.contains("200 OK"));
        while running.server.stats.handshake_errors() == 0 {
            tokio::task::yield_now().await;
        }
    }
}

/// Nothing of the server outlives a test that only needs it to be there.
#[tokio::test]
async fn a_server_that_nobody_ends_goes_on() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = waystation_http::serve(
        listener,
        Router::new().route("/", get(async || "hello")),
        pending,
        Duration::ZERO,
    );
    let asked = async {
        for _ in 0..3 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            assert!(ask(&mut stream, GET).await.contains("200 OK"));
        }
    };
    tokio::select! {
        _ = served => panic!("it ended by itself"),
        () = asked => {}
    }
}
