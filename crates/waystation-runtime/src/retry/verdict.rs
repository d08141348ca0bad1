//! What is to become of a result, and why: one enum for log, metrics, delivery record and page.

use std::fmt;
use std::time::Duration;

use waystation_kit::error::NotSent;
use waystation_kit::retry::wanted_wait;
use waystation_kit::{Error, ItemOutcome, NetworkFailure};

use crate::layers::Delivered;

/// What is to become of the result of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Nothing is left to do.
    Delivered,
    /// These items are to be tried again, by their place in the attempt.
    RetryItems {
        /// Their places.
        indices: Vec<usize>,
        /// The wait that the partner asks for.
        after: Option<Duration>,
        /// Why.
        why: Why,
    },
    /// Everything is to be tried again.
    RetryAll {
        /// The wait that the partner asks for.
        after: Option<Duration>,
        /// Why.
        why: Why,
    },
    /// The partner refused the whole request without naming an item: it goes out again in halves, at once.
    Split {
        /// Why.
        why: Why,
    },
    /// It failed, and trying again cannot help.
    Final {
        /// Why.
        why: Why,
    },
}

/// Why a verdict is what it is: a closed set, fit for a metric label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// Somebody answered with this status, or the failure stands for it.
    Status(u16),
    /// The partner did not answer in time.
    Timeout,
    /// The partner's answer does not say whether it took what was sent.
    UnknownOutcome,
    /// The connection failed, in this way.
    Network(NetworkFailure),
    /// The connection's guards held it back, and nothing was sent.
    NotSent(NotSent),
    /// Something that nobody foresaw.
    Unexpected,
}

/// Why what might fare better in another attempt goes back to the caller without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GaveUp {
    /// As many attempts as are allowed have been made.
    Attempts,
    /// The next wait would end after the time for all attempts.
    Time,
    /// The wait that the partner wants is too long to sleep in process.
    LongWait,
    /// Too much of the connection's traffic is retries already.
    BudgetSpent,
}

impl GaveUp {
    /// The name for logs and metrics.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Attempts => "attempts",
            Self::Time => "time",
            Self::LongWait => "long_wait",
            Self::BudgetSpent => "budget_spent",
        }
    }
}

impl Why {
    /// The name for metrics: 429 for itself, other statuses by class.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Status(429) => "429",
            Self::Status(500..) => "5xx",
            Self::Status(400..) => "4xx",
            Self::Status(_) => "other_status",
            Self::Timeout => "timeout",
            Self::UnknownOutcome => "unknown_outcome",
            Self::Network(failure) => failure.label(),
            Self::NotSent(NotSent::BreakerRefusing) => "breaker_refusing",
            Self::NotSent(NotSent::Held) => "held",
            Self::NotSent(NotSent::RateLimited) => "rate_limited",
            Self::NotSent(NotSent::CredentialsRefused) => "credentials_refused",
            Self::NotSent(NotSent::Crowded) => "crowded",
            Self::NotSent(NotSent::OutOfDescriptors) => "out_of_descriptors",
            Self::Unexpected => "unexpected",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "status {status}"),
            Self::Timeout => f.write_str("timeout"),
            Self::UnknownOutcome => f.write_str("outcome unknown"),
            Self::Network(failure) => f.write_str(failure.label()),
            Self::NotSent(reason) => write!(f, "not sent: {reason}"),
            Self::Unexpected => f.write_str("unexpected"),
        }
    }
}

impl Verdict {
    /// Judges the result of an attempt.
    #[must_use]
    pub fn of(result: &Result<Delivered, Error>) -> Self {
        match result {
            Ok(Delivered::Batch(items)) => Self::of_items(items),
            Ok(Delivered::Single(_) | Delivered::Submitted(_) | Delivered::Polled(_)) => Self::Delivered,
            Err(error) if error.is_retryable() && !ends_the_call(error) => Self::RetryAll {
                after: wanted_wait(error),
                why: why(error),
            },
            Err(error) => Self::Final { why: why(error) },
        }
    }

    /// The same where the operator wants no other attempt after these statuses.
    pub(super) fn unless_final(self, never: &[u16], result: &Result<Delivered, Error>) -> Self {
        match (self, result) {
            (
                Self::RetryAll {
                    why: why @ Why::Status(status),
                    ..
                },
                _,
            ) if never.contains(&status) => Self::Final { why },
            (
                Self::RetryItems {
                    mut indices,
                    after,
                    why,
                },
                Ok(Delivered::Batch(items)),
            ) => {
                indices.retain(|index| !never.contains(&items[*index].status()));
                match indices.is_empty() {
                    true => Self::Final { why },
                    false => Self::RetryItems { indices, after, why },
                }
            }
            (verdict, _) => verdict,
        }
    }

    /// Why it is what it is; nothing to explain when all is delivered.
    #[must_use]
    pub fn why(&self) -> Option<Why> {
        match self {
            Self::Delivered => None,
            Self::RetryItems { why, .. }
            | Self::RetryAll { why, .. }
            | Self::Split { why }
            | Self::Final { why } => Some(*why),
        }
    }

    /// The wait that the partner asks for.
    #[must_use]
    pub fn wanted_wait(&self) -> Option<Duration> {
        match self {
            Self::RetryItems { after, .. } | Self::RetryAll { after, .. } => *after,
            Self::Delivered | Self::Split { .. } | Self::Final { .. } => None,
        }
    }

    fn of_items(items: &[ItemOutcome]) -> Self {
        let indices: Vec<usize> = items
            .iter()
            .enumerate()
            .filter(|(_, item)| item.is_retryable())
            .map(|(index, _)| index)
            .collect();
        let Some(first) = indices.first() else {
            return Self::Delivered;
        };
        let after = indices.iter().filter_map(|index| match &items[*index] {
            ItemOutcome::Error(error) => error.retry_after,
            ItemOutcome::Success(_) => None,
        });
        let why = match &items[*first] {
            item if item.outcome_is_unknown() => Why::UnknownOutcome,
            item => Why::Status(item.status()),
        };
        Self::RetryItems {
            after: after.max(),
            why,
            indices,
        }
    }
}

/// Whether the failure is the caller's own end, after which no attempt makes sense.
pub(super) fn ends_the_call(error: &Error) -> bool {
    matches!(error, Error::Deadline | Error::Aborted)
}

fn why(error: &Error) -> Why {
    match (error, error.status()) {
        (Error::NotSent { reason, .. }, _) => Why::NotSent(*reason),
        (Error::UnknownOutcome { .. }, _) => Why::UnknownOutcome,
        (_, Some(status)) => Why::Status(status),
        (Error::Timeout { .. }, None) => Why::Timeout,
        (Error::Network { failure, .. }, None) => Why::Network(*failure),
        (_, None) => Why::Unexpected,
    }
}
