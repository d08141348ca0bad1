//! Finding deliveries by a filter.
//!
//! The rows are walked in the order of ids along whichever index leaves the fewest of them, and each is
//! compared here. A walk ends after a bounded number of rows and can be continued, so that no search, however
//! little it finds, keeps a connection busy for long.

use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

use super::digest;
use super::names::Names;
use super::timeline;
use crate::outcome::{OutcomeKind, SkipRule, Stage};
use crate::record::{RecordFilter, TimeRange};
use crate::time::Millis;

/// In which order rows are walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the newest to the oldest.
    Backward,
    /// From the oldest to the newest.
    Forward,
}

/// How a search goes on and when it stops.
#[derive(Debug, Clone, Copy)]
pub(super) struct Walk {
    /// In which order.
    pub(super) direction: Direction,
    /// The first id that is too low.
    pub(super) above: i64,
    /// The first id that is too high.
    pub(super) below: i64,
    /// How many matches are enough.
    pub(super) limit: usize,
    /// How many rows may be looked at.
    pub(super) budget: usize,
}

/// What a search found.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Found {
    /// The ids of the matches, in the order of the walk.
    pub(super) ids: Vec<i64>,
    /// The last id that was looked at, if there may be more.
    pub(super) stopped_at: Option<i64>,
}

/// A filter with numbers in place of names.
#[derive(Debug)]
struct Matcher<'a> {
    filter: &'a RecordFilter,
    source: Option<i64>,
    connection: Option<i64>,
}

/// Finds the deliveries that match.
pub(super) fn search(
    connection: &Connection,
    names: &Names,
    filter: &RecordFilter,
    walk: Walk,
) -> rusqlite::Result<Found> {
    let number = |name: &Option<std::sync::Arc<str>>| match name {
        Some(name) => names.id(name).map(Some),
        None => Some(None),
    };
    let (Some(source), Some(on)) = (number(&filter.source), number(&filter.connection)) else {
        // A name that no row has.
        return Ok(Found::default());
    };
    let matcher = Matcher {
        filter,
        source,
        connection: on,
    };
    let (above, below) = timeline::bounds(connection, filter.received)?;
    let walk = Walk {
        above: walk.above.max(above),
        below: walk.below.min(below),
        ..walk
    };
    matcher.walk(connection, walk)
}

const COLUMNS: &str = "d.id, d.event, d.connection, d.state, d.rule, d.stage, d.status, d.error_type, \
    d.received_at, d.finished_at";

/// The statement that walks the index which leaves the fewest rows: `?1` and `?2` are the ids to stay between,
/// `?3` is the [`key`] if there is one.
pub(super) fn statement(filter: &RecordFilter, connection: Option<i64>, direction: Direction) -> String {
    let order = match direction {
        Direction::Backward => "DESC",
        Direction::Forward => "ASC",
    };
    let of_event = |index: &str, column: &str| {
        format!(
            "events e INDEXED BY {index} CROSS JOIN deliveries d \
             WHERE e.{column} = ?3 AND e.id < ?2 AND d.id >= e.id AND d.id < e.id + e.deliveries \
             AND d.id > ?1 AND d.id < ?2 ORDER BY e.id {order}, d.id {order}"
        )
    };
    let rows = if filter.message_id.is_some() {
        of_event("events_by_message", "message_key")
    } else if filter.user.is_some() {
        of_event("events_by_user", "user_key")
    } else {
        let start = if filter.outcome == Some(OutcomeKind::Dead) {
            "INDEXED BY deliveries_dead WHERE d.state = 3 AND"
        } else if connection.is_some() {
            "INDEXED BY deliveries_by_connection WHERE d.connection = ?3 AND"
        } else {
            "WHERE"
        };
        format!("deliveries d {start} d.id > ?1 AND d.id < ?2 ORDER BY d.id {order}")
    };
    format!("SELECT {COLUMNS} FROM {rows}")
}

/// The value that the [`statement`] looks for in its index.
fn key(filter: &RecordFilter, connection: Option<i64>) -> Option<i64> {
    let text = filter.message_id.as_ref().or(filter.user.as_ref());
    match text {
        Some(text) => Some(digest::key(text)),
        None if filter.outcome == Some(OutcomeKind::Dead) => None,
        None => connection,
    }
}

impl Matcher<'_> {
    fn walk(&self, connection: &Connection, walk: Walk) -> rusqlite::Result<Found> {
        let mut statement =
            connection.prepare_cached(&statement(self.filter, self.connection, walk.direction))?;
        let key = key(self.filter, self.connection);
        let mut parameters: Vec<&dyn ToSql> = vec![&walk.above, &walk.below];
        parameters.extend(key.as_ref().map(|key| key as &dyn ToSql));
        let mut rows = statement.query(parameters.as_slice())?;
        let mut found = Found::default();
        let mut looked_at = 0;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            looked_at += 1;
            if self.matches(row)? && self.matches_event(connection, row.get(1)?)? {
                found.ids.push(id);
            }
            if found.ids.len() >= walk.limit || looked_at >= walk.budget {
                found.stopped_at = Some(id);
                break;
            }
        }
        Ok(found)
    }

    fn matches(&self, row: &Row<'_>) -> rusqlite::Result<bool> {
        let filter = self.filter;
        Ok(is(self.connection, row, 2)?
            && is(filter.outcome.map(OutcomeKind::code), row, 3)?
            && is(filter.rule.map(SkipRule::code), row, 4)?
            && is(filter.stage.map(Stage::code), row, 5)?
            && is(filter.status.map(i64::from), row, 6)?
            && is_text(filter.error_type.as_deref(), row, 7)?
            && is_within(filter.received, row, 8)?
            && is_within(filter.finished, row, 9)?)
    }

    fn matches_event(&self, connection: &Connection, event: i64) -> rusqlite::Result<bool> {
        let RecordFilter { message_id, user, .. } = self.filter;
        if self.source.is_none() && message_id.is_none() && user.is_none() {
            return Ok(true);
        }
        let mut statement =
            connection.prepare_cached("SELECT source, message_id, user FROM events WHERE id = ?1")?;
        let matches = statement
            .query_row(params![event], |row| {
                Ok(is(self.source, row, 0)?
                    && is_text(message_id.as_deref(), row, 1)?
                    && is_text(user.as_deref(), row, 2)?)
            })
            .optional()?;
        Ok(matches.unwrap_or(false))
    }
}

fn is(wanted: Option<i64>, row: &Row<'_>, column: usize) -> rusqlite::Result<bool> {
    match wanted {
        Some(wanted) => Ok(row.get_ref(column)?.as_i64_or_null()? == Some(wanted)),
        None => Ok(true),
    }
}

fn is_text(wanted: Option<&str>, row: &Row<'_>, column: usize) -> rusqlite::Result<bool> {
    match wanted {
        Some(wanted) => Ok(row.get_ref(column)?.as_str_or_null()? == Some(wanted)),
        None => Ok(true),
    }
}

fn is_within(wanted: TimeRange, row: &Row<'_>, column: usize) -> rusqlite::Result<bool> {
    if wanted.is_unbounded() {
        return Ok(true);
    }
    let time: Option<i64> = row.get(column)?;
    Ok(time.is_some_and(|time| wanted.contains(Millis(time))))
}
