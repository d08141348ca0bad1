//! The model: a map of deliveries, searched from end to end for everything.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::operation::{Beginning, Choice, Ending, Event};
use crate::ledger::Tally;
use crate::outcome::{OutcomeKind, SkipRule};
use waystation_clock::Millis;

/// Settings that make things pass away within a run.
pub(super) const DUPLICATE_WINDOW: Duration = Duration::from_secs(15);
pub(super) const RECORD_RETENTION: Duration = Duration::from_secs(10);
pub(super) const DEAD_RETENTION: Duration = Duration::from_secs(25);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) connection: Option<usize>,
    source: usize,
    pub(super) message: usize,
    pub(super) kind: OutcomeKind,
    pub(super) due: Millis,
    pub(super) attempts: u32,
    pub(super) rounds: u32,
    order: Option<usize>,
    received_at: Millis,
    finished_at: Millis,
}

#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) rows: BTreeMap<u64, Row>,
    pub(super) leased: BTreeSet<u64>,
    pub(super) tally: Tally,
    pub(super) now: Millis,
    last_id: u64,
    /// Source, message, and when it was received.
    accepted: Vec<(usize, usize, Millis)>,
}

impl Model {
    pub(super) fn new(now: Millis) -> Self {
        Self {
            now,
            ..Self::default()
        }
    }

    /// Appends events; for each the first id, or none for a duplicate.
    pub(super) fn append(&mut self, events: &[Event]) -> Vec<Option<u64>> {
        events.iter().map(|event| self.append_one(event)).collect()
    }

    fn append_one(&mut self, event: &Event) -> Option<u64> {
        let forgotten = self.now.minus(DUPLICATE_WINDOW);
        let is_duplicate = self.accepted.iter().any(|(source, message, at)| {
            (*source, *message) == (event.source, event.message) && *at > forgotten
        });
        if is_duplicate {
            self.tally.accepted += 1;
            *self.tally.skipped.entry(SkipRule::Duplicate).or_default() += 1;
            return None;
        }
        let waits = |delivery: &super::operation::Delivery| matches!(delivery.fate, Beginning::Waiting(_));
        if event.deliveries.iter().any(waits) {
            self.accepted.push((event.source, event.message, self.now));
        }
        let first = self.last_id + 1;
        for delivery in &event.deliveries {
            self.last_id += 1;
            let (kind, due) = match delivery.fate {
                Beginning::Waiting(after) => {
                    (OutcomeKind::Waiting, self.now.plus(Duration::from_secs(after)))
                }
                Beginning::Skipped => (OutcomeKind::Skipped, Millis(0)),
                Beginning::Dead | Beginning::Homeless => (OutcomeKind::Dead, Millis(0)),
            };
            let is_homeless = matches!(delivery.fate, Beginning::Homeless);
            let row = Row {
                connection: (!is_homeless).then_some(delivery.connection),
                source: event.source,
                message: event.message,
                kind,
                due,
                attempts: 0,
                rounds: 0,
                order: delivery.order,
                received_at: self.now,
                finished_at: self.now,
            };
            self.rows.insert(self.last_id, row);
            self.tally.accepted += 1;
            self.count(kind, SkipRule::NoSubscriptionMatched);
        }
        Some(first)
    }

    fn count(&mut self, kind: OutcomeKind, rule: SkipRule) {
        match kind {
            OutcomeKind::Waiting => self.tally.waiting += 1,
            OutcomeKind::Delivered => self.tally.delivered += 1,
            OutcomeKind::Skipped => *self.tally.skipped.entry(rule).or_default() += 1,
            OutcomeKind::Dead => self.tally.dead += 1,
        }
    }

    /// What may be leased now, in order.
    pub(super) fn due(&self, connection: usize) -> Vec<u64> {
        let mut due: Vec<(Millis, u64)> = self
            .rows
            .iter()
            .filter(|(id, row)| {
                self.waits_for(row, connection)
                    && row.due <= self.now
                    && !self.leased.contains(id)
                    && !self.is_held_back(**id, row)
            })
            .map(|(id, row)| (row.due, *id))
            .collect();
        due.sort_unstable();
        due.into_iter().map(|(_, id)| id).collect()
    }

    fn waits_for(&self, row: &Row, connection: usize) -> bool {
        row.kind == OutcomeKind::Waiting && row.connection == Some(connection)
    }

