//! The floor: processes that only hand on or only send, and keep nothing, built from the same libraries as the server.

use std::io::Write;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::post;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

use super::events::Template;
use crate::stage::Error;

/// A relay's process; killed when dropped.
pub(crate) struct Relay {
    child: Child,
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
            child,
            origin: format!("http://127.0.0.1:{}", port.trim()),
        })
    }

    /// Its process, while it lives.
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.id()
    }
}

#[derive(Clone)]
struct Way {
    client: reqwest::Client,
    to: String,
}

/// Is a relay until the process is killed: every body goes to the partner, whose answer goes back. Prints its port.
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
    let router = Router::new().fallback(post(hand_on)).with_state(way);
    axum::serve(listener, router).await.map_err(Error::io("serving"))
}

async fn hand_on(State(way): State<Way>, body: Bytes) -> Result<impl IntoResponse, StatusCode> {
    let request = way
        .client
        .post(way.to)
        .header(header::CONTENT_TYPE, "application/json")
        .body(body);
    let response = request.send().await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    let status = response.status();
    #[allow(
        clippy::disallowed_methods,
        reason = "the lab's own partner answers two bytes"
    )]
    let answer = response.bytes().await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    Ok((status, [(header::CONTENT_TYPE, "application/json")], answer))
}

/// What a bare client sends.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Errand {
    /// Where to
    #[arg(long)]
    pub(crate) to: String,
    /// How many events
    #[arg(long)]
    pub(crate) events: u64,
    /// Events in a request
    #[arg(long)]
    pub(crate) batch: u64,
    /// Requests under way at once
    #[arg(long)]
    pub(crate) senders: usize,
}

impl Errand {
    /// Has a process of its own do it, and waits for its end.
    pub(crate) async fn run_apart(&self) -> Result<(), Error> {
        let program = std::env::current_exe().map_err(Error::io("finding the running program"))?;
        let status = Command::new(program)
            .args(["client", "--to", &self.to])
            .args(["--events", &self.events.to_string()])
            .args(["--batch", &self.batch.to_string()])
            .args(["--senders", &self.senders.to_string()])
            .kill_on_drop(true)
            .status()
            .await
            .map_err(Error::io("running the client"))?;
        match status.success() {
            true => Ok(()),
            false => Err(Error::Other(format!("the client ended: {status}"))),
        }
    }

    /// Sends all of it.
    pub(crate) async fn run(self) -> Result<(), Error> {
        let client = reqwest::Client::new();
        let template = Arc::new(Template::named("Single"));
        let next = Arc::new(AtomicU64::new(0));
        let mut senders = JoinSet::new();
        for _ in 0..self.senders {
            let (errand, client) = (self.clone(), client.clone());
            let (template, next) = (Arc::clone(&template), Arc::clone(&next));
            senders.spawn(async move { errand.sender(&client, &template, &next).await });
        }
        while let Some(sender) = senders.join_next().await {
            sender.map_err(|error| Error::Other(error.to_string()))??;
        }
        Ok(())
    }

    async fn sender(
        &self,
        client: &reqwest::Client,
        template: &Template,
        next: &AtomicU64,
    ) -> Result<(), Error> {
        loop {
            let first = next.fetch_add(self.batch, Ordering::Relaxed);
            if first >= self.events {
                return Ok(());
            }
            let body = match self.batch {
                1 => {
                    let mut body = String::new();
                    template.event(first, 0, &mut body);
                    body
                }
                batch => template.list(first, batch.min(self.events - first), 0),
            };
            let request = client
                .post(&self.to)
                .header(header::CONTENT_TYPE, "application/json")
                .body(body);
            let response = request.send().await?.error_for_status()?;
            #[allow(
                clippy::disallowed_methods,
                reason = "the lab's own partner answers two bytes"
            )]
            response.bytes().await?;
        }
    }
}
