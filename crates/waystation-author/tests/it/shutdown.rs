use std::time::Duration;

use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use waystation_http::Stopped;

use crate::support::TestApp;
use crate::support::socket::{Running, begin, start};

const ENOUGH: Duration = Duration::from_secs(60);

/// A server whose partner takes this long, and a request under way.
async fn with_order(partner_delay: Duration, grace: Duration) -> (Running, TcpStream) {
    let app = TestApp::shop(json!([{"delay_ms": partner_delay.as_millis(), "json": {"late": true}}]));
    let partner = app.partner();
    let running = start(app, grace).await;
    let body = json!({"payload": {"properties": {"id": "o-1"}}, "settings": {"apiKey": "key-12345"}});
    let connection = begin(running.address, "/placeOrder", &body.to_string()).await;
    while partner.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    (running, connection)
}

#[tokio::test]
async fn requests_under_way_are_answered_and_no_more_are_taken() {
    let (running, mut connection) = with_order(Duration::from_millis(200), ENOUGH).await;
    let mut idle = TcpStream::connect(running.address).await.unwrap();
    running.signal.notify_one();

    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("\"late\":true"), "{answer}");
    assert_eq!(running.server.await.unwrap(), Stopped::Clean);
    assert!(TcpStream::connect(running.address).await.is_err());
    // One that nobody had accepted yet is reset instead.
    let closed = idle.read(&mut [0]).await;
    let is_reset = closed
        .as_ref()
        .is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset);
    assert!(
        is_reset || matches!(closed, Ok(0)),
        "an idle connection is closed: {closed:?}"
    );
}

#[tokio::test]
async fn requests_that_take_too_long_are_cut_off() {
    let (running, _connection) = with_order(ENOUGH, Duration::from_millis(50)).await;
    running.signal.notify_one();
    assert_eq!(running.server.await.unwrap(), Stopped::Forced);
}

#[tokio::test]
async fn a_second_signal_does_not_wait() {
    let (running, _connection) = with_order(ENOUGH, ENOUGH).await;
    running.signal.notify_one();
    // Nobody listens any more once the first one has come.
    while TcpStream::connect(running.address).await.is_ok() {}
    running.signal.notify_one();
    assert_eq!(running.server.await.unwrap(), Stopped::Forced);
}