    fn is_held_back(&self, id: u64, row: &Row) -> bool {
        row.order.is_some()
            && self.rows.range(..id).any(|(_, older)| {
                older.kind == OutcomeKind::Waiting
                    && older.connection == row.connection
                    && older.order == row.order
            })
    }

    /// Takes note of what the store leased: the first of what is due, and some of it unless there is none. How many is
    /// the store's affair, as long as it keeps to the limit.
    pub(super) fn lease(&mut self, connection: usize, limit: usize, leased: &[u64]) {
        let due = self.due(connection);
        assert!(due.starts_with(leased), "leased {leased:?}, due {due:?}");
        assert!(leased.len() <= limit, "leased {leased:?}, {limit} at most");
        assert_eq!(leased.is_empty(), due.is_empty(), "due {due:?}");
        self.leased.extend(leased);
    }

    /// When the oldest of what waits for a connection was accepted.
    pub(super) fn oldest(&self, connection: &str) -> Option<Millis> {
        let mut rows = self.rows.values();
        let waits = |row: &&Row| {
            let name = row
                .connection
                .map(|connection| format!("connection {connection}"));
            row.kind == OutcomeKind::Waiting && name.as_deref() == Some(connection)
        };
        rows.find(waits).map(|row| row.received_at)
    }

    pub(super) fn settle(&mut self, id: u64, ending: Ending) {
        self.leased.remove(&id);
        let now = self.now;
        let kind = match ending {
            Ending::Returned => return,
            Ending::Again(_) => OutcomeKind::Waiting,
            Ending::Delivered => OutcomeKind::Delivered,
            Ending::Skipped => OutcomeKind::Skipped,
            Ending::Dead => OutcomeKind::Dead,
        };
        if let Some(row) = self.rows.get_mut(&id) {
            row.kind = kind;
            row.attempts += 1;
            row.rounds += 1;
            row.finished_at = now;
            if let Ending::Again(after) = ending {
                row.due = now.plus(Duration::from_secs(after));
            }
        }
        self.tally.waiting -= 1;
        self.tally.warned += u64::from(matches!(ending, Ending::Delivered) && id.is_multiple_of(2));
        self.count(kind, SkipRule::ConnectionDisabled);
    }

    /// The dead letters of a choice; `one` is what [`Choice::One`] stands for.
    fn chosen(&self, choice: &Choice, one: u64) -> Vec<u64> {
        let is_chosen = |id: u64, row: &Row| match choice {
            Choice::One(_) => id == one,
            Choice::All => true,
            Choice::Connection(connection) => row.connection == Some(*connection),
            Choice::Message(message) | Choice::User(message) => row.message == *message,
        };
        let dead = self
            .rows
            .iter()
            .filter(|(id, row)| row.kind == OutcomeKind::Dead && is_chosen(**id, row));
        dead.map(|(id, _)| *id).collect()
    }

    pub(super) fn replay(&mut self, choice: &Choice, one: u64) -> u64 {
        let mut replayed = 0;
        for id in self.chosen(choice, one) {
            if let Some(row) = self.rows.get_mut(&id).filter(|row| row.connection.is_some()) {
                row.kind = OutcomeKind::Waiting;
                row.due = self.now;
                self.accepted.push((row.source, row.message, row.received_at));
                replayed += 1;
            }
        }
        self.tally.dead -= replayed;
        self.tally.waiting += replayed;
        self.tally.replayed += replayed;
        replayed
    }

    pub(super) fn purge(&mut self, choice: &Choice, one: u64) -> u64 {
        let chosen = self.chosen(choice, one);
        for id in &chosen {
            self.rows.remove(id);
        }
        self.tally.dead -= chosen.len() as u64;
        self.tally.purged += chosen.len() as u64;
        chosen.len() as u64
    }

    pub(super) fn tidy(&mut self) {
        let (records, dead) = (self.now.minus(RECORD_RETENTION), self.now.minus(DEAD_RETENTION));
        let before = self.tally.dead;
        let mut expired = 0;
        self.rows.retain(|_, row| match row.kind {
            OutcomeKind::Waiting => true,
            OutcomeKind::Dead => {
                expired += u64::from(row.finished_at <= dead);
                row.finished_at > dead
            }
            OutcomeKind::Delivered | OutcomeKind::Skipped => row.finished_at > records,
        });
        self.tally.dead = before - expired;
        self.tally.purged += expired;
    }
}
