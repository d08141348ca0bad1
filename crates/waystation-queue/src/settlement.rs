//! What became of a leased delivery.

use bytes::Bytes;

use crate::error::QueueError;
use crate::lease::Lease;
use crate::outcome::{Failure, SkipRule};
use waystation_clock::Millis;

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
    Delivered {
        /// What the partner complained about all the same.
        warning: Option<String>,
        /// What the action noted for later deliveries of the same event to the same connection; see
        /// [`Queue::noted`](crate::Queue::noted). The store does not look inside.
        notes: Option<Bytes>,
        /// The round.
        report: Report,
    },
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
        /// In how many attempts of all rounds so far the answer did not tell whether the event was taken.
        unknown_outcomes: u32,
        /// Why. If it was [held back](Failure::held_back) all through this round, the failure of an earlier round
        /// stays, with the new reason beside it.
        failure: Failure,
        /// The round.
        report: Report,
    },
    /// Nothing happened: the same as dropping the lease.
    Returned,
}

impl Settled {
    /// The partner took it, without a complaint.
    #[must_use]
    pub const fn delivered(report: Report) -> Self {
        Self::Delivered {
            warning: None,
            notes: None,
            report,
        }
    }
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
    /// JSON without secrets: what this delivery alone has to tell. The store does not look inside.
    pub detail: Option<Bytes>,
    /// JSON without secrets: what the deliveries of one call have in common, attempts and exchanges. Deliveries
    /// that are settled together with clones of one `Bytes` share one record of it.
    pub call: Option<Bytes>,
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
            call: None,
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
