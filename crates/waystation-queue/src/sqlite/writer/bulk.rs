//! Replaying and purging dead letters, and releasing what is parked, a slice at a time.

use rusqlite::{OptionalExtension, params};

use super::super::limits::{BULK_BUDGET, BULK_SLICE};
use super::super::search::{self, Direction, Walk};
use super::super::tally::Entry;
use super::super::window::{Notice, Place};
use super::remove;
use super::request::{Done, Reply};
use super::work::{Fault, Work};
use crate::error::QueueError;
use crate::event::DeliveryId;
use crate::outcome::OutcomeKind;
use crate::record::{RecordFilter, Selection};
use waystation_clock::Millis;

/// What is done to deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sqlite) enum BulkAction {
    /// They wait again.
    Replay {
        /// Until when they are to be tried.
        horizon: Millis,
    },
    /// Dead letters go.
    Purge,
    /// What is parked is due.
    Release,
}

/// A replay or a purge under way.
#[derive(Debug)]
pub(in crate::sqlite) struct Bulk {
    action: BulkAction,
    selection: Selection,
    reply: Reply<Result<u64, QueueError>>,
    /// The last id that was looked at.
    after: i64,
    done: u64,
}

impl Bulk {
    /// Begins.
    pub(in crate::sqlite) fn new(
        action: BulkAction,
        selection: Selection,
        reply: Reply<Result<u64, QueueError>>,
    ) -> Self {
        let selection = match selection {
            Selection::Matching(filter) if action != BulkAction::Release => {
                Selection::Matching(RecordFilter {
                    outcome: Some(OutcomeKind::Dead),
                    ..filter
                })
            }
            other => other,
        };
        Self {
            action,
            selection,
            reply,
            after: 0,
            done: 0,
        }
    }

    /// Does the next slice. Oldest first, since the older one of an order key must wait first.
    pub(super) fn slice(&self, work: &mut Work<'_>) -> Result<Done, Fault> {
        let (ids, stopped_at) = match &self.selection {
            Selection::One(id) => (vec![id.to_row()], None),
            Selection::Matching(filter) if self.action == BulkAction::Release => {
                parked(work, filter, self.after)?
            }
            Selection::Matching(filter) => {
                let walk = Walk {
                    direction: Direction::Forward,
                    above: self.after,
                    below: i64::MAX,
                    limit: BULK_SLICE,
                    budget: BULK_BUDGET,
                };
                let found = search::search(work.connection, work.names(), filter, walk)?;
                (found.ids, found.stopped_at)
            }
        };
        let count = match self.action {
            BulkAction::Replay { horizon } => replay(work, &ids, horizon)?,
            BulkAction::Purge => purge(work, &ids)?,
            BulkAction::Release => release(work, &ids)?,
        };
        Ok(Done::BulkSlice { count, stopped_at })
    }

    /// Notes a slice that is on disk; gives itself back if there is more to do.
    pub(super) fn went_on(mut self, count: u64, stopped_at: Option<i64>) -> Option<Self> {
        self.done += count;
        if let Some(id) = stopped_at {
            self.after = id;
            return Some(self);
        }
        let _ = self.reply.send(Ok(self.done));
        None
    }

    /// Answers that a slice failed.
    pub(super) fn fail(self, error: QueueError) {
        let _ = self.reply.send(Err(error));
    }
}

fn replay(work: &mut Work<'_>, ids: &[i64], horizon: Millis) -> Result<u64, Fault> {
    let due = work.now;
    let mut replayed = 0;
    for id in ids {
        let mut update = work.connection.prepare_cached(
            "UPDATE deliveries SET state = 0, due = ?2, horizon = ?3, finished_at = NULL \
             WHERE id = ?1 AND state = 3 AND connection IS NOT NULL RETURNING connection, event, \
             (SELECT length(body) FROM events e WHERE e.id = deliveries.event)",
        )?;
        let changed: Option<(i64, i64, Option<u32>)> = update
            .query_row(params![id, due.0, horizon.0], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        let Some((connection, event, length)) = changed else {
            continue;
        };
        work.connection
            .prepare_cached("UPDATE events SET owns_id = 1 WHERE id = ?1 AND NOT owns_id")?
            .execute([event])?;
        replayed += 1;
        work.changes
            .add(Some(connection), Entry::In(OutcomeKind::Dead), None, -1);
        work.changes
            .add(Some(connection), Entry::In(OutcomeKind::Waiting), None, 1);
        work.changes.add(Some(connection), Entry::Replayed, None, 1);
        for (kind, by) in [(OutcomeKind::Dead, -1), (OutcomeKind::Waiting, 1)] {
            work.changes
                .add_bytes(Some(connection), kind, u64::from(length.unwrap_or(0)), by);
        }
        let name = work.names().name(work.connection, connection)?;
        let id = DeliveryId::from_row(*id);
        work.notify(&name, Notice::Waits(Place { due, id }));
    }
    Ok(replayed)
}

/// What is parked for a connection, from the oldest on; and where to look on.
fn parked(work: &mut Work<'_>, filter: &RecordFilter, after: i64) -> Result<(Vec<i64>, Option<i64>), Fault> {
    let number = |name: &Option<std::sync::Arc<str>>| name.as_ref().map(|name| work.names().id(name));
    let (Some(Some(connection)), subscription, source) = (
        number(&filter.connection),
        number(&filter.subscription),
        number(&filter.source),
    ) else {
        return Ok((Vec::new(), None));
    };
    let mut statement = work.connection.prepare_cached(
        "SELECT d.id, d.subscription, e.source FROM deliveries d INDEXED BY deliveries_waiting \
         JOIN events e ON e.id = d.event \
         WHERE d.state = 0 AND d.connection = ?1 AND d.due = ?2 AND d.id > ?3 ORDER BY d.id LIMIT ?4",
    )?;
    let mut rows = statement.query(params![connection, Millis::PARKED.0, after, BULK_SLICE as i64])?;
    let is = |wanted: Option<Option<i64>>, found: Option<i64>| wanted.is_none_or(|wanted| wanted == found);
    let (mut ids, mut looked_at, mut last) = (Vec::new(), 0, after);
    while let Some(row) = rows.next()? {
        last = row.get(0)?;
        looked_at += 1;
        if is(subscription, row.get(1)?) && is(source, row.get(2)?) {
            ids.push(last);
        }
    }
    Ok((ids, (looked_at >= BULK_SLICE).then_some(last)))
}

fn release(work: &mut Work<'_>, ids: &[i64]) -> Result<u64, Fault> {
    let due = work.now;
    let mut released = 0;
    for id in ids {
        let mut update = work.connection.prepare_cached(
            "UPDATE deliveries SET due = ?2 WHERE id = ?1 AND state = 0 AND due = ?3 RETURNING connection",
        )?;
        let connection: Option<i64> = update
            .query_row(params![id, due.0, Millis::PARKED.0], |row| row.get(0))
            .optional()?;
        let Some(connection) = connection else { continue };
        released += 1;
        let name = work.names().name(work.connection, connection)?;
        let id = DeliveryId::from_row(*id);
        work.notify(&name, Notice::Waits(Place { due, id }));
    }
    Ok(released)
}

fn purge(work: &mut Work<'_>, ids: &[i64]) -> Result<u64, Fault> {
    let mut purged = 0;
    for id in ids {
        if let Some(row) = remove::find(work, *id)?.filter(|row| row.kind == OutcomeKind::Dead) {
            remove::remove(work, &row)?;
            purged += 1;
        }
    }
    remove::remove_bereft_events(work)?;
    Ok(purged)
}
