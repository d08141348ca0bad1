//! Storing what became of deliveries.

use std::sync::Arc;

use bytes::Bytes;
use rusqlite::{OptionalExtension, Row, params};

use super::super::tally::Entry;
use super::super::window::{Notice, Place};
use super::work::{Fault, Work};
use crate::error::QueueError;
use crate::event::DeliveryId;
use crate::outcome::{Failure, OutcomeKind, SkipRule};
use crate::settlement::{Report, Settled, Settlement};
use crate::time::Millis;

const FINISH: &str = "UPDATE deliveries SET state = ?2, attempts = attempts + ?3, rounds = rounds + 1, \
    first_attempt_at = ifnull(first_attempt_at, ?4), status = ?5, stage = ?6, error_type = ?7, message = ?8, \
    finished_at = ?9, rule = ?10, resume = NULL \
    WHERE id = ?1 AND state = 0 RETURNING connection, order_key, rounds";

const RESCHEDULE: &str = "UPDATE deliveries SET due = ?2, attempts = attempts + ?3, rounds = rounds + 1, \
    first_attempt_at = ifnull(first_attempt_at, ?4), status = ?5, stage = ?6, error_type = ?7, message = ?8, \
    resume = ?9 \
    WHERE id = ?1 AND state = 0 RETURNING connection, order_key, rounds";

/// The end of a delivery's waiting.
struct End<'a> {
    kind: OutcomeKind,
    rule: Option<SkipRule>,
    failure: Option<&'a Failure>,
    report: &'a Report,
}

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

/// Stores what became of one delivery.
pub(super) fn settle(work: &mut Work<'_>, settlement: &Settlement) -> Result<(), Fault> {
    let lease = &settlement.lease;
    let (id, name) = (lease.delivery(), lease.connection());
    let (kind, rule, failure, report) = match &settlement.outcome {
        Settled::Returned => return Ok(()),
        Settled::Again {
            due,
            resume,
            failure,
            report,
        } => return reschedule(work, id, name, *due, resume.as_ref(), failure, report),
        Settled::Delivered(report) => (OutcomeKind::Delivered, None, None, report),
        Settled::Skipped { rule, report } => (OutcomeKind::Skipped, Some(*rule), None, report),
        Settled::Dead { failure, report } => (OutcomeKind::Dead, None, Some(failure), report),
    };
    let end = End {
        kind,
        rule,
        failure,
        report,
    };
    finish(work, id, name, &end)
}

fn finish(work: &mut Work<'_>, id: DeliveryId, name: &Arc<str>, end: &End<'_>) -> Result<(), Fault> {
    let changed = work
        .connection
        .prepare_cached(FINISH)?
        .query_row(
            params![
                id.to_row(),
                end.kind.code(),
                end.report.attempts,
                began(end.report),
                status(end.report, end.failure),
                end.failure.map(|failure| failure.stage.code()),
                end.failure.and_then(|failure| failure.error_type.as_deref()),
                end.failure.map(|failure| failure.message.as_str()),
                end.report.finished_at.0,
                end.rule.map(SkipRule::code),
            ],
            Changed::read,
        )
        .optional()?
        .ok_or_else(|| not_waiting(id))?;
    store_round(work, id, changed.round, end.report, end.failure)?;
    let connection = Some(changed.connection);
    work.changes
        .add(connection, Entry::In(OutcomeKind::Waiting), None, -1);
    work.changes.add(connection, Entry::In(end.kind), end.rule, 1);
    if end.kind != OutcomeKind::Dead {
        work.memory.first_finished = work.memory.first_finished.min(id.to_row());
    }
    work.notify(name, Notice::Ended(id));
    release_next(work, name, &changed)
}

fn reschedule(
    work: &mut Work<'_>,
    id: DeliveryId,
    name: &Arc<str>,
    due: Millis,
    resume: Option<&Bytes>,
    failure: &Failure,
    report: &Report,
) -> Result<(), Fault> {
    let changed = work
        .connection
        .prepare_cached(RESCHEDULE)?
        .query_row(
            params![
                id.to_row(),
                due.0,
                report.attempts,
                began(report),
                status(report, Some(failure)),
                failure.stage.code(),
                failure.error_type,
                failure.message,
                resume.map(|resume| &resume[..]),
            ],
            Changed::read,
        )
        .optional()?
        .ok_or_else(|| not_waiting(id))?;
    store_round(work, id, changed.round, report, Some(failure))?;
    work.notify(name, Notice::Again(Place { due, id }));
    Ok(())
}

/// When the first attempt began, if there was any.
fn began(report: &Report) -> Option<i64> {
    (report.attempts > 0).then_some(report.started_at.0)
}

fn status(report: &Report, failure: Option<&Failure>) -> Option<u16> {
    failure.and_then(|failure| failure.status).or(report.status)
}

fn not_waiting(id: DeliveryId) -> Fault {
    Fault::Refused(QueueError::Invalid {
        reason: format!("delivery {id} does not wait in this store"),
    })
}

/// Rounds that tell nothing beyond the delivery's own row are not stored.
fn store_round(
    work: &Work<'_>,
    id: DeliveryId,
    number: u32,
    report: &Report,
    failure: Option<&Failure>,
) -> Result<(), Fault> {
    if number == 1 && failure.is_none() && report.detail.is_none() {
        return Ok(());
    }
    work.connection
        .prepare_cached(
            "INSERT INTO rounds (delivery, number, started_at, finished_at, attempts, status, stage, error_type, \
             message, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            id.to_row(),
            number,
            report.started_at.0,
            report.finished_at.0,
            report.attempts,
            status(report, failure),
            failure.map(|failure| failure.stage.code()),
            failure.and_then(|failure| failure.error_type.as_deref()),
            failure.map(|failure| failure.message.as_str()),
            report.detail.as_ref().map(|detail| &detail[..]),
        ])?;
    Ok(())
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
