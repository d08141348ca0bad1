//! Showing deliveries.

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::limits::{LONGEST_PAGE, PAGE_BUDGET};
use super::names::Names;
use super::search::{self, Direction, Walk};
use crate::event::DeliveryId;
use crate::outcome::{Failure, OutcomeKind, SkipRule, Stage};
use crate::record::{Page, RecordDetail, RecordQuery, RecordSummary, Round, State};
use crate::settlement::Report;
use waystation_clock::Millis;

const READ: &str = "SELECT d.id, e.source, e.message_id, e.user, e.type, e.name, d.received_at, d.connection, \
    d.subscription, d.action, d.state, d.due, d.horizon, d.finished_at, d.rule, d.stage, d.status, d.error_type, \
    d.message, d.held_back, d.attempts, d.rounds, d.first_attempt_at, d.warning \
    FROM deliveries d JOIN events e ON e.id = d.event WHERE d.id = ?1";

/// An event has the ids of its deliveries, without a gap.
pub(super) const NOTED: &str = "SELECT d.resume FROM events e JOIN deliveries d \
    ON d.id BETWEEN e.id AND e.id + e.deliveries - 1 \
    WHERE e.id = ?1 AND d.connection = ?2 AND d.state = 1 AND d.resume IS NOT NULL ORDER BY d.id";

/// A page of records.
pub(super) fn page(
    connection: &Connection,
    names: &Names,
    query: &RecordQuery,
) -> rusqlite::Result<Page<RecordSummary>> {
    let walk = Walk {
        direction: Direction::Backward,
        above: 0,
        below: query.before.map_or(i64::MAX, DeliveryId::to_row),
        limit: query.limit.clamp(1, LONGEST_PAGE),
        budget: PAGE_BUDGET,
    };
    let found = search::search(connection, names, &query.filter, walk)?;
    let mut items = Vec::with_capacity(found.ids.len());
    for id in found.ids {
        items.extend(summary(connection, names, id)?);
    }
    Ok(Page {
        items,
        next: found.stopped_at.map(DeliveryId::from_row),
    })
}

/// One record.
pub(super) fn detail(
    connection: &Connection,
    names: &Names,
    id: DeliveryId,
) -> rusqlite::Result<Option<RecordDetail>> {
    let Some(summary) = summary(connection, names, id.to_row())? else {
        return Ok(None);
    };
    let mut statement = connection
        .prepare_cached("SELECT e.body FROM deliveries d JOIN events e ON e.id = d.event WHERE d.id = ?1")?;
    let body: Vec<u8> = statement.query_row([id.to_row()], |row| row.get(0))?;
    Ok(Some(RecordDetail {
        summary,
        body: body.into(),
        history: history(connection, id)?,
    }))
}

fn summary(connection: &Connection, names: &Names, id: i64) -> rusqlite::Result<Option<RecordSummary>> {
    let mut statement = connection.prepare_cached(READ)?;
    statement
        .query_row([id], |row| {
            Ok(RecordSummary {
                id: DeliveryId::from_row(row.get(0)?),
                source: names.name(connection, row.get(1)?)?,
                message_id: row.get(2)?,
                user: row.get(3)?,
                event_type: row.get(4)?,
                event_name: row.get(5)?,
                received_at: Millis(row.get(6)?),
                connection: names.optional(connection, row.get(7)?)?,
                subscription: names.optional(connection, row.get(8)?)?,
                action: names.optional(connection, row.get(9)?)?,
                state: state(row)?,
                status: row.get(16)?,
                attempts: row.get(20)?,
                rounds: row.get(21)?,
                first_attempt_at: row.get::<_, Option<i64>>(22)?.map(Millis),
            })
        })
        .optional()
}

fn state(row: &Row<'_>) -> rusqlite::Result<State> {
    let time = |column| Ok::<_, rusqlite::Error>(Millis(row.get::<_, Option<i64>>(column)?.unwrap_or(0)));
    let at = time(13)?;
    Ok(match OutcomeKind::from_code(row.get(10)?) {
        Some(OutcomeKind::Waiting) => State::Waiting {
            due: time(11)?,
            horizon: time(12)?,
            failure: failure(row, 15, 16)?,
        },
        Some(OutcomeKind::Delivered) => State::Delivered {
            at,
            warning: row.get(23)?,
        },
        Some(OutcomeKind::Skipped) => State::Skipped {
            at,
            rule: SkipRule::from_code(row.get(14)?).ok_or_else(|| unknown_code(14))?,
        },
        Some(OutcomeKind::Dead) => State::Dead {
            at,
            failure: failure(row, 15, 16)?.ok_or_else(|| unknown_code(15))?,
        },
        None => return Err(unknown_code(10)),
    })
}

/// The failure in the columns `stage`, `status`, `error_type`, `message`, `held_back`; the last three follow the
/// status.
fn failure(row: &Row<'_>, stage: usize, status: usize) -> rusqlite::Result<Option<Failure>> {
    let Some(code) = row.get::<_, Option<i64>>(stage)? else {
        return Ok(None);
    };
    Ok(Some(Failure {
        stage: Stage::from_code(code).ok_or_else(|| unknown_code(stage))?,
        status: row.get(status)?,
        error_type: row.get(status + 1)?,
        message: row.get::<_, Option<String>>(status + 2)?.unwrap_or_default(),
        held_back: row.get(status + 3)?,
    }))
}

fn unknown_code(column: usize) -> rusqlite::Error {
    rusqlite::Error::IntegralValueOutOfRange(column, -1)
}

fn history(connection: &Connection, id: DeliveryId) -> rusqlite::Result<Vec<Round>> {
    let mut statement = connection.prepare_cached(
        "SELECT r.number, r.started_at, r.finished_at, r.attempts, r.detail, r.stage, r.status, r.error_type, \
         r.message, r.held_back, c.detail FROM rounds r LEFT JOIN calls c ON c.id = r.call \
         WHERE r.delivery = ?1 ORDER BY r.number",
    )?;
    let rounds = statement.query_map(params![id.to_row()], |row| {
        Ok(Round {
            number: row.get(0)?,
            report: Report {
                status: row.get(6)?,
                attempts: row.get(3)?,
                started_at: Millis(row.get(1)?),
                finished_at: Millis(row.get(2)?),
                detail: row.get::<_, Option<Vec<u8>>>(4)?.map(Bytes::from),
                call: row.get::<_, Option<Vec<u8>>>(10)?.map(Bytes::from),
            },
            failure: failure(row, 5, 6)?,
        })
    })?;
    rounds.collect()
}
