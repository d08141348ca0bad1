//! How the store is doing, as whoever writes it finds.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::QueueError;
use crate::event::DeliveryId;

/// For how long a successful transaction proves that the next one would succeed.
const FRESH: Duration = Duration::from_secs(5);

/// Whether the database found that its own file makes no sense.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}

/// How the store is doing; changes are told in the log, once each.
#[derive(Debug, Default)]
pub(super) struct Condition(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    problem: Option<Problem>,
    /// What cannot be read. It stays until the store is repaired and opened anew.
    damage: Option<String>,
    /// How many deliveries cannot be read.
    set_aside: u64,
    /// When events could be stored for the last time.
    took_events_at: Option<Instant>,
}

/// What keeps events from being taken.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    /// There is no room for them.
    Refused(QueueError),
    /// Nothing can be written.
    Failed(QueueError),
}

impl Condition {
    /// A transaction succeeded; whether it stored events, or could have.
    pub(super) fn written(&self, takes_events: bool) {
        let mut inner = self.locked();
        if takes_events {
            inner.took_events_at = Some(Instant::now());
        }
        if takes_events || matches!(inner.problem, Some(Problem::Failed(_))) {
            inner.change(None);
        }
    }

    /// Events were refused for want of room.
    pub(super) fn refused(&self, error: QueueError) {
        self.locked().change(Some(Problem::Refused(error)));
    }

    /// A transaction failed.
    pub(super) fn failed(&self, error: QueueError) {
        self.locked().change(Some(Problem::Failed(error)));
    }

    /// A part of the store cannot be read.
    pub(super) fn note_damage(&self, reason: &str) {
        let mut inner = self.locked();
        if inner.damage.is_none() {
            tracing::error!(
                reason,
                "the store is damaged; `waystation store check` tells how far"
            );
            inner.damage = Some(reason.to_owned());
        }
    }

    /// A delivery cannot be read; it is left alone until the store is opened anew.
    pub(super) fn set_aside(&self, delivery: DeliveryId, reason: &str) {
        tracing::error!(%delivery, reason, "a delivery cannot be read and is left alone");
        self.locked().set_aside += 1;
    }

    /// How many deliveries could not be read.
    pub(super) fn unreadable(&self) -> u64 {
        self.locked().set_aside
    }

    /// Whether events were stored so recently that it need not be tried.
    pub(super) fn is_fresh(&self) -> bool {
        let inner = self.locked();
        inner.problem.is_none() && inner.took_events_at.is_some_and(|at| at.elapsed() < FRESH)
    }

    /// # Errors
    /// A part of the store cannot be read.
    pub(super) fn get(&self) -> Result<(), QueueError> {
        match &self.locked().damage {
            None => Ok(()),
            Some(damage) => Err(QueueError::Unavailable {
                reason: format!("it is damaged: {damage}"),
            }),
        }
    }

    fn locked(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn change(&mut self, problem: Option<Problem>) {
        match (&self.problem, &problem) {
            (None, Some(Problem::Refused(error) | Problem::Failed(error))) => {
                tracing::error!(%error, "events are refused until the store can take them");
            }
            (Some(_), None) => tracing::info!("the store takes events again"),
            _ => {}
        }
        self.problem = problem;
    }
}
