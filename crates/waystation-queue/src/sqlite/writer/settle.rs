//! Storing what became of deliveries.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use rusqlite::{OptionalExtension, Row, params};

use super::super::tally::Entry;
use super::super::window::{Notice, Place};
use super::room::{self, Purpose};
use super::work::{Fault, Work};
use crate::event::DeliveryId;
use crate::outcome::{Failure, OutcomeKind, SkipRule};
use crate::settlement::{Report, Settled, Settlement};
use waystation_clock::Millis;

/// How much of a message is kept, in bytes: partners answer with whole pages.
const LONGEST_MESSAGE: usize = 4096;
/// The same in a store that has no room for records.
const SHORT_MESSAGE: usize = 128;

const FINISH: &str = "UPDATE deliveries SET state = ?2, attempts = attempts + ?3, rounds = rounds + 1, \
    first_attempt_at = ifnull(first_attempt_at, ?4), \
    status = iif(?5 AND stage IS NOT NULL, status, ?6), stage = iif(?5 AND stage IS NOT NULL, stage, ?7), \
    error_type = iif(?5 AND stage IS NOT NULL, error_type, ?8), \
    message = iif(?5 AND stage IS NOT NULL, message, ?9), held_back = ?10, \
    finished_at = ?11, rule = ?12, warning = ?13, resume = ?15, \
    due = iif(?14, NULL, due), horizon = iif(?14, NULL, horizon) \
    WHERE id = ?1 AND state = 0 RETURNING connection, order_key, rounds";

const RESCHEDULE: &str = "UPDATE deliveries SET due = ?2, attempts = attempts + ?3, rounds = rounds + 1, \
    first_attempt_at = ifnull(first_attempt_at, ?4), \
    status = iif(?5 AND stage IS NOT NULL, status, ?6), stage = iif(?5 AND stage IS NOT NULL, stage, ?7), \
    error_type = iif(?5 AND stage IS NOT NULL, error_type, ?8), \
    message = iif(?5 AND stage IS NOT NULL, message, ?9), held_back = ?10, \
    resume = ?11, unknown_outcomes = ?12 \
    WHERE id = ?1 AND state = 0 RETURNING connection, order_key, rounds";

/// What is known of a row that was changed.
struct Changed {
    connection: i64,
    order_key: Option<i64>,
    round: u32,
}

impl Changed {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            connection: row.get(0)?,
            order_key: row.get(1)?,
            round: row.get(2)?,
        })
    }
}

/// What settlements add to the file beside the deliveries' own rows, in bytes, roughly.
pub(super) fn size_of_all(settlements: &[Settlement]) -> usize {
    let mut calls = HashSet::new();
    let sizes = settlements.iter().map(|Settlement { outcome, .. }| {
        let call = report_of(outcome).and_then(|report| report.call.as_ref());
        let new_call = call.filter(|call| calls.insert(call.as_ptr()));
        size(outcome) + new_call.map_or(0, Bytes::len)
    });
    sizes.sum()
}

/// The same for one settlement, without the call that it may share with others.
fn size(outcome: &Settled) -> usize {
    let detail = report_of(outcome).and_then(|report| report.detail.as_ref());
    let message = failure_of(outcome).map_or(0, |failure| failure.message.len().min(LONGEST_MESSAGE));
    detail.map_or(0, Bytes::len) + message
}

const fn report_of(outcome: &Settled) -> Option<&Report> {
    match outcome {
        Settled::Delivered { report, .. }
        | Settled::Skipped { report, .. }
        | Settled::Dead { report, .. }
        | Settled::Again { report, .. } => Some(report),
        Settled::Returned => None,
    }
}

const fn failure_of(outcome: &Settled) -> Option<&Failure> {
    match outcome {
        Settled::Dead { failure, .. } | Settled::Again { failure, .. } => Some(failure),
        Settled::Delivered { .. } | Settled::Skipped { .. } | Settled::Returned => None,
    }
}

