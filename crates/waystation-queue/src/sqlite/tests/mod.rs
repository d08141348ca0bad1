//! Tests of the store as its users see it.

mod basics;
mod clock;
mod concurrency;
mod damage;
mod model;
mod ordering;
mod parked;
mod plans;
mod records;
mod replace;
mod room;
mod rounds;
mod settings;
mod share;
mod upgrade;
mod views;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tempfile::TempDir;

use super::*;
use crate::event::{AppendedEvent, Fate, NewDelivery};
use crate::outcome::{Failure, SkipRule, Stage};
use crate::settlement::{Report, Settled};
use waystation_clock::{Clock, ManualClock};

/// When the tests take place.
pub(super) const START: Millis = Millis(1_700_000_000_000);
pub(super) const SECOND: Duration = Duration::from_secs(1);
pub(super) const HOUR: Duration = Duration::from_secs(3600);

/// A store in a folder of its own, with a clock that stands still.
pub(super) struct Bench {
    pub(super) queue: SqliteQueue,
    pub(super) clock: Arc<ManualClock>,
    pub(super) settings: SqliteSettings,
    _folder: TempDir,
}

impl Bench {
    pub(super) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(super) fn with(change: impl FnOnce(&mut SqliteSettings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = SqliteSettings::new(folder.path().join("queue.db"));
        change(&mut settings);
        let clock = ManualClock::new(START);
        Self {
            queue: SqliteQueue::open_at(settings.clone(), Clock::Manual(Arc::clone(&clock))).unwrap(),
            clock,
            settings,
            _folder: folder,
        }
    }

    /// Drops the store without closing it and opens it again.
    pub(super) fn reopen(&mut self) {
        let folder = tempfile::tempdir().unwrap();
        let aside = SqliteSettings::new(folder.path().join("aside.db"));
        self.queue = SqliteQueue::open(aside).unwrap();
        self.queue =
            SqliteQueue::open_at(self.settings.clone(), Clock::Manual(Arc::clone(&self.clock))).unwrap();
    }

    pub(super) fn now(&self) -> Millis {
        self.clock.now()
    }

    /// An event with one delivery that waits, due now.
    pub(super) fn event(&self, message_id: &str, connection: &str) -> NewEvent {
        self.event_with(message_id, vec![self.waiting(connection)])
    }

    pub(super) fn event_with(&self, message_id: &str, deliveries: Vec<NewDelivery>) -> NewEvent {
        NewEvent {
            source: "web".into(),
            message_id: message_id.to_owned(),
            user: Some(format!("user of {message_id}")),
            event_type: Some("track".to_owned()),
            event_name: Some("Order Completed".to_owned()),
            received_at: self.now(),
            body: Bytes::from(format!("{{\"messageId\":\"{message_id}\"}}")),
            deliveries,
        }
    }

    pub(super) fn waiting(&self, connection: &str) -> NewDelivery {
        NewDelivery {
            connection: Some(connection.into()),
            subscription: Some("orders".into()),
            action: Some("sendOrder".into()),
            order: None,
            fate: Fate::Waiting {
                due: self.now(),
                horizon: self.now().plus(4 * HOUR),
            },
        }
    }

    pub(super) async fn append(&self, event: NewEvent) -> DeliveryId {
        match self.queue.append(vec![event]).await.unwrap().events[0] {
            AppendedEvent::Stored { first } => first,
            AppendedEvent::Duplicate => panic!("the event is a duplicate"),
        }
    }

    /// Leases all that is due.
    pub(super) async fn lease(&self, connection: &str) -> Vec<Leased> {
        self.queue.lease(connection, 1000).await.unwrap()
    }

    /// The ids of all that is due; gives the leases back.
    pub(super) async fn due_ids(&self, connection: &str) -> Vec<u64> {
        let mut all = Vec::new();
        loop {
            let leased = self.lease(connection).await;
            if leased.is_empty() {
                break;
            }
            all.extend(leased);
        }
        all.iter().map(|leased| leased.id().0).collect()
    }

    pub(super) async fn settle(&self, leased: Leased, outcome: Settled) {
        let settlement = Settlement {
            lease: leased.lease,
            outcome,
        };
        self.queue.settle(vec![settlement]).await.unwrap();
    }

    /// A round of one attempt with this status.
    pub(super) fn report(&self, status: u16) -> Report {
        Report {
            status: Some(status),
            attempts: 1,
            started_at: self.now(),
            finished_at: self.now(),
            detail: None,
            call: None,
        }
    }

    /// Opens the file as the sqlite3 shell would.
    pub(super) fn shell(&self) -> rusqlite::Connection {
        file::open_reader(&self.settings.path).unwrap()
    }

    /// Fails if the ledger does not add up or does not agree with the rows.
    pub(super) fn audit(&self) {
        let complaints = maintenance::audit::complaints(&self.shell()).unwrap();
        assert!(complaints.is_empty(), "{complaints:#?}");
    }
}

pub(super) fn failure(message: &str) -> Failure {
    Failure {
        stage: Stage::Delivery,
        status: Some(503),
        error_type: Some("Unavailable".to_owned()),
        message: message.to_owned(),
        held_back: None,
    }
}

/// A fate that needs no connection.
pub(super) fn skipped(rule: SkipRule) -> NewDelivery {
    NewDelivery {
        connection: None,
        subscription: None,
        action: None,
        order: None,
        fate: Fate::Skipped { rule },
    }
}

/// Polls a future once and gives its value if it was ready.
pub(super) async fn poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match std::pin::Pin::new(&mut *future).poll(context) {
            std::task::Poll::Ready(value) => Some(value),
            std::task::Poll::Pending => None,
        })
    })
    .await
}
