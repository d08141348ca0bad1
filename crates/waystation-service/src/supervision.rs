//! What systemd is told: ready, reloading, stopping, and that the service still lives.
//!
//! Nothing happens where nobody asked for it: without `NOTIFY_SOCKET` in the environment every notice goes nowhere.

use std::time::Duration;

use sd_notify::NotifyState;

/// Events are taken from now on.
pub(crate) fn ready() {
    notify(&[NotifyState::Ready]);
}

/// A new configuration is being put in force; [`ready`] follows.
pub(crate) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => notify(&[NotifyState::Reloading, now]),
        Err(error) => tracing::debug!(%error, "the supervisor is not told of the reload"),
    }
}

/// The service is about to end.
pub(crate) fn stopping() {
    notify(&[NotifyState::Stopping]);
}

/// Tells as often as the supervisor wants that the service lives. It never completes. Who tells is a task like all
/// others, so that a runtime that no longer turns falls silent.
pub(crate) async fn watchdog() {
    let Some(patience) = sd_notify::watchdog_enabled() else {
        return std::future::pending().await;
    };
    // Half of the time, as systemd advises, so that one notice may be late.
    let mut ticks = tokio::time::interval((patience / 2).max(Duration::from_millis(1)));
    loop {
        ticks.tick().await;
        notify(&[NotifyState::Watchdog]);
    }
}

fn notify(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!(%error, "the supervisor is not told");
    }
}