/// Stores what became of one delivery; false if it does not wait.
pub(super) fn settle(work: &mut Work<'_>, settlement: &Settlement) -> Result<bool, Fault> {
    let outcome = &settlement.outcome;
    let Some(report) = report_of(outcome) else {
        return Ok(true);
    };
    let new_call = report.call.as_ref().filter(|call| !work.knows_call(call));
    let size = size(outcome) + new_call.map_or(0, Bytes::len);
    let round = Round {
        id: settlement.lease.delivery(),
        name: settlement.lease.connection(),
        report,
        event: settlement.lease.accepted().bytes,
        failure: failure_of(outcome),
        has_room: !work.is_bare && room::make_room(work, size as u64, Purpose::Records)?,
    };
    match outcome {
        Settled::Again {
            due,
            resume,
            unknown_outcomes,
            ..
        } => round.reschedule(work, *due, resume.as_ref(), *unknown_outcomes),
        Settled::Delivered { warning, notes, .. } => round.finish(
            work,
            OutcomeKind::Delivered,
            None,
            warning.as_deref(),
            notes.as_ref(),
        ),
        Settled::Skipped { rule, .. } => round.finish(work, OutcomeKind::Skipped, Some(*rule), None, None),
        Settled::Dead { .. } => round.finish(work, OutcomeKind::Dead, None, None, None),
        Settled::Returned => Ok(true),
    }
}

/// A round that is stored.
struct Round<'a> {
    id: DeliveryId,
    name: &'a Arc<str>,
    report: &'a Report,
    /// The length of the event.
    event: u64,
    failure: Option<&'a Failure>,
    /// Whether there is room for more than the delivery's own row.
    has_room: bool,
}

