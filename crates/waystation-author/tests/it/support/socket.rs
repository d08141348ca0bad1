//! The application on a real socket.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use waystation_http::{Stopped, serve};

use super::TestApp;

/// A server that stops when told to.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) signal: Arc<Notify>,
    pub(crate) server: JoinHandle<Stopped>,
}

pub(crate) async fn start(app: TestApp, grace: Duration) -> Running {
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

/// The head of a request.
pub(crate) fn head(address: SocketAddr, path: &str, connection: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: {connection}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    )
}

/// Sends a request on a connection of its own and leaves the answer to be read.
pub(crate) async fn begin(address: SocketAddr, path: &str, body: &str) -> TcpStream {
    let request = head(address, path, "close", body.len()) + body;
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    connection
}

/// Sends a request and reads the whole answer.
pub(crate) async fn exchange(address: SocketAddr, path: &str, body: &str) -> String {
    let mut answer = String::new();
    let mut connection = begin(address, path, body).await;
    connection.read_to_string(&mut answer).await.unwrap();
    answer
}
