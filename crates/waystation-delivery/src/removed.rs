//! Connections that are no longer configured, and since when.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Connections that are no longer configured. Their deliveries wait for a while: whoever takes a connection away by
/// mistake puts it back.
#[derive(Debug, Default)]
pub(crate) struct Removed(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    wait: Duration,
    /// When each was first found to be missing, by this process.
    since: HashMap<Arc<str>, Instant>,
}

impl Removed {
    /// A configuration is in force that has these connections, and lets the deliveries of others wait for so long.
    pub(crate) fn configure(&self, known: &[Arc<str>], wait: Duration) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.wait = wait;
        inner.since.retain(|name, _| !known.contains(name));
    }

    /// Whether deliveries of this connection, which is missing, still wait for it.
    pub(crate) fn may_come_back(&self, connection: &Arc<str>) -> bool {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let since = *inner.since.entry(Arc::clone(connection)).or_insert(now);
        now.duration_since(since) < inner.wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    #[tokio::test(start_paused = true)]
    async fn deliveries_wait_for_a_removed_connection_and_then_no_longer() {
        let (removed, crm) = (Removed::default(), Arc::from("crm"));
        removed.configure(&[], HOUR);
        assert!(removed.may_come_back(&crm));
        tokio::time::advance(HOUR - Duration::from_secs(1)).await;
        assert!(removed.may_come_back(&crm));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(!removed.may_come_back(&crm));
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_comes_back_and_goes_again_is_waited_for_anew() {
        let (removed, crm) = (Removed::default(), Arc::from("crm"));
        removed.configure(&[], HOUR);
        assert!(removed.may_come_back(&crm));
        tokio::time::advance(HOUR).await;
        removed.configure(&[Arc::clone(&crm)], HOUR);
        removed.configure(&[], HOUR);
        assert!(removed.may_come_back(&crm));
        // Whoever does not want to wait says so.
        removed.configure(&[], Duration::ZERO);
        assert!(!removed.may_come_back(&crm));
    }
}