impl Round<'_> {
    fn finish(
        &self,
        work: &mut Work<'_>,
        kind: OutcomeKind,
        rule: Option<SkipRule>,
        warning: Option<&str>,
        notes: Option<&Bytes>,
    ) -> Result<bool, Fault> {
        let is_warned = warning.is_some();
        let warning = warning.filter(|_| !work.is_bare).map(|warning| self.cut(warning));
        let changed = work
            .connection
            .prepare_cached(FINISH)?
            .query_row(
                params![
                    self.id.to_row(),
                    kind.code(),
                    self.report.attempts,
                    self.began(),
                    self.keeps_words(),
                    self.status(),
                    self.stage(),
                    self.error_type(work),
                    self.message(work),
                    self.held_back(work),
                    self.report.finished_at.0,
                    rule.map(SkipRule::code),
                    warning,
                    work.is_bare,
                    notes.map(|notes| &notes[..]),
                ],
                Changed::read,
            )
            .optional()?;
        let Some(changed) = changed else { return Ok(false) };
        self.store(work, changed.round)?;
        let connection = Some(changed.connection);
        work.changes
            .add(connection, Entry::In(OutcomeKind::Waiting), None, -1);
        work.changes.add(connection, Entry::In(kind), rule, 1);
        work.changes
            .add_bytes(connection, OutcomeKind::Waiting, self.event, -1);
        work.changes.add_bytes(connection, kind, self.event, 1);
        if is_warned {
            work.changes.add(connection, Entry::Warned, None, 1);
        }
        if kind != OutcomeKind::Dead {
            work.memory.first_finished = work.memory.first_finished.min(self.id.to_row());
        }
        work.notify(self.name, Notice::Ended(self.id));
        release_next(work, self.name, &changed)?;
        Ok(true)
    }

    fn reschedule(
        &self,
        work: &mut Work<'_>,
        due: Millis,
        resume: Option<&Bytes>,
        unknown_outcomes: u32,
    ) -> Result<bool, Fault> {
        let changed = work
            .connection
            .prepare_cached(RESCHEDULE)?
            .query_row(
                params![
                    self.id.to_row(),
                    due.0,
                    self.report.attempts,
                    self.began(),
                    self.keeps_words(),
                    self.status(),
                    self.stage(),
                    self.error_type(work),
                    self.message(work),
                    self.held_back(work),
                    resume.map(|resume| &resume[..]),
                    unknown_outcomes,
                ],
                Changed::read,
            )
            .optional()?;
        let Some(changed) = changed else { return Ok(false) };
        self.store(work, changed.round)?;
        work.notify(self.name, Notice::Again(Place { due, id: self.id }));
        Ok(true)
    }

    /// Stores the round itself, unless it tells nothing beyond the delivery's own row.
    fn store(&self, work: &mut Work<'_>, number: u32) -> Result<(), Fault> {
        let report = self.report;
        let tells_more = report.detail.is_some() || report.call.is_some();
        if !self.has_room || (number == 1 && self.failure.is_none() && !tells_more) {
            return Ok(());
        }
        let call = report.call.as_ref().map(|call| work.call(call)).transpose()?;
        work.connection
            .prepare_cached(
                "INSERT INTO rounds (delivery, number, started_at, finished_at, attempts, status, stage, \
                 error_type, message, held_back, detail, call) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute(params![
                self.id.to_row(),
                number,
                report.started_at.0,
                report.finished_at.0,
                report.attempts,
                self.status(),
                self.stage(),
                self.error_type(work),
                self.message(work),
                self.held_back(work),
                report.detail.as_ref().map(|detail| &detail[..]),
                call,
            ])?;
        Ok(())
    }

    /// Whether the partner was not asked in this round, so that what it said before stays.
    fn keeps_words(&self) -> bool {
        self.report.attempts == 0 && self.failure.is_some_and(|failure| failure.held_back.is_some())
    }

    /// When the first attempt began, if there was any.
    fn began(&self) -> Option<i64> {
        (self.report.attempts > 0).then_some(self.report.started_at.0)
    }

    fn status(&self) -> Option<u16> {
        let of_failure = self.failure.and_then(|failure| failure.status);
        of_failure.or(self.report.status)
    }

    fn stage(&self) -> Option<i64> {
        self.failure.map(|failure| failure.stage.code())
    }

    fn error_type(&self, work: &Work<'_>) -> Option<&str> {
        let failure = self.failure.filter(|_| !work.is_bare)?;
        failure.error_type.as_deref().map(|text| self.cut(text))
    }

    fn message(&self, work: &Work<'_>) -> Option<&str> {
        let failure = self.failure.filter(|_| !work.is_bare)?;
        Some(self.cut(&failure.message))
    }

    fn held_back(&self, work: &Work<'_>) -> Option<&str> {
        let failure = self.failure.filter(|_| !work.is_bare)?;
        failure.held_back.as_deref().map(|text| self.cut(text))
    }

    /// The beginning of a text, as much of it as there is room for.
    fn cut<'t>(&self, text: &'t str) -> &'t str {
        let longest = if self.has_room {
            LONGEST_MESSAGE
        } else {
            SHORT_MESSAGE
        };
        &text[..text.floor_char_boundary(longest)]
    }
}

/// With one delivery of an order key ended, the next may be leased; the window may have passed it by.
fn release_next(work: &mut Work<'_>, name: &Arc<str>, ended: &Changed) -> Result<(), Fault> {
    let Some(order_key) = ended.order_key else {
        return Ok(());
    };
    let mut statement = work.connection.prepare_cached(
        "SELECT due, id FROM deliveries INDEXED BY deliveries_in_order \
         WHERE state = 0 AND connection = ?1 AND order_key = ?2 ORDER BY id LIMIT 1",
    )?;
    let next = statement
        .query_row([ended.connection, order_key], |row| {
            Ok(Place {
                due: Millis(row.get(0)?),
                id: DeliveryId::from_row(row.get(1)?),
            })
        })
        .optional()?;
    if let Some(place) = next {
        work.notify(name, Notice::Waits(place));
    }
    Ok(())
}
