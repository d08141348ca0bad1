//! The floor: a server that hands every request on and keeps nothing, built from the same libraries.

use std::io::Write;
use std::process::Stdio;

use crate::stage::Error;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

/// A relay's process; killed when dropped.
pub(crate) struct Relay {
    _child: Child,
    pub(crate) origin: String,
}

impl Relay {
    /// Starts a relay as a process of its own.
    pub(crate) async fn spawn(to: &str) -> Result<Self, Error> {
        let program = std::env::current_exe().map_err(Error::io("finding the running program"))?;
        let mut child = Command::new(program)
            .args(["relay", "--to", to])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(Error::io("starting the relay"))?;
        let stdout = child.stdout.take();
        let stdout = stdout.ok_or_else(|| Error::Other("the relay has no output".into()))?;
        let mut port = String::new();
        let read = BufReader::new(stdout).read_line(&mut port).await;
        read.map_err(Error::io("reading the relay's port"))?;
        Ok(Self {
            _child: child,
            origin: format!("http://127.0.0.1:{}", port.trim()),
        })
    }
}

#[derive(Clone)]
struct Way {
    client: reqwest::Client,
    to: String,
}

/// Is a relay until the process is killed. Prints its port.
pub(crate) async fn run(to: String) -> Result<(), Error> {
    let listener = TcpListener::bind(("127.0.0.1", 0))
        .await
        .map_err(Error::io("listening"))?;
    let port = listener.local_addr().map_err(Error::io("listening"))?.port();
    writeln!(std::io::stdout(), "{port}").map_err(Error::io("telling the port"))?;
    let way = Way {
        client: reqwest::Client::new(),
        to,
    };
    let router = Router::new().route("/v1/batch", post(hand_on)).with_state(way);
    axum::serve(listener, router).await.map_err(Error::io("serving"))
}

async fn hand_on(State(way): State<Way>, body: Bytes) -> StatusCode {
    let request = way
        .client
        .post(way.to)
        .header("content-type", "application/json")
        .body(body);
    match request.send().await {
        Ok(response) => response.status(),
        Err(_) => StatusCode::BAD_GATEWAY,
    }
}
