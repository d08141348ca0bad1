//! A partner that decides about each request, and hangs or breaks the connection where it is told to.
//!
//! It speaks just enough HTTP/1.1, by hand: no server library lets its user reset a connection.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// What the partner does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Reaction {
    /// It answers.
    Answer {
        status: u16,
        headers: &'static str,
        body: Value,
    },
    /// It does as the other, once a permit can be taken.
    Gated(Arc<Semaphore>, Box<Reaction>),
    /// It does not answer, ever.
    Hang,
    /// It resets the connection.
    Reset,
}

impl Reaction {
    /// 200 with nothing to say.
    pub(crate) fn ok() -> Self {
        Self::answer(200, serde_json::json!({}))
    }

    /// A status and JSON.
    pub(crate) fn answer(status: u16, body: Value) -> Self {
        Self::Answer {
            status,
            headers: "",
            body,
        }
    }

    /// The same, once the gate lets it through.
    pub(crate) fn behind(self, gate: &Arc<Semaphore>) -> Self {
        Self::Gated(Arc::clone(gate), Box::new(self))
    }

    /// A status and headers, each with its line end.
    pub(crate) fn with_headers(status: u16, headers: &'static str) -> Self {
        Self::Answer {
            status,
            headers,
            body: serde_json::json!({}),
        }
    }
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) at: Instant,
    pub(crate) method: String,
    pub(crate) path: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// A header; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self
            .headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// The body, which is JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

type Decide = dyn Fn(usize, &Received) -> Reaction + Send + Sync;

/// The partner; gone when it is dropped.
pub(crate) struct Partner {
    port: u16,
    requests: Arc<Mutex<Vec<Received>>>,
    _serving: JoinSet<()>,
}

impl Partner {
    /// A partner that takes everything.
    pub(crate) async fn willing() -> Self {
        Self::deciding(|_, _| Reaction::ok()).await
    }

    /// A partner that decides about each request, told how many there were before.
    pub(crate) async fn deciding(
        decide: impl Fn(usize, &Received) -> Reaction + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::<Mutex<Vec<Received>>>::default();
        let mut serving = JoinSet::new();
        serving.spawn(serve_all(listener, Arc::clone(&requests), Arc::new(decide)));
        Self {
            port,
            requests,
            _serving: serving,
        }
    }

    /// Where it listens.
    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it was asked so far, in order.
    pub(crate) fn requests(&self) -> Vec<Received> {
        self.requests.lock().unwrap().clone()
    }

    /// What it was asked with this key of a workspace.
    pub(crate) fn requests_of(&self, connection: &str) -> Vec<Received> {
        let mut requests = self.requests();
        requests.retain(|request| request.header("x-workspace-key") == format!("{connection}-key"));
        requests
    }
}

async fn serve_all(listener: TcpListener, requests: Arc<Mutex<Vec<Received>>>, decide: Arc<Decide>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (requests, decide) = (Arc::clone(&requests), Arc::clone(&decide));
        connections.spawn(async move { drop(serve(stream, &requests, &*decide).await) });
    }
}

async fn serve(stream: TcpStream, requests: &Mutex<Vec<Received>>, decide: &Decide) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await? {
        let mut reaction = {
            let mut requests = requests.lock().unwrap();
            let reaction = decide(requests.len(), &request);
            requests.push(request);
            reaction
        };
        while let Reaction::Gated(gate, then) = reaction {
            if let Ok(permit) = gate.acquire().await {
                permit.forget();
            }
            reaction = *then;
        }
        match reaction {
            Reaction::Gated(..) => {}
            Reaction::Answer {
                status,
                headers,
                body,
            } => {
                let body = body.to_string();
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status} Partner\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\n\r\n{body}"
                );
                stream.write_all(answer.as_bytes()).await?;
            }
            Reaction::Hang => std::future::pending().await,
            Reaction::Reset => return stream.get_ref().set_zero_linger(),
        }
    }
    Ok(())
}

async fn read(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<Received>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = Vec::new();
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => headers.push((name.to_owned(), value.trim().to_owned())),
            None => break,
        }
    }
    let mut request = Received {
        at: Instant::now(),
        method,
        path,
        headers,
        body: Vec::new(),
    };
    request.body = vec![0; request.header("content-length").parse().unwrap_or_default()];
    stream.read_exact(&mut request.body).await?;
    Ok(Some(request))
}
