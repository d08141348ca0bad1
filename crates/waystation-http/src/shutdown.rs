//! Running the server on a socket, and ending it in good order.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// How long requests that are under way may take after the signal, unless the operator says otherwise.
/// Container runtimes kill after ten seconds.
pub const DEFAULT_GRACE: Duration = Duration::from_secs(8);

/// How the server came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Every request was answered.
    Clean,
    /// Requests were cut off: their time was over, or a second signal came.
    Forced,
}

/// Serves until `signal` completes. Then it takes no more connections and gives those under way `grace` to
/// finish; an idle or endless connection does not keep it up, and neither does anything once `signal`
/// completes for the second time.
///
/// Handlers learn the caller's address from [`ConnectInfo`](axum::extract::ConnectInfo)`<SocketAddr>`.
///
/// # Errors
/// The socket cannot be used.
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
    let stop = async move {
        first.await;
        tracing::info!("stopping: requests under way may finish");
        // Nobody listens any more only if the server has ended already.
        let _ = begun.send(());
    };
    // Answers are small, and whoever waits for one waits for all of it.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(stop);
    let forced = async {
        if stopping.await.is_err() {
            return std::future::pending().await;
        }
        tokio::select! {
            () = signal() => tracing::warn!("second signal: requests under way are cut off"),
            () = tokio::time::sleep(grace) => tracing::warn!(?grace, "requests under way are cut off"),
        }
    };
    tokio::select! {
        ended = server.into_future() => ended.map(|()| Stopped::Clean),
        () = forced => Ok(Stopped::Forced),
    }
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
