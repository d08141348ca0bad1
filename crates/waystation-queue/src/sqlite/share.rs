//! The share of the store that each connection may have.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::tally::{Changes, Entry};
use crate::error::QueueError;
use crate::outcome::{Failure, OutcomeKind, Stage};
use crate::waiting::{WaitingLimit, WaitingLimits, WhenFull};

/// How often the log tells that a connection has more than may wait.
const TELL_EVERY: Duration = Duration::from_secs(60);

/// The class of the error of a delivery that is more than may wait.
const ERROR_TYPE: &str = "MAX_WAITING";

/// The limits of connections, and how often they were met.
#[derive(Debug, Default)]
pub(super) struct Shares {
    limits: RwLock<Arc<WaitingLimits>>,
    overflows: Mutex<HashMap<Arc<str>, Overflow>>,
}

/// How often the limit of a connection was met.
#[derive(Debug, Default)]
struct Overflow {
    dead: u64,
    told_at: Option<Instant>,
}

impl Shares {
    /// Puts other limits in force.
    pub(super) fn limit(&self, limits: WaitingLimits) {
        *self.limits.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(limits);
    }

    /// The limits in force.
    pub(super) fn limits(&self) -> Arc<WaitingLimits> {
        Arc::clone(&self.limits.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Deliveries became dead letters because more would wait than may.
    pub(super) fn overflowed(&self, connection: &Arc<str>, deliveries: u64) {
        let mut overflows = self.locked();
        let overflow = overflows.entry(Arc::clone(connection)).or_default();
        overflow.dead += deliveries;
        if overflow.is_worth_telling() {
            tracing::warn!(
                %connection,
                deliveries = overflow.dead,
                "as much waits for the connection as may wait; new deliveries become dead letters"
            );
        }
    }

    /// Events were refused because more would wait than may.
    pub(super) fn refused(&self, connection: &Arc<str>) {
        let mut overflows = self.locked();
        if overflows
            .entry(Arc::clone(connection))
            .or_default()
            .is_worth_telling()
        {
            tracing::warn!(
                %connection,
                "as much waits for the connection as may wait; events for it are refused"
            );
        }
    }

    /// How many deliveries of a connection became dead letters that way, since the store was opened.
    pub(super) fn overflows_of(&self, connection: &str) -> u64 {
        self.locked().get(connection).map_or(0, |overflow| overflow.dead)
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<Arc<str>, Overflow>> {
        self.overflows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Overflow {
    fn is_worth_telling(&mut self) -> bool {
        let is_old = self.told_at.is_none_or(|at| at.elapsed() >= TELL_EVERY);
        if is_old {
            self.told_at = Some(Instant::now());
        }
        is_old
    }
}

/// How much of something a connection has in the store.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Amount {
    deliveries: i64,
    bytes: i64,
}

/// What a connection has in the store.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Holding {
    waiting: Amount,
    dead: Amount,
}

impl Holding {
    /// What the file says.
    pub(super) fn read(database: &Connection, connection: i64) -> rusqlite::Result<Self> {
        let mut statement = database.prepare_cached(
            "SELECT entry, total FROM counts WHERE connection = ?1 AND entry IN (0, 3, 8, 9)",
        )?;
        let mut rows = statement.query([connection])?;
        let mut holding = Self::default();
        while let Some(row) = rows.next()? {
            let total = row.get(1)?;
            match Entry::from_code(row.get(0)?) {
                Some(Entry::In(OutcomeKind::Waiting)) => holding.waiting.deliveries = total,
                Some(Entry::WaitingBytes) => holding.waiting.bytes = total,
                Some(Entry::In(OutcomeKind::Dead)) => holding.dead.deliveries = total,
                Some(Entry::DeadBytes) => holding.dead.bytes = total,
                _ => {}
            }
        }
        Ok(holding)
    }

    /// The same with what a transaction has changed so far.
    pub(super) fn with(self, changes: &Changes, connection: i64) -> Self {
        let amount = |before: Amount, deliveries, bytes| Amount {
            deliveries: before.deliveries + changes.so_far(connection, deliveries),
            bytes: before.bytes + changes.so_far(connection, bytes),
        };
        Self {
            waiting: amount(self.waiting, Entry::In(OutcomeKind::Waiting), Entry::WaitingBytes),
            dead: amount(self.dead, Entry::In(OutcomeKind::Dead), Entry::DeadBytes),
        }
    }

    /// Whether as much waits as may.
    pub(super) fn is_full(&self, limit: &WaitingLimit) -> bool {
        self.waiting.reaches(limit)
    }

    /// Whether further events are refused.
    pub(super) fn refuses(&self, limit: &WaitingLimit) -> bool {
        self.is_full(limit) && (limit.when_full == WhenFull::Refuse || self.dead.reaches(limit))
    }
}

impl Amount {
    fn reaches(self, limit: &WaitingLimit) -> bool {
        let reaches = |amount: i64, most: u64| u64::try_from(amount).unwrap_or(0) >= most;
        reaches(self.deliveries, limit.deliveries) || reaches(self.bytes, limit.bytes)
    }
}

/// Why a delivery is a dead letter that is more than may wait.
pub(super) fn failure(limit: &WaitingLimit) -> Failure {
    Failure {
        stage: Stage::Overflow,
        status: None,
        error_type: Some(ERROR_TYPE.to_owned()),
        message: format!(
            "More would wait for the connection than may (`delivery.max_waiting`): {} deliveries, or {} bytes of them",
            limit.deliveries, limit.bytes
        ),
        held_back: None,
    }
}

/// Why events are refused.
pub(super) fn refusal(connection: &Arc<str>, retry_after: Duration) -> QueueError {
    QueueError::ConnectionFull {
        connection: Arc::clone(connection),
        retry_after,
    }
}
