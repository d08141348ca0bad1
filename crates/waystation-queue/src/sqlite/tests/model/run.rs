//! Does each operation to both, and compares what they tell.

use std::time::Duration;

use proptest::sample::Index;

use super::super::*;
use super::operation::{Beginning, Choice, Ending, Event, Operation};
use super::reference::{DEAD_RETENTION, DUPLICATE_WINDOW, Model, RECORD_RETENTION};
use crate::outcome::OutcomeKind;
use crate::record::{RecordFilter, State};
use crate::sqlite::writer::faults::{Blow, Point};

pub(super) struct Run {
    bench: Bench,
    model: Model,
    leases: Vec<Leased>,
    /// What the deliveries that are settled together have in common.
    call: Option<Bytes>,
}

impl Run {
    pub(super) fn new() -> Self {
        let bench = Bench::with(|settings| {
            settings.duplicate_window = DUPLICATE_WINDOW;
            settings.record_retention = RECORD_RETENTION;
            settings.dead_letter_retention = DEAD_RETENTION;
        });
        Self {
            model: Model::new(bench.now()),
            bench,
            leases: Vec::new(),
            call: None,
        }
    }

    pub(super) async fn perform(&mut self, operation: &Operation) {
        match operation {
            Operation::Append(events) => self.append(events).await,
            Operation::Lease(connection, limit) => self.lease(*connection, *limit).await,
            Operation::Settle(endings) => self.settle(endings).await,
            Operation::DropLease(index) => {
                if let Some(leased) = self.take(*index) {
                    self.model.leased.remove(&leased.id().0);
                }
            }
            Operation::Replay(choice) => {
                let (selection, one) = self.selection(choice);
                let horizon = self.bench.now().plus(HOUR);
                let replayed = self.bench.queue.replay(selection, horizon).await.unwrap();
                assert_eq!(replayed, self.model.replay(choice, one));
            }
            Operation::Purge(choice) => {
                let (selection, one) = self.selection(choice);
                let purged = self.bench.queue.purge(selection).await.unwrap();
                assert_eq!(purged, self.model.purge(choice, one));
            }
            Operation::Advance(seconds) => {
                self.bench.clock.advance(Duration::from_secs(*seconds));
                self.model.now = self.bench.now();
            }
            Operation::Tidy => {
                self.bench.queue.tidy().await.unwrap();
                self.model.tidy();
            }
            Operation::Reopen => self.reopen(),
            Operation::CloseAndReopen => {
                self.bench.queue.close().await.unwrap();
                self.reopen();
            }
            Operation::CrashInAppend(point, events) => {
                self.order(*point, Blow::Crash);
                let events_of_store = self.events(events);
                self.bench.queue.append(events_of_store).await.unwrap_err();
                if *point == Point::AfterCommit {
                    self.model.append(events);
                }
                self.reopen();
            }
            Operation::CrashInSettle(point, index, ending) => {
                if let Some(leased) = self.take(*index) {
                    self.order(*point, Blow::Crash);
                    let id = leased.id().0;
                    let settlement = self.settlement(leased, *ending);
                    self.bench.queue.settle(vec![settlement]).await.unwrap_err();
                    if *point == Point::AfterCommit {
                        self.model.settle(id, *ending);
                    }
                    self.reopen();
                }
            }
            Operation::FailAppend(point, events) => {
                self.order(*point, Blow::DiskError);
                let error = self.bench.queue.append(self.events(events)).await.unwrap_err();
                assert!(matches!(error, QueueError::Unavailable { .. }), "{error}");
            }
            Operation::FailSettle(point, index, ending) => self.fail_settle(*point, *index, *ending).await,
        }
    }

    fn order(&self, point: Point, blow: Blow) {
        self.bench.queue.shared.faults.order(point, blow);
    }

    /// Leases that outlive the store they are from must not matter to the new one.
    fn reopen(&mut self) {
        self.bench.reopen();
        self.leases.clear();
        self.model.leased.clear();
    }

