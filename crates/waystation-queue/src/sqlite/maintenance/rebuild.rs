//! Making a store whole again from the rows that could be saved.

use rusqlite::{Connection, params};

use super::super::tally;
use crate::outcome::Stage;

/// The class of the error of an event whose deliveries were lost.
const ERROR_TYPE: &str = "STORE_DAMAGED";

/// What was taken out or put in to make a store whole.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Rebuilt {
    /// Deliveries whose event was lost: number, connection, state, in words.
    pub(super) without_event: Vec<String>,
    /// How many events had lost their deliveries, and are dead letters now.
    pub(super) revived: u64,
    /// Rounds whose delivery was lost.
    pub(super) rounds: u64,
    /// Calls that no round refers to any more.
    pub(super) calls: u64,
    /// Names that were lost.
    pub(super) names: u64,
    /// Rounds whose call was lost.
    pub(super) without_call: u64,
}

/// Makes a store whole again: nothing names what is not there, and the ledger adds up. What was lost is not counted as
/// accepted any more.
pub(super) fn rebuild(connection: &Connection) -> rusqlite::Result<Rebuilt> {
    let mut rebuilt = Rebuilt {
        without_event: deliveries_without_event(connection)?,
        ..Rebuilt::default()
    };
    connection.execute(
        "DELETE FROM deliveries WHERE NOT EXISTS ( \
             SELECT 1 FROM events e \
             WHERE e.id = deliveries.event AND deliveries.id >= e.id AND deliveries.id < e.id + e.deliveries)",
        [],
    )?;
    rebuilt.revived = revive(connection)?;
    rebuilt.rounds = count(connection.execute(
        "DELETE FROM rounds WHERE delivery NOT IN (SELECT id FROM deliveries)",
        [],
    )?);
    rebuilt.without_call = count(connection.execute(
        "UPDATE rounds SET call = NULL WHERE call IS NOT NULL AND call NOT IN (SELECT id FROM calls)",
        [],
    )?);
    connection.execute_batch(
        "CREATE TEMP TABLE used_calls (id INTEGER PRIMARY KEY, n INTEGER NOT NULL); \
         INSERT INTO used_calls SELECT call, count(*) FROM rounds WHERE call IS NOT NULL GROUP BY call; \
         UPDATE calls SET rounds = ifnull((SELECT n FROM used_calls u WHERE u.id = calls.id), 0)",
    )?;
    rebuilt.calls = count(connection.execute("DELETE FROM calls WHERE rounds = 0", [])?);
    rebuilt.names = count(connection.execute(
        "INSERT INTO names (id, name) SELECT id, 'lost name ' || id FROM ( \
             SELECT source AS id FROM events UNION SELECT connection FROM deliveries \
             UNION SELECT subscription FROM deliveries UNION SELECT action FROM deliveries) \
         WHERE id IS NOT NULL AND id NOT IN (SELECT id FROM names)",
        [],
    )?);
    number_on(connection)?;
    recount(connection)?;
    Ok(rebuilt)
}

fn count(rows: usize) -> u64 {
    rows as u64
}

fn deliveries_without_event(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(
        "SELECT 'delivery ' || d.id || ' to ' || ifnull(n.name, 'no connection') || ', ' \
             || CASE d.state WHEN 0 THEN 'waiting' WHEN 1 THEN 'delivered' WHEN 2 THEN 'skipped' ELSE 'dead' END \
             || ', received ' || strftime('%Y-%m-%dT%H:%M:%SZ', d.received_at / 1000, 'unixepoch') \
             || ': its event ' || d.event || ' is lost' \
         FROM deliveries d LEFT JOIN names n ON n.id = d.connection WHERE NOT EXISTS ( \
             SELECT 1 FROM events e WHERE e.id = d.event AND d.id >= e.id AND d.id < e.id + e.deliveries) \
         ORDER BY d.id",
    )?;
    let rows = statement.query_map([], |row| row.get(0))?;
    rows.collect()
}

/// Events that have lost all of their deliveries become dead letters, so that somebody can decide to have them routed
/// anew: some of them may have been delivered.
fn revive(connection: &Connection) -> rusqlite::Result<u64> {
    let revived = connection.execute(
        "INSERT INTO deliveries (id, event, state, received_at, finished_at, stage, error_type, message) \
         SELECT e.id, e.id, 3, e.received_at, e.received_at, ?1, ?2, ?3 FROM events e WHERE NOT EXISTS ( \
             SELECT 1 FROM deliveries d WHERE d.id >= e.id AND d.id < e.id + e.deliveries)",
        params![
            Stage::Ingest.code(),
            ERROR_TYPE,
            "What was to become of the event was lost when the store was damaged; it may have been delivered. \
             A replay routes it as a new event",
        ],
    )?;
    Ok(count(revived))
}

/// No number is given twice.
fn number_on(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT INTO next_delivery SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM next_delivery)",
        [],
    )?;
    connection.execute(
        "UPDATE next_delivery SET id = max(id, \
             ifnull((SELECT max(id) + 1 FROM deliveries), 1), \
             ifnull((SELECT max(id + deliveries) FROM events), 1))",
        [],
    )?;
    Ok(())
}

/// Counts the rows anew; what is counted without a row stays as it was.
fn recount(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "CREATE TEMP TABLE counted ( \
             connection INTEGER, entry INTEGER, rule INTEGER, n INTEGER, PRIMARY KEY (connection, entry, rule)); \
         INSERT INTO counted SELECT ifnull(connection, 0), state, \
             CASE state WHEN 2 THEN ifnull(rule, 0) ELSE 0 END, count(*) FROM deliveries GROUP BY 1, 2, 3; \
         INSERT OR IGNORE INTO counts SELECT connection, entry, rule, 0, 0 FROM counted; \
         UPDATE counts SET total = rowless + ifnull(( \
             SELECT n FROM counted c \
             WHERE c.connection = counts.connection AND c.entry = counts.entry AND c.rule = counts.rule), 0) \
             WHERE entry <= 3; \
         INSERT OR IGNORE INTO counts SELECT DISTINCT connection, 4, 0, 0, 0 FROM counts; \
         UPDATE counts SET total = ( \
             SELECT ifnull(sum(o.total), 0) FROM counts o \
             WHERE o.connection = counts.connection AND o.entry IN (0, 1, 2, 3, 5)) WHERE entry = 4; \
         DELETE FROM counts WHERE entry IN (8, 9)",
    )?;
    tally::recount_bytes(connection);
    Ok(())
}
