//! What is counted: a closed set of counters, told to whoever keeps metrics.

use std::fmt;

use waystation_kit::{ItemError, ItemOutcome};

/// Keeps metrics.
pub trait Observer: Send + Sync + fmt::Debug {
    /// Something happened `by` times in a delivery to this action.
    fn count(&self, counter: Counter, action: &str, by: usize);
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
