//! Ending a server in good order.

use std::future::Future;
use std::io;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::server::{Phases, Server, Stopped};

/// How long requests that are under way may take after the signal, unless the operator says otherwise.
/// Container runtimes kill after ten seconds.
pub const DEFAULT_GRACE: Duration = Duration::from_secs(8);

/// Serves until `signal` completes. Then it takes no more connections and gives those under way `grace` to
/// finish; an idle or endless connection does not keep it up, and neither does anything once `signal`
/// completes for the second time.
///
/// Handlers learn the caller's address from [`ConnectInfo`](axum::extract::ConnectInfo)`<SocketAddr>`.
///
/// # Errors
/// None any more: what is wrong with the socket is told in the log, and tried again.
pub async fn serve<S>(
    listener: TcpListener,
    router: Router,
    signal: impl Fn() -> S,
    grace: Duration,
) -> io::Result<Stopped>
where
    S: Future<Output = ()> + Send + 'static,
{
    let (begun, stopping) = oneshot::channel();
    let first = signal();
    let closing = async move {
        first.await;
        tracing::info!("stopping: requests under way may finish");
        // Nobody listens any more only if the server has ended already.
        let _ = begun.send(());
    };
    let forced = async {
        if stopping.await.is_err() {
            return std::future::pending().await;
        }
        tokio::select! {
            () = signal() => tracing::warn!("second signal: requests under way are cut off"),
            () = tokio::time::sleep(grace) => tracing::warn!(grace_ms = milliseconds(grace), "requests under way are cut off"),
        }
    };
    let phases = Phases {
        draining: std::future::pending(),
        closing,
        forced,
    };
    Ok(Server::default().run(listener, router, phases).await)
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Completes on the next interrupt or termination signal.
pub async fn signal() {
    tokio::select! {
        () = interrupt() => {}
        () = termination() => {}
    }
}

async fn interrupt() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        uncatchable(&error).await;
    }
}

#[cfg(unix)]
async fn termination() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminations) => drop(terminations.recv().await),
        Err(error) => uncatchable(&error).await,
    }
}

#[cfg(not(unix))]
async fn termination() {
    std::future::pending().await
}

/// A signal that cannot be caught never comes.
async fn uncatchable(error: &io::Error) {
    tracing::warn!(%error, "a signal cannot be caught");
    std::future::pending::<()>().await;
}
