//! What every attempt of a delivery came to.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::verdict::Verdict;

/// The attempts of one delivery, in order; shared between the layers that know and the caller that asks.
#[derive(Debug, Clone, Default)]
pub struct History(Arc<Mutex<Vec<Attempt>>>);

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
    /// How long was waited after it, if it was followed by another.
    pub waited: Option<Duration>,
}

impl History {
    /// The attempts so far.
    #[must_use]
    pub fn attempts(&self) -> Vec<Attempt> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn add(&self, attempt: Attempt) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(attempt);
    }
}
