use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use waystation_server::{Stopped, serve};

use crate::support::TestApp;

/// A server on a socket that stops when told to.
struct Running {
    address: std::net::SocketAddr,
    signal: Arc<Notify>,
    server: JoinHandle<Stopped>,
}

async fn start(partner_delay: Duration, grace: Duration) -> Running {
    let app = TestApp::shop(json!([{"delay_ms": partner_delay.as_millis(), "json": {"late": true}}]));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let signal = Arc::new(Notify::new());
    let notified = Arc::clone(&signal);
    let server = tokio::spawn(async move {
        let signal = || {
            let notified = Arc::clone(&notified);
            async move { notified.notified().await }
        };
        serve(listener, app.router(), signal, grace).await.unwrap()
    });
    Running {
        address,
        signal,
        server,
    }
}

/// Sends an order and waits until the server has it.
async fn order(address: std::net::SocketAddr) -> TcpStream {
    let body =
        json!({"payload": {"properties": {"id": "o-1"}}, "settings": {"apiKey": "key-12345"}}).to_string();
    let request = format!(
        "POST /placeOrder HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    connection
}

#[tokio::test]
async fn requests_under_way_are_answered_and_no_more_are_taken() {
    let Running {
        address,
        signal,
        server,
    } = start(Duration::from_millis(200), Duration::from_secs(5)).await;
    let mut connection = order(address).await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    signal.notify_one();

    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("\"late\":true"), "{answer}");
    assert_eq!(server.await.unwrap(), Stopped::Clean);
    assert!(TcpStream::connect(address).await.is_err());
    assert_eq!(
        idle.read(&mut [0]).await.unwrap(),
        0,
        "an idle connection is closed"
    );
}

#[tokio::test]
async fn requests_that_take_too_long_are_cut_off() {
    let Running {
        address,
        signal,
        server,
    } = start(Duration::from_secs(60), Duration::from_millis(50)).await;
    let _connection = order(address).await;
    signal.notify_one();
    assert_eq!(server.await.unwrap(), Stopped::Forced);
}

#[tokio::test]
async fn a_second_signal_does_not_wait() {
    let Running {
        address,
        signal,
        server,
    } = start(Duration::from_secs(60), Duration::from_secs(60)).await;
    let _connection = order(address).await;
    signal.notify_one();
    tokio::time::sleep(Duration::from_millis(50)).await;
    signal.notify_one();
    assert_eq!(server.await.unwrap(), Stopped::Forced);
}
