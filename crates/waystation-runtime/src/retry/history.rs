//! What every attempt of a delivery came to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::verdict::{GaveUp, Verdict};

/// The attempts of one delivery, in order; shared between the layers that know and the caller that asks.
#[derive(Debug, Clone, Default)]
pub struct History(Arc<Mutex<Attempts>>);

#[derive(Debug, Default)]
struct Attempts {
    ended: Vec<Attempt>,
    running: Option<Running>,
    /// By place in the caller's batch.
    unknown_outcomes: BTreeMap<usize, u32>,
}

#[derive(Debug)]
struct Running {
    items: usize,
    started: Instant,
    sent: Option<Instant>,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// 1 is the first.
    pub number: u32,
    /// How many items it carried.
    pub items: usize,
    /// How long it took, waits for the connection's limits included.
    pub duration: Duration,
    /// How long it waited for the connection's limits before the action was called; `None` if it never was, so
    /// that the partner knows nothing of it.
    pub sent_after: Option<Duration>,
    /// What is to become of its result.
    pub verdict: Verdict,
    /// How long was waited after it, if it was to be followed by another.
    pub waited: Option<Duration>,
    /// Why it was not followed by another, if another might have fared better.
    pub gave_up: Option<GaveUp>,
}

impl Attempt {
    /// Whether the action was called.
    #[must_use]
    pub fn was_sent(&self) -> bool {
        self.sent_after.is_some()
    }
}

impl History {
    /// The attempts so far; one that is under way is not among them.
    #[must_use]
    pub fn attempts(&self) -> Vec<Attempt> {
        self.locked().ended.clone()
    }

    /// In how many attempts the answer did not tell whether the partner took the item at this place of the caller's
    /// batch; a single event has place 0.
    #[must_use]
    pub fn unknown_outcomes(&self, place: usize) -> u32 {
        self.locked()
            .unknown_outcomes
            .get(&place)
            .copied()
            .unwrap_or_default()
    }

    /// The answer does not tell whether the partner took the item at this place.
    pub(crate) fn note_unknown(&self, place: usize) {
        *self.locked().unknown_outcomes.entry(place).or_default() += 1;
    }

    /// An attempt begins.
    pub(crate) fn begin(&self, items: usize) {
        self.locked().running = Some(Running {
            items,
            started: Instant::now(),
            sent: None,
        });
    }

    /// The attempt under way has come as far as the action; once, even if a refreshed token makes it two calls.
    pub(crate) fn sent(&self, at: Instant) {
        if let Some(running) = &mut self.locked().running {
            running.sent.get_or_insert(at);
        }
    }

    /// Whether the attempt under way has come as far as the action.
    pub(crate) fn is_sent(&self) -> bool {
        let attempts = self.locked();
        attempts
            .running
            .as_ref()
            .is_some_and(|running| running.sent.is_some())
    }

    /// The attempt under way ends; nothing happens if there is none.
    pub(crate) fn end(
        &self,
        verdict: Verdict,
        waited: Option<Duration>,
        gave_up: Option<GaveUp>,
    ) -> Option<Attempt> {
        let mut attempts = self.locked();
        let Running { items, started, sent } = attempts.running.take()?;
        let attempt = Attempt {
            number: u32::try_from(attempts.ended.len() + 1).unwrap_or(u32::MAX),
            items,
            duration: started.elapsed(),
            sent_after: sent.map(|sent| sent - started),
            verdict,
            waited,
            gave_up,
        };
        attempts.ended.push(attempt.clone());
        Some(attempt)
    }

    fn locked(&self) -> MutexGuard<'_, Attempts> {
        // An attempt is added as a whole; a panic elsewhere cannot leave it half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
