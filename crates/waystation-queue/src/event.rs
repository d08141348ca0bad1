//! What is appended.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::outcome::{Failure, SkipRule};
use waystation_clock::Millis;

/// Names a delivery for good: ids grow in the order of acceptance and are never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeliveryId(pub u64);

impl DeliveryId {
    /// The id as SQLite holds it.
    pub(crate) const fn to_row(self) -> i64 {
        self.0.cast_signed()
    }

    /// The id that SQLite holds.
    pub(crate) const fn from_row(id: i64) -> Self {
        Self(id.cast_unsigned())
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An event as it was accepted, with everything that is to become of it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// The name of the source it came from.
    pub source: Arc<str>,
    /// The sender's id of the event; the same id from the same source is the same event.
    pub message_id: String,
    /// Whom it is about, for searches.
    pub user: Option<String>,
    /// `track`, `identify`, …; for lists.
    pub event_type: Option<String>,
    /// The name of a tracked event or a page; for lists.
    pub event_name: Option<String>,
    /// When it arrived. The window for duplicates, retention and searches by time go by this; searches expect it
    /// to be within ten minutes of the append.
    pub received_at: Millis,
    /// The event itself; the store does not look inside.
    pub body: Bytes,
    /// One for each connection and subscription that it is meant for; at least one.
    pub deliveries: Vec<NewDelivery>,
}

/// One event on its way to one subscription of one connection.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDelivery {
    /// None if there is no connection to deliver to; such a delivery cannot wait.
    pub connection: Option<Arc<str>>,
    /// None if no subscription matched.
    pub subscription: Option<Arc<str>>,
    /// The action of the subscription.
    pub action: Option<Arc<str>>,
    /// Deliveries of one connection with the same key are leased one after the other, oldest first.
    pub order: Option<String>,
    /// How its life begins.
    pub fate: Fate,
}

/// How the life of a delivery begins.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// It waits to be delivered.
    Waiting {
        /// When it may be leased for the first time.
        due: Millis,
        /// After this it is not to be tried again but to be a dead letter; the store keeps it for whoever leases.
        horizon: Millis,
    },
    /// Nothing is to be done.
    Skipped {
        /// Why.
        rule: SkipRule,
    },
    /// It cannot even be tried.
    Dead(Failure),
}

/// An event that takes the place of a delivery: of a dead letter that never had a connection, or of one that was
/// skipped.
#[derive(Debug, Clone, PartialEq)]
pub struct Replacement {
    /// The delivery that goes.
    pub replaced: DeliveryId,
    /// The event with what is to become of it now. Its message id may be the one that the event had.
    pub event: NewEvent,
}

/// What became of the events of one append, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// One for each event.
    pub events: Vec<AppendedEvent>,
}

/// What became of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppendedEvent {
    /// It is stored; its deliveries are numbered upwards from `first` without a gap.
    Stored {
        /// Its first delivery.
        first: DeliveryId,
    },
    /// It was accepted before and is not stored again.
    Duplicate,
}

impl Appended {
    /// How many events were stored.
    #[must_use]
    pub fn stored(&self) -> usize {
        self.events.len() - self.duplicates()
    }

    /// How many events had been accepted before.
    #[must_use]
    pub fn duplicates(&self) -> usize {
        let duplicate = |event: &&AppendedEvent| **event == AppendedEvent::Duplicate;
        self.events.iter().filter(duplicate).count()
    }
}
