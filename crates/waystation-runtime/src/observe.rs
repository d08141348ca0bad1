//! What happens in deliveries, told to whoever keeps metrics: closed sets of names, never an id.

use std::fmt;
use std::time::Duration;

use waystation_kit::{Error, ItemError, ItemOutcome};

use crate::guards::{BreakerState, is_held_back};
use crate::layers::Delivered;
use crate::retry::{GaveUp, Why};

/// Keeps metrics. Whoever keeps them for each connection apart gives every connection an observer of its own.
pub trait Observer: Send + Sync + fmt::Debug {
    /// Something happened `by` times in a delivery to this action.
    fn count(&self, counter: Counter, action: &str, by: usize);

    /// An attempt at the partner has ended.
    fn attempted(&self, _: Place, _: &Attempted) {}

    /// Something is tried again.
    fn retrying(&self, _: Place, _: Why) {}

    /// Something goes back to the caller although another attempt may fare better.
    fn gave_up(&self, _: Place, _: GaveUp, _: Why) {}

    /// A batch that the partner refused as a whole goes out again in halves.
    fn split(&self, _: Place, _: Why) {}

    /// The connection's breaker does something else from now on.
    fn breaker_changed(&self, _: Place, _: BreakerState) {}

    /// The partner asked for a rest of the whole connection, or for a longer one.
    fn held(&self, _: Place, _: Duration) {}
}

/// Where something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// The destination's slug.
    pub destination: &'static str,
    /// The action's slug.
    pub action: &'static str,
}

/// An attempt at the partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempted {
    /// How long it took, without waits for limits.
    pub latency: Duration,
    /// How it ended.
    pub end: End,
}

/// How an attempt at the partner ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// The partner took everything.
    Taken,
    /// It took some items of a batch.
    TakenInPart,
    /// It refused: a 4xx but 429, or each item for itself.
    Refused,
    /// It wants less traffic: 429.
    RateLimited,
    /// It failed: 5xx.
    Failed,
    /// It did not answer in time.
    TimedOut,
    /// It answered, and nobody knows whether it took what was sent.
    NotUnderstood,
    /// The connection broke.
    Broken,
    /// The caller's patience ended first.
    CutOff,
    /// A fault of the destination or of the runtime.
    Unexpected,
}

impl End {
    /// The name for metrics.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Taken => "2xx",
            Self::TakenInPart => "207",
            Self::Refused => "4xx",
            Self::RateLimited => "429",
            Self::Failed => "5xx",
            Self::TimedOut => "timeout",
            Self::NotUnderstood => "unknown_outcome",
            Self::Broken => "network",
            Self::CutOff => "cut_off",
            Self::Unexpected => "unexpected",
        }
    }

    pub(crate) fn of(result: &Result<Delivered, Error>) -> Self {
        match result {
            // Whatever of it has left before, the partner has not failed.
            result if is_held_back(result) => Self::Unexpected,
            Ok(Delivered::Batch(items)) => Self::of_items(items),
            Ok(Delivered::Single(_) | Delivered::Submitted(_) | Delivered::Polled(_)) => Self::Taken,
            Err(Error::Timeout { .. } | Error::SelfTimeout(_)) => Self::TimedOut,
            Err(Error::UnknownOutcome { .. }) => Self::NotUnderstood,
            Err(Error::Network { .. }) => Self::Broken,
            Err(Error::Deadline | Error::Aborted) => Self::CutOff,
            Err(error) => error.status().map_or(Self::Unexpected, Self::of_status),
        }
    }

    fn of_items(items: &[ItemOutcome]) -> Self {
        let is_taken = |item: &ItemOutcome| matches!(item, ItemOutcome::Success(_));
        let taken = items.iter().filter(|item| is_taken(item)).count();
        if taken == items.len() {
            return Self::Taken;
        }
        if taken > 0 {
            return Self::TakenInPart;
        }
        items
            .iter()
            .map(ItemOutcome::status)
            .max()
            .map_or(Self::Unexpected, Self::of_status)
    }

    const fn of_status(status: u16) -> Self {
        match status {
            429 => Self::RateLimited,
            500.. => Self::Failed,
            _ => Self::Refused,
        }
    }
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObserver;

impl Observer for NoObserver {
    fn count(&self, _: Counter, _: &str, _: usize) {}
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Counter {
    /// Items that we turned away: not subscribed, invalid, or without a result of the action.
    TurnedAway,
    /// Items that the destination reported as failed.
    Refused,
    /// Payloads that did not fit the action's fields.
    InvalidPayload,
}

impl Counter {
    /// The name under which the platform knows the counter.
    #[must_use]
    pub const fn platform_name(self) -> &'static str {
        match self {
            Self::TurnedAway => "action.multistatus_discard",
            Self::Refused => "destination.multistatus_discard",
            Self::InvalidPayload => "ajv.discard",
        }
    }
}

/// Counts the failures among the results that came back from an action.
pub(crate) fn count_failures(observer: &dyn Observer, action: &str, items: &[ItemOutcome]) {
    let missing = ItemOutcome::Error(ItemError::missing());
    for item in items {
        match item {
            ItemOutcome::Success(_) => {}
            item if *item == missing => observer.count(Counter::TurnedAway, action, 1),
            ItemOutcome::Error(_) => observer.count(Counter::Refused, action, 1),
        }
    }
}
