//! What became of a leased delivery.

use bytes::Bytes;

use crate::error::QueueError;
use crate::lease::Lease;
use crate::outcome::{Failure, SkipRule};
use crate::time::Millis;

/// A lease, and what became of it.
#[derive(Debug)]
pub struct Settlement {
    /// The lease of the delivery; it ends here.
    pub lease: Lease,
    /// What became of it.
    pub outcome: Settled,
}

/// What became of a leased delivery.
#[derive(Debug, Clone, PartialEq)]
pub enum Settled {
    /// The partner took it.
    Delivered(Report),
    /// Nothing was to be done after all.
    Skipped {
        /// Why.
        rule: SkipRule,
        /// The round.
        report: Report,
    },
    /// It failed for good.
    Dead {
        /// Why.
        failure: Failure,
        /// The round.
        report: Report,
    },
    /// It failed and is to be tried again.
    Again {
        /// When.
        due: Millis,
        /// Handed back with the next lease, for whoever needs to go on where this round ended.
        resume: Option<Bytes>,
        /// Why.
        failure: Failure,
        /// The round.
        report: Report,
    },
    /// Nothing happened: the same as dropping the lease.
    Returned,
}

/// One round: everything between a lease and its settlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The status that the partner answered; where there is a failure with a status, that one counts.
    pub status: Option<u16>,
    /// How many attempts were made in this round.
    pub attempts: u32,
    /// When the round began.
    pub started_at: Millis,
    /// When it ended.
    pub finished_at: Millis,
    /// JSON without secrets: attempts, exchanges, timings. The store does not look inside.
    pub detail: Option<Bytes>,
}

impl Report {
    /// A round in which nothing was sent.
    #[must_use]
    pub const fn unsent(at: Millis) -> Self {
        Self {
            status: None,
            attempts: 0,
            started_at: at,
            finished_at: at,
            detail: None,
        }
    }
}

/// Settlements that could not be stored, given back.
#[derive(Debug, thiserror::Error)]
#[error("{} settlements could not be stored: {error}", settlements.len())]
pub struct Unsettled {
    /// As they were handed in, in the same order.
    pub settlements: Vec<Settlement>,
    /// What kept them from being stored.
    #[source]
    pub error: QueueError,
}
