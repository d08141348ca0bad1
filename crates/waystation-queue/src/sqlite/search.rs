//! Finding deliveries by a filter.
//!
//! The rows are walked in the order of ids along whichever index leaves the fewest of them, and each is
//! compared here. A walk ends after a bounded number of rows and can be continued, so that no search, however
//! little it finds, keeps a connection busy for long.

use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::digest;
use super::names::Names;
use super::timeline;
use crate::outcome::{OutcomeKind, SkipRule, Stage};
use crate::record::{RecordFilter, TimeRange};
use waystation_clock::Millis;

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
    subscription: Option<i64>,
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
    let numbers = (
        number(&filter.source),
        number(&filter.connection),
        number(&filter.subscription),
    );
    let (Some(source), Some(on), Some(subscription)) = numbers else {
        // A name that no row has.
        return Ok(Found::default());
    };
    let matcher = Matcher {
        filter,
        source,
        connection: on,
        subscription,
    };
    let (above, below) = timeline::bounds(connection, filter.received)?;
    let walk = Walk {
        above: walk.above.max(above),
        below: walk.below.min(below),
        ..walk
    };
    matcher.walk(connection, walk)
}

/// Events of a user are indexed within blocks of 2^12 ids: an index over all of time would touch another page for
/// each event, and a search can afford to look into every block.
const BLOCK_BITS: u32 = 12;

const COLUMNS: &str = "d.id, d.event, d.connection, d.state, d.rule, d.stage, d.status, d.error_type, \
    d.received_at, d.finished_at, d.warning IS NOT NULL, d.held_back IS NOT NULL, \
    d.stage IS NOT NULL, d.subscription";

/// The index that leaves the fewest rows, and what is looked up in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Path {
    /// The events of a message id.
    Message(i64),
    /// The events of a user, one block of ids after the other.
    User(i64),
    /// All dead letters.
    Dead,
    /// The deliveries of a connection.
    Connection(i64),
    /// Everything.
    All,
}

impl Path {
    fn of(filter: &RecordFilter, connection: Option<i64>) -> Self {
        if let Some(message_id) = &filter.message_id {
            Self::Message(digest::key(message_id))
        } else if let Some(user) = &filter.user {
            Self::User(digest::key(user))
        } else if filter.outcome == Some(OutcomeKind::Dead) {
            Self::Dead
        } else {
            connection.map_or(Self::All, Self::Connection)
        }
    }

    /// The statement that walks it: `?1` and `?2` are the ids to stay between, `?3` is the key, `?4` the block.
    pub(super) fn statement(self, direction: Direction) -> String {
        let order = match direction {
            Direction::Backward => "DESC",
            Direction::Forward => "ASC",
        };
        let of_event = |start: &str| {
            format!(
                "{start} AND e.id < ?2 AND d.id >= e.id AND d.id < e.id + e.deliveries \
                 AND d.id > ?1 AND d.id < ?2 ORDER BY e.id {order}, d.id {order}"
            )
        };
        let of_delivery = |start: &str| format!("{start} d.id > ?1 AND d.id < ?2 ORDER BY d.id {order}");
        let rows = match self {
            Self::Message(_) => of_event(
                "events e INDEXED BY events_by_message CROSS JOIN deliveries d WHERE e.message_key = ?3",
            ),
            Self::User(_) => of_event(
                "events e INDEXED BY events_by_user CROSS JOIN deliveries d \
                 WHERE (e.id >> 12) = ?4 AND e.user_key = ?3",
            ),
            Self::Dead => of_delivery("deliveries d INDEXED BY deliveries_dead WHERE d.state = 3 AND"),
            Self::Connection(_) => {
                of_delivery("deliveries d INDEXED BY deliveries_by_connection WHERE d.connection = ?3 AND")
            }
            Self::All => of_delivery("deliveries d WHERE"),
        };
        format!("SELECT {COLUMNS} FROM {rows}")
    }

    const fn key(self) -> Option<i64> {
        match self {
            Self::Message(key) | Self::User(key) | Self::Connection(key) => Some(key),
            Self::Dead | Self::All => None,
        }
    }

    /// The blocks of ids that are walked one after the other; none where the walk is not in blocks.
    fn blocks(self, connection: &Connection, walk: Walk) -> rusqlite::Result<Vec<Option<i64>>> {
        if !matches!(self, Self::User(_)) {
            return Ok(vec![None]);
        }
        let event = |sql, bound: i64| -> rusqlite::Result<Option<i64>> {
            let mut statement = connection.prepare_cached(sql)?;
            statement.query_row([bound], |row| row.get(0)).optional()
        };
        let first = event(
            "SELECT event FROM deliveries WHERE id > ?1 ORDER BY id LIMIT 1",
            walk.above,
        )?;
        let last = event(
            "SELECT event FROM deliveries WHERE id < ?1 ORDER BY id DESC LIMIT 1",
            walk.below,
        )?;
        let (Some(first), Some(last)) = (first, last) else {
            return Ok(Vec::new());
        };
        let blocks = (first >> BLOCK_BITS)..=(last >> BLOCK_BITS);
        Ok(match walk.direction {
            Direction::Backward => blocks.rev().map(Some).collect(),
            Direction::Forward => blocks.map(Some).collect(),
        })
    }
}

impl Matcher<'_> {
    fn walk(&self, connection: &Connection, walk: Walk) -> rusqlite::Result<Found> {
        let path = Path::of(self.filter, self.connection);
        let mut statement = connection.prepare_cached(&path.statement(walk.direction))?;
        let key = path.key();
        let mut found = Found::default();
        let mut looked_at = 0;
        for block in path.blocks(connection, walk)? {
            let bounds = [Some(walk.above), Some(walk.below)];
            let parameters = bounds.into_iter().chain([key, block]).flatten();
            let mut rows = statement.query(params_from_iter(parameters))?;
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                looked_at += 1;
                if self.matches(row)? && self.matches_event(connection, row.get(1)?)? {
                    found.ids.push(id);
                }
                if found.ids.len() >= walk.limit || looked_at >= walk.budget {
                    found.stopped_at = Some(id);
                    return Ok(found);
                }
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
            && is_within(filter.finished, row, 9)?
            && is(filter.warning.map(i64::from), row, 10)?
            && is(filter.held_back.map(i64::from), row, 11)?
            && is(filter.failed.map(i64::from), row, 12)?
            && is(self.subscription, row, 13)?)
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
