//! A clock that is set.
//!
//! Times in the store are of the calendar. If the clock goes back, what was accepted before lies in the future, and
//! would wait until then. If it goes ahead, records would go before their time.

use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, params};

use super::work::{Fault, Work};
use waystation_clock::Millis;

/// A step back that is no slewing.
const STEP_BACK: Duration = Duration::from_secs(60);
/// A step ahead that is no pause between two looks, which are a minute apart.
const STEP_AHEAD: Duration = Duration::from_secs(10 * 60);
/// For how long nothing is removed for its age after a step ahead: time to notice that the clock is wrong.
const DISTRUST: Duration = Duration::from_secs(60 * 60);

/// Watches the clock.
#[derive(Debug)]
pub(super) struct ClockWatch {
    seen: Millis,
    stepped_ahead_at: Option<Instant>,
}

impl ClockWatch {
    /// For a store in which the last event came at the latest time that is known.
    pub(super) fn new(connection: &Connection, now: Millis) -> rusqlite::Result<Self> {
        let last: Option<i64> = connection
            .query_row(
                "SELECT received_at FROM deliveries ORDER BY id DESC LIMIT 1",
                [],
                |row| row.get(0),
            )
            .optional()?;
        Ok(Self {
            seen: last.map_or(now, Millis).max(now),
            stepped_ahead_at: None,
        })
    }

    /// Takes in what time it is; whether the clock was set back.
    pub(super) fn look(&mut self, now: Millis) -> bool {
        let was_set_back = now.plus(STEP_BACK) < self.seen;
        if was_set_back {
            let by_seconds = self.seen.since(now).as_secs();
            tracing::warn!(by_seconds, "the clock was set back; what waits is due at once");
            self.stepped_ahead_at = None;
        } else if now > self.seen.plus(STEP_AHEAD) {
            let by_seconds = now.since(self.seen).as_secs();
            tracing::warn!(
                by_seconds,
                "the clock went ahead; nothing is removed for its age within the next hour"
            );
            self.stepped_ahead_at = Some(Instant::now());
        }
        self.seen = now;
        was_set_back
    }

    /// Whether ages can be believed.
    pub(super) fn is_trusted(&self) -> bool {
        self.stepped_ahead_at.is_none_or(|at| at.elapsed() > DISTRUST)
    }
}

/// Makes due what was accepted in what is now the future, and what is due later than it is to be tried at all.
pub(super) fn pull_in(work: &mut Work<'_>) -> Result<(), Fault> {
    let mut update = work.connection.prepare_cached(
        "UPDATE deliveries SET due = min(due, ?1), received_at = min(received_at, ?1), \
         horizon = iif(received_at > ?1, ?1 + (horizon - received_at), horizon) \
         WHERE state = 0 AND (received_at > ?1 OR due > ?1 + max(horizon - received_at, 0))",
    )?;
    let moved = update.execute(params![work.now.0])?;
    tracing::info!(moved, "waiting deliveries were made due");
    work.all_moved = true;
    Ok(())
}
