//! A server that does on a real socket what no well-behaved server does.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What becomes of one request.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// These bytes; the connection stays open.
    Reply(Vec<u8>),
    /// These bytes, and the end of the connection.
    ReplyAndClose(Vec<u8>),
    /// These bytes, and the connection is torn down.
    ReplyAndReset(Vec<u8>),
    /// These bytes, and then nothing, but the connection stays open.
    ReplyAndStall(Vec<u8>),
}

pub(super) struct Server {
    pub(super) address: SocketAddr,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    requests: Mutex<Vec<String>>,
    connections: AtomicUsize,
    closed_by_client: tokio::sync::Notify,
}

impl Server {
    /// Listens; each request, whatever its connection, takes the next act, and the last one repeats.
    pub(super) async fn start(acts: impl Into<Vec<Act>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            seen: Arc::default(),
        };
        let (acts, seen) = (Arc::new(acts.into()), Arc::clone(&server.seen));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                seen.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, Arc::clone(&acts), Arc::clone(&seen)));
            }
        });
        server
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests so far, as they came over the wire.
    pub(super) fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().unwrap().clone()
    }

    pub(super) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// Waits until a client closes a connection on which the server stalls.
    pub(super) async fn closed_by_client(&self) {
        self.seen.closed_by_client.notified().await;
    }
}

async fn serve(mut stream: TcpStream, acts: Arc<Vec<Act>>, seen: Arc<Seen>) {
    while let Some(request) = read_request(&mut stream).await {
        let act = {
            let mut requests = seen.requests.lock().unwrap();
            let act = acts.get(requests.len()).or(acts.last()).unwrap().clone();
            requests.push(request);
            act
        };
        match act {
            Act::Reply(bytes) => stream.write_all(&bytes).await.unwrap(),
            Act::ReplyAndClose(bytes) => {
                stream.write_all(&bytes).await.unwrap();
                return;
            }
            Act::ReplyAndReset(bytes) => {
                stream.write_all(&bytes).await.unwrap();
                stream.set_zero_linger().unwrap();
                return;
            }
            Act::ReplyAndStall(bytes) => {
                stream.write_all(&bytes).await.unwrap();
                let end = stream.read(&mut [0]).await;
                assert!(matches!(end, Ok(0) | Err(_)), "no further request was expected");
                seen.closed_by_client.notify_one();
                return;
            }
        }
    }
}

/// One request with its body; `None` at the end of the connection.
pub(super) async fn read_request(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len() >= content_length(head)
        {
            return Some(text.into_owned());
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

fn content_length(head: &str) -> usize {
    head.lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap())
}

/// A complete answer with a content length.
pub(super) fn answer(head: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// A complete answer whose length nobody knows beforehand.
pub(super) fn chunked(head: &str, chunks: &[&[u8]]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {head}\r\ntransfer-encoding: chunked\r\n\r\n").into_bytes();
    for chunk in chunks {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}