    async fn append(&mut self, events: &[Event]) {
        let appended = self.bench.queue.append(self.events(events)).await.unwrap();
        let firsts: Vec<Option<u64>> = appended
            .events
            .iter()
            .map(|event| match event {
                AppendedEvent::Stored { first } => Some(first.0),
                AppendedEvent::Duplicate => None,
            })
            .collect();
        assert_eq!(firsts, self.model.append(events));
    }

    async fn lease(&mut self, connection: usize, limit: usize) {
        let leased = self.bench.queue.lease(&name(connection), limit).await.unwrap();
        let ids: Vec<u64> = leased.iter().map(|item| item.id().0).collect();
        self.model.lease(connection, limit, &ids);
        for item in &leased {
            let row = &self.model.rows[&item.id().0];
            assert_eq!((item.attempts, item.rounds), (row.attempts, row.rounds));
            assert_eq!(item.event.message_id, row.message.to_string());
        }
        self.leases.extend(leased);
    }

    async fn settle(&mut self, endings: &[(Index, Ending)]) {
        self.call = Some(Bytes::from(format!("call at {}", self.bench.now())));
        let mut settlements = Vec::new();
        for (index, ending) in endings {
            if let Some(leased) = self.take(*index) {
                self.model.settle(leased.id().0, *ending);
                settlements.push(self.settlement(leased, *ending));
            }
        }
        self.bench.queue.settle(settlements).await.unwrap();
    }

    async fn fail_settle(&mut self, point: Point, index: Index, ending: Ending) {
        let Some(leased) = self.take(index) else { return };
        self.order(point, Blow::DiskError);
        let id = leased.id().0;
        let settlement = self.settlement(leased, ending);
        let unsettled = self.bench.queue.settle(vec![settlement]).await.unwrap_err();
        assert!(
            matches!(unsettled.error, QueueError::Unavailable { .. }),
            "{unsettled}"
        );
        // The lease still holds, and the second try succeeds.
        self.compare_due().await;
        self.bench.queue.settle(unsettled.settlements).await.unwrap();
        self.model.settle(id, ending);
    }

    fn take(&mut self, index: Index) -> Option<Leased> {
        (!self.leases.is_empty()).then(|| self.leases.swap_remove(index.index(self.leases.len())))
    }

    fn events(&self, events: &[Event]) -> Vec<NewEvent> {
        events.iter().map(|event| self.event(event)).collect()
    }

    fn event(&self, event: &Event) -> NewEvent {
        let deliveries = event.deliveries.iter().map(|delivery| {
            let waiting = self.bench.waiting(&name(delivery.connection));
            let order = delivery.order.map(|key| key.to_string());
            let fate = match delivery.fate {
                Beginning::Waiting(after) => Fate::Waiting {
                    due: self.bench.now().plus(Duration::from_secs(after)),
                    horizon: self.bench.now().plus(HOUR),
                },
                Beginning::Skipped => Fate::Skipped {
                    rule: SkipRule::NoSubscriptionMatched,
                },
                Beginning::Dead | Beginning::Homeless => Fate::Dead(failure("from the beginning")),
            };
            let is_homeless = matches!(delivery.fate, Beginning::Homeless);
            NewDelivery {
                connection: waiting.connection.filter(|_| !is_homeless),
                order,
                fate,
                ..self.bench.waiting("")
            }
        });
        NewEvent {
            source: format!("source {}", event.source).into(),
            user: Some(format!("user {}", event.message)),
            ..self
                .bench
                .event_with(&event.message.to_string(), deliveries.collect())
        }
    }

    fn settlement(&self, leased: Leased, ending: Ending) -> Settlement {
        let report = Report {
            call: self.call.clone(),
            ..self.bench.report(500)
        };
        let outcome = match ending {
            Ending::Delivered => Settled::Delivered {
                warning: leased
                    .id()
                    .0
                    .is_multiple_of(2)
                    .then(|| "taken with a sigh".to_owned()),
                notes: None,
                report,
            },
            Ending::Skipped => Settled::Skipped {
                rule: SkipRule::ConnectionDisabled,
                report,
            },
            Ending::Dead => Settled::Dead {
                failure: failure("for good"),
                report,
            },
            Ending::Again(after) => Settled::Again {
                due: self.bench.now().plus(Duration::from_secs(after)),
                resume: None,
                unknown_outcomes: 0,
                failure: failure("for now"),
                report,
            },
            Ending::Returned => Settled::Returned,
        };
        Settlement {
            lease: leased.lease,
            outcome,
        }
    }

