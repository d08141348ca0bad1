//! Running a router on a socket, within limits, and ending it in good order.
//!
//! A server goes through three phases: it is open; it drains, which means that it goes on taking requests but closes
//! each connection after its answer, so that callers find somebody else; it closes, which means that it takes nothing
//! new and lets what is under way end.

mod connections;
mod limits;
mod stats;
pub mod tls;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use tower_http::timeout::RequestBodyTimeoutLayer;

use connections::{Connections, Place};

pub use limits::{Limits, raise_descriptor_limit};
pub use stats::Stats;
pub use tls::{Tls, TlsError};

/// How long a connection may take for the handshake of TLS.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long nothing is accepted after a failure that the next attempt would share, such as too many open files.
const PAUSE: Duration = Duration::from_millis(100);

/// How the server came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Every request was answered.
    Clean,
    /// Requests were cut off: their time was over, or a second signal came.
    Forced,
}

/// What happens to connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Phase {
    Open,
    Draining,
    Closing,
    CutOff,
}

/// When a server goes to its next phase.
pub struct Phases<D, C, F> {
    /// When it begins to drain.
    pub draining: D,
    /// When it closes.
    pub closing: C,
    /// When what is still under way after that is cut off.
    pub forced: F,
}

/// Serves routers on sockets.
#[derive(Debug, Clone, Default)]
pub struct Server {
    /// What connections may do.
    pub limits: Limits,
    /// The certificate, if connections are encrypted.
    pub tls: Option<Arc<Tls>>,
    /// What is counted.
    pub stats: Arc<Stats>,
}

impl Server {
    /// Serves until it is to close and everything under way has ended or was cut off.
    ///
    /// Handlers learn the caller's address from [`ConnectInfo`]`<SocketAddr>`.
    pub async fn run<D, C, F>(
        &self,
        listener: TcpListener,
        router: Router,
        phases: Phases<D, C, F>,
    ) -> Stopped
    where
        D: Future<Output = ()> + Send + 'static,
        C: Future<Output = ()>,
        F: Future<Output = ()>,
    {
        let router = router.layer(RequestBodyTimeoutLayer::new(self.limits.body_timeout));
        let (change, phase) = watch::channel(Phase::Open);
        let change = Arc::new(change);
        let draining = tokio::spawn(drain(phases.draining, Arc::clone(&change)));
        let connections = Connections::new(&self.limits, Arc::clone(&self.stats));
        let tasks = TaskTracker::new();
        let mut closing = std::pin::pin!(phases.closing);
        loop {
            let accepted = tokio::select! {
                () = &mut closing => break,
                accepted = self.accept(&listener, &connections) => accepted,
            };
            let Some((stream, address, place)) = accepted else {
                continue;
            };
            let served = self
                .clone()
                .serve_stream(stream, address, router.clone(), phase.clone(), place);
            tasks.spawn(served);
        }
        drop(listener);
        draining.abort();
        change.send_replace(Phase::Closing);
        tasks.close();
        tokio::select! {
            () = tasks.wait() => Stopped::Clean,
            () = phases.forced => {
                change.send_replace(Phase::CutOff);
                Stopped::Forced
            }
        }
    }

    /// The next connection that there is room for.
    async fn accept(
        &self,
        listener: &TcpListener,
        connections: &Connections,
    ) -> Option<(TcpStream, SocketAddr, Place)> {
        let room = connections.room().await?;
        match listener.accept().await {
            Ok((stream, address)) => {
                let place = connections.place(room, address.ip())?;
                Some((stream, address, place))
            }
            Err(error) => {
                self.stats.accept_failed(&error);
                if !concerns_one_connection(&error) {
                    tokio::time::sleep(PAUSE).await;
                }
                None
            }
        }
    }

    async fn serve_stream(
        self,
        stream: TcpStream,
        address: SocketAddr,
        router: Router,
        phase: watch::Receiver<Phase>,
        _place: Place,
    ) {
        // Answers are small, and whoever waits for one waits for all of it.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
        let Some(tls) = &self.tls else {
            return self.serve_connection(stream, address, router, phase).await;
        };
        match tokio::time::timeout(HANDSHAKE, tls.acceptor().accept(stream)).await {
            Ok(Ok(stream)) => self.serve_connection(stream, address, router, phase).await,
            Ok(Err(error)) => {
                self.stats.handshake_failed();
                tracing::debug!(%error, "a connection without handshake");
            }
            Err(_) => self.stats.handshake_failed(),
        }
    }

    async fn serve_connection(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        address: SocketAddr,
        router: Router,
        mut phase: watch::Receiver<Phase>,
    ) {
        let seen = phase.clone();
        let answer = service_fn(move |request| answer(router.clone(), address, request, seen.clone()));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            // Counts from the end of the answer before, so that it bounds idle connections as well.
            .header_read_timeout(self.limits.idle_timeout)
            .serve_connection(TokioIo::new(stream), answer);
        let mut connection = std::pin::pin!(connection);
        let mut reached = Phase::Open;
        loop {
            let next = if reached < Phase::Closing {
                Phase::Closing
            } else {
                Phase::CutOff
            };
            tokio::select! {
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, "a connection ended early");
                    }
                    return;
                }
                found = phase.wait_for(|phase| *phase >= next) => match found.as_deref() {
                    Ok(Phase::Closing) => {
                        reached = Phase::Closing;
                        connection.as_mut().graceful_shutdown();
                    }
                    _ => return,
                },
            }
        }
    }
}

async fn drain(draining: impl Future<Output = ()>, change: Arc<watch::Sender<Phase>>) {
    draining.await;
    change.send_if_modified(|phase| {
        let is_open = *phase == Phase::Open;
        if is_open {
            *phase = Phase::Draining;
        }
        is_open
    });
}

async fn answer(
    router: Router,
    address: SocketAddr,
    mut request: Request<Incoming>,
    phase: watch::Receiver<Phase>,
) -> Result<Response<Body>, Infallible> {
    request.extensions_mut().insert(ConnectInfo(address));
    let mut response = router.oneshot(request.map(Body::new)).await?;
    if *phase.borrow() >= Phase::Draining {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    Ok(response)
}

/// Whether the failure is that of the one connection that would have come.
fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}
