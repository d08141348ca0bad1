//! What is counted of connections, and told of what goes wrong with them.

use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// What is told is told this often at most: a failure that lasts would fill the log.
const TELL: Duration = Duration::from_secs(10);

/// What is counted of connections.
#[derive(Debug, Default)]
pub struct Stats {
    open: AtomicUsize,
    limit: AtomicUsize,
    accept_errors: AtomicU64,
    turned_away: AtomicU64,
    handshake_errors: AtomicU64,
    told: Mutex<Option<Instant>>,
}

impl Stats {
    /// How many connections there are.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// How many there may be.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit.load(Ordering::Relaxed)
    }

    /// How many connections could not be accepted.
    #[must_use]
    pub fn accept_errors(&self) -> u64 {
        self.accept_errors.load(Ordering::Relaxed)
    }

    /// How many connections were closed because their address had too many.
    #[must_use]
    pub fn turned_away_connections(&self) -> u64 {
        self.turned_away.load(Ordering::Relaxed)
    }

    /// How many handshakes of TLS failed.
    #[must_use]
    pub fn handshake_errors(&self) -> u64 {
        self.handshake_errors.load(Ordering::Relaxed)
    }

    pub(super) fn set_limit(&self, limit: usize) {
        self.limit.store(limit, Ordering::Relaxed);
    }

    pub(super) fn opened(&self) {
        self.open.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn closed(&self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn accept_failed(&self, error: &io::Error) {
        self.accept_errors.fetch_add(1, Ordering::Relaxed);
        if self.is_time_to_tell() {
            tracing::error!(%error, failures = self.accept_errors(), "a connection could not be accepted");
        }
    }

    pub(super) fn full(&self) {
        if self.is_time_to_tell() {
            tracing::warn!(
                connections = self.open(),
                "there is no room for further connections: they wait"
            );
        }
    }

    pub(super) fn turned_away(&self, address: IpAddr) {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
        if self.is_time_to_tell() {
            tracing::warn!(%address, "an address has too many connections: further ones are closed");
        }
    }

    pub(super) fn handshake_failed(&self) {
        self.handshake_errors.fetch_add(1, Ordering::Relaxed);
    }

    fn is_time_to_tell(&self) -> bool {
        let now = Instant::now();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = told.is_none_or(|told| now.duration_since(told) >= TELL);
        if is_time {
            *told = Some(now);
        }
        is_time
    }
}