    fn selection(&self, choice: &Choice) -> (Selection, u64) {
        let mut filter = RecordFilter::default();
        let mut one = 0;
        match choice {
            Choice::One(index) => {
                let ids: Vec<u64> = self.model.rows.keys().copied().collect();
                one = if ids.is_empty() { 1 } else { *index.get(&ids) };
                return (Selection::One(DeliveryId(one)), one);
            }
            Choice::All => {}
            Choice::Connection(connection) => filter.connection = Some(name(*connection).into()),
            Choice::Message(message) => filter.message_id = Some(message.to_string()),
            Choice::User(message) => filter.user = Some(format!("user {message}")),
        }
        (Selection::Matching(filter), one)
    }

    /// Compares everything that both can be asked for.
    pub(super) async fn compare(&self, after: &Operation) {
        self.bench.audit();
        let ledger = self.bench.queue.ledger().await.unwrap();
        assert!(ledger.total.balances(), "{ledger:?} after {after:?}");
        // A count that fell to zero is still listed by the store.
        let mut total = ledger.total;
        total.skipped.retain(|_, count| *count > 0);
        assert_eq!(total, self.model.tally, "after {after:?}");
        self.compare_records().await;
        self.compare_due().await;
    }

    async fn compare_records(&self) {
        let query = RecordQuery {
            limit: 1000,
            ..RecordQuery::default()
        };
        let page = self.bench.queue.records(query).await.unwrap();
        assert_eq!(page.items.len(), self.model.rows.len());
        for (record, (id, row)) in page.items.iter().zip(self.model.rows.iter().rev()) {
            assert_eq!(record.id.0, *id);
            assert_eq!(record.state.kind(), row.kind, "state of {id}");
            assert_eq!(
                (record.attempts, record.rounds),
                (row.attempts, row.rounds),
                "of {id}"
            );
            assert_eq!(record.connection.as_deref(), row.connection.map(name).as_deref());
            if let State::Waiting { due, .. } = record.state {
                assert_eq!(due, row.due, "due time of {id}");
            }
        }
    }

    /// What may be leased, looked at without keeping it; and whether waiting for it ends and does not end.
    async fn compare_due(&self) {
        for connection in 0..3 {
            let expected = self.model.due(connection);
            if !expected.is_empty() {
                assert!(
                    self.is_due(connection).await,
                    "a worker of {connection} would miss {expected:?}"
                );
            }
            let found = self.bench.due_ids(&name(connection)).await;
            assert_eq!(found, expected, "due for {connection}");
            if expected.is_empty() {
                assert!(
                    !self.is_due(connection).await,
                    "a worker of {connection} would spin"
                );
            }
        }
        let waiting = self
            .model
            .rows
            .values()
            .filter(|row| row.kind == OutcomeKind::Waiting);
        let depths = self.bench.queue.depths().await.unwrap();
        for depth in &depths {
            let oldest = self.model.oldest(&depth.connection);
            assert_eq!(depth.oldest_received, oldest, "of {}", depth.connection);
        }
        assert_eq!(
            depths.iter().map(|depth| depth.waiting).sum::<u64>(),
            waiting.count() as u64
        );
        let leased: u64 = depths.iter().map(|depth| depth.leased).sum();
        assert_eq!(leased, self.model.leased.len() as u64);
    }

    /// Whether waiting for something that is due ends at once.
    async fn is_due(&self, connection: usize) -> bool {
        let name = name(connection);
        poll_once(&mut self.bench.queue.due(&name)).await.is_some()
    }
}

fn name(connection: usize) -> String {
    format!("connection {connection}")
}
