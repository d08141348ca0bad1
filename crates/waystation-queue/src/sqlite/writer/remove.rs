//! Removing rows for good.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::super::digest;
use super::super::tally::Entry;
use super::work::{Fault, Work};
use crate::outcome::{OutcomeKind, SkipRule};
use waystation_clock::Millis;

/// The columns of a [`Finished`], with the table.
pub(super) const FINISHED: &str =
    "SELECT id, event, connection, state, rule, received_at, finished_at FROM deliveries";

/// A delivery that does not wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finished {
    pub(super) id: i64,
    pub(super) event: i64,
    pub(super) connection: Option<i64>,
    pub(super) kind: OutcomeKind,
    pub(super) rule: Option<SkipRule>,
    pub(super) finished_at: Millis,
}

impl Finished {
    /// Reads a row of [`FINISHED`]; none if it waits.
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Option<Self>> {
        let kind = OutcomeKind::from_code(row.get(3)?);
        let Some(kind) = kind.filter(|kind| *kind != OutcomeKind::Waiting) else {
            return Ok(None);
        };
        let is_skip = kind == OutcomeKind::Skipped;
        let rule: Option<i64> = row.get(4)?;
        Ok(Some(Self {
            id: row.get(0)?,
            event: row.get(1)?,
            connection: row.get(2)?,
            kind,
            rule: rule.filter(|_| is_skip).and_then(SkipRule::from_code),
            finished_at: Millis(row.get::<_, Option<i64>>(6)?.unwrap_or(0)),
        }))
    }
}

/// A delivery that does not wait, if it is there.
pub(super) fn find(work: &Work<'_>, id: i64) -> Result<Option<Finished>, Fault> {
    let mut statement = work
        .connection
        .prepare_cached(&format!("{FINISHED} WHERE id = ?1"))?;
    Ok(statement.query_row([id], Finished::read).optional()?.flatten())
}

/// Removes a delivery. What was delivered or skipped stays counted as that; a dead letter is counted as purged.
///
/// [`remove_bereft_events`] must follow in the same transaction.
pub(super) fn remove(work: &mut Work<'_>, row: &Finished) -> Result<(), Fault> {
    let database = work.connection;
    database
        .prepare_cached("DELETE FROM deliveries WHERE id = ?1")?
        .execute([row.id])?;
    remove_rounds(database, row.id)?;
    work.bereft.insert(row.event);
    let entry = Entry::In(row.kind);
    if row.kind == OutcomeKind::Dead {
        work.changes.add(row.connection, entry, None, -1);
        work.changes.add(row.connection, Entry::Purged, None, 1);
        let length: Option<u32> = database
            .prepare_cached("SELECT length(body) FROM events WHERE id = ?1")?
            .query_row([row.event], |event| event.get(0))
            .optional()?;
        work.changes
            .add_bytes(row.connection, row.kind, u64::from(length.unwrap_or(0)), -1);
    } else {
        work.changes.lose_row(row.connection, entry, row.rule);
    }
    Ok(())
}

/// Removes the rounds of a delivery, and each call that no other round refers to.
fn remove_rounds(database: &Connection, delivery: i64) -> Result<(), Fault> {
    let mut delete = database.prepare_cached("DELETE FROM rounds WHERE delivery = ?1 RETURNING call")?;
    let calls = delete
        .query_map([delivery], |row| row.get::<_, Option<i64>>(0))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for call in calls.into_iter().flatten() {
        database
            .prepare_cached("UPDATE calls SET rounds = rounds - 1 WHERE id = ?1")?
            .execute([call])?;
        database
            .prepare_cached("DELETE FROM calls WHERE id = ?1 AND rounds <= 0")?
            .execute([call])?;
    }
    Ok(())
}

/// Removes the oldest records of what was delivered or skipped; how many.
pub(super) fn remove_oldest(work: &mut Work<'_>, limit: usize) -> Result<usize, Fault> {
    let mut statement = work.connection.prepare_cached(&format!(
        "{FINISHED} WHERE id >= ?1 AND state IN (1, 2) ORDER BY id LIMIT ?2"
    ))?;
    let rows = statement
        .query_map(params![work.memory.first_finished, limit as i64], Finished::read)?
        .filter_map(Result::transpose)
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for row in &rows {
        remove(work, row)?;
    }
    remove_bereft_events(work)?;
    work.memory.first_finished = match rows.last() {
        Some(last) if rows.len() == limit => last.id + 1,
        _ => work.memory.next_id,
    };
    Ok(rows.len())
}

/// Removes the events that have lost their last delivery. Their message ids are remembered for the rest of the
/// window.
pub(super) fn remove_bereft_events(work: &mut Work<'_>) -> Result<(), Fault> {
    let forgotten = work.now.minus(work.settings.duplicate_window);
    for event in std::mem::take(&mut work.bereft) {
        let mut delete = work.connection.prepare_cached(
            "DELETE FROM events WHERE id = ?1 AND NOT EXISTS ( \
             SELECT 1 FROM deliveries d WHERE d.id >= ?1 AND d.id < ?1 + events.deliveries) \
             RETURNING source, message_id, received_at, owns_id",
        )?;
        let gone: Option<(i64, String, i64, bool)> = delete
            .query_row([event], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .optional()?;
        if let Some((source, message_id, received_at, true)) = gone
            && received_at > forgotten.0
        {
            remember(work, source, &message_id, received_at)?;
        }
    }
    Ok(())
}

fn remember(work: &mut Work<'_>, source: i64, message_id: &str, at: i64) -> Result<(), Fault> {
    let source = work.names().name(work.connection, source)?;
    let key = digest::message(&source, message_id);
    work.connection
        .prepare_cached(
            "INSERT INTO seen (key, at) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET at = max(at, excluded.at)",
        )?
        .execute(params![key, at])?;
    work.memory.remembers_gone = true;
    Ok(())
}
