//! Searching and showing deliveries.

use std::sync::Arc;

use bytes::Bytes;

use crate::event::DeliveryId;
use crate::outcome::{Failure, OutcomeKind, SkipRule, Stage};
use crate::settlement::Report;
use waystation_clock::Millis;

/// A stretch of time: `from` is in it, `until` is not. Either end may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TimeRange {
    /// The first point that is in it.
    pub from: Option<Millis>,
    /// The first point that is not in it any more.
    pub until: Option<Millis>,
}

impl TimeRange {
    /// Whether a point is in it.
    #[must_use]
    pub fn contains(&self, time: Millis) -> bool {
        self.from.is_none_or(|from| from <= time) && self.until.is_none_or(|until| time < until)
    }

    /// Whether it is all of time.
    #[must_use]
    pub const fn is_unbounded(&self) -> bool {
        self.from.is_none() && self.until.is_none()
    }
}

/// What deliveries must be like; the default is every delivery.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordFilter {
    /// The name of the source.
    pub source: Option<Arc<str>>,
    /// The name of the connection.
    pub connection: Option<Arc<str>>,
    /// The name of the subscription.
    pub subscription: Option<Arc<str>>,
    /// Where it is in its life.
    pub outcome: Option<OutcomeKind>,
    /// The rule it was skipped by.
    pub rule: Option<SkipRule>,
    /// The stage of its last failure.
    pub stage: Option<Stage>,
    /// The status of its last round.
    pub status: Option<u16>,
    /// The class of its last error.
    pub error_type: Option<String>,
    /// Whether it was delivered with a warning of the partner.
    pub warning: Option<bool>,
    /// Whether it is held back, or died while it was.
    pub held_back: Option<bool>,
    /// Whether its last round failed: it is dead, or waits for another round.
    pub failed: Option<bool>,
    /// The sender's id of the event.
    pub message_id: Option<String>,
    /// Whom the event is about.
    pub user: Option<String>,
    /// When the event arrived.
    pub received: TimeRange,
    /// When it was delivered, was skipped or died; what waits is in no bounded range.
    pub finished: TimeRange,
}

/// Which records, and how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordQuery {
    /// What they must be like.
    pub filter: RecordFilter,
    /// The [`Page::next`] of the page before.
    pub before: Option<DeliveryId>,
    /// How many at most; a store may have a bound of its own (SQLite: 1000).
    pub limit: usize,
}

impl Default for RecordQuery {
    fn default() -> Self {
        Self {
            filter: RecordFilter::default(),
            before: None,
            limit: 50,
        }
    }
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; none at the end of the list.
    pub next: Option<DeliveryId>,
}

/// Which dead letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// This one.
    One(DeliveryId),
    /// Those that are like this; `outcome` is of no matter, only dead letters are meant.
    Matching(RecordFilter),
}

/// Which deliveries that are due at [`Millis::PARKED`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// The name of their connection.
    pub connection: Arc<str>,
    /// Only those of this subscription.
    pub subscription: Option<Arc<str>>,
    /// Only those whose events came from this source.
    pub source: Option<Arc<str>>,
}

/// A delivery, for lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordSummary {
    /// The delivery.
    pub id: DeliveryId,
    /// The name of the source.
    pub source: Arc<str>,
    /// The sender's id of the event.
    pub message_id: String,
    /// Whom the event is about.
    pub user: Option<String>,
    /// `track`, `identify`, …
    pub event_type: Option<String>,
    /// The name of a tracked event or a page.
    pub event_name: Option<String>,
    /// When the event arrived.
    pub received_at: Millis,
    /// The name of the connection.
    pub connection: Option<Arc<str>>,
    /// The name of the subscription.
    pub subscription: Option<Arc<str>>,
    /// The action of the subscription.
    pub action: Option<Arc<str>>,
    /// Where it is in its life.
    pub state: State,
    /// The status of its last round.
    pub status: Option<u16>,
    /// How many attempts were made, in all rounds.
    pub attempts: u32,
    /// How many rounds were settled.
    pub rounds: u32,
    /// When the first round began.
    pub first_attempt_at: Option<Millis>,
}

/// Where a delivery is in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It waits, or is leased.
    Waiting {
        /// When it may be leased.
        due: Millis,
        /// After this it is not to be tried again.
        horizon: Millis,
        /// Why the last round failed, if there was one.
        failure: Option<Failure>,
    },
    /// The partner took it.
    Delivered {
        /// When.
        at: Millis,
        /// What the partner complained about all the same.
        warning: Option<String>,
    },
    /// Nothing was to be done.
    Skipped {
        /// When that was found.
        at: Millis,
        /// Why.
        rule: SkipRule,
    },
    /// It failed for good.
    Dead {
        /// When.
        at: Millis,
        /// Why.
        failure: Failure,
    },
}

impl State {
    /// The state without its particulars.
    #[must_use]
    pub const fn kind(&self) -> OutcomeKind {
        match self {
            Self::Waiting { .. } => OutcomeKind::Waiting,
            Self::Delivered { .. } => OutcomeKind::Delivered,
            Self::Skipped { .. } => OutcomeKind::Skipped,
            Self::Dead { .. } => OutcomeKind::Dead,
        }
    }
}

/// A delivery with everything that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordDetail {
    /// What lists show.
    pub summary: RecordSummary,
    /// The event itself.
    pub body: Bytes,
    /// Its rounds, oldest first. A first round that delivered without detail is told by the summary alone.
    pub history: Vec<Round>,
}

/// One round of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// 1 is the first.
    pub number: u32,
    /// What was done.
    pub report: Report,
    /// How it failed, if it did.
    pub failure: Option<Failure>,
}
