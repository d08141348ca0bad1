//! What every attempt of a delivery came to.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::verdict::Verdict;

/// The attempts of one delivery, in order; shared between the layers that know and the caller that asks.
#[derive(Debug, Clone, Default)]
pub struct History(Arc<Mutex<Attempts>>);

#[derive(Debug, Default)]
struct Attempts {
    ended: Vec<Attempt>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    items: usize,
    started: Instant,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// 1 is the first.
    pub number: u32,
    /// How many items it carried.
    pub items: usize,
    /// How long it took.
    pub duration: Duration,
    /// What is to become of its result.
    pub verdict: Verdict,
    /// How long was waited after it, if it was to be followed by another.
    pub waited: Option<Duration>,
}

impl History {
    /// The attempts so far; one that is under way is not among them.
    #[must_use]
    pub fn attempts(&self) -> Vec<Attempt> {
        self.locked().ended.clone()
    }

    /// An attempt begins.
    pub(crate) fn begin(&self, items: usize) {
        self.locked().running = Some(Running {
            items,
            started: Instant::now(),
        });
    }

    /// The attempt under way ends; nothing happens if there is none.
    pub(crate) fn end(&self, verdict: Verdict, waited: Option<Duration>) -> Option<Attempt> {
        let mut attempts = self.locked();
        let Running { items, started } = attempts.running.take()?;
        let attempt = Attempt {
            number: u32::try_from(attempts.ended.len() + 1).unwrap_or(u32::MAX),
            items,
            duration: started.elapsed(),
            verdict,
            waited,
        };
        attempts.ended.push(attempt.clone());
        Some(attempt)
    }

    fn locked(&self) -> MutexGuard<'_, Attempts> {
        // An attempt is added as a whole; a panic elsewhere cannot leave it half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
