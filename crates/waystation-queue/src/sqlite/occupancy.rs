//! How full the file is.

use rusqlite::{Connection, OptionalExtension};

use super::settings::SqliteSettings;
use crate::ledger::Occupancy;

/// The share of the file that is kept free of new events, so that settlements find room.
const HEADROOM: u64 = 16;

/// How full the file is, as this connection sees it.
pub(super) fn read(connection: &Connection, settings: &SqliteSettings) -> rusqlite::Result<Occupancy> {
    Ok(Occupancy {
        used: used(connection)?,
        limit: limit(settings),
    })
}

/// How much of the file is in use, in bytes.
pub(super) fn used(connection: &Connection) -> rusqlite::Result<u64> {
    let pages = pragma(connection, "page_count")?.saturating_sub(pragma(connection, "freelist_count")?);
    Ok(pages * pragma(connection, "page_size")?)
}

/// How much of it events may use, in bytes.
pub(super) const fn limit(settings: &SqliteSettings) -> u64 {
    settings.max_bytes - settings.max_bytes / HEADROOM
}

/// The value of a pragma that is a count.
pub(super) fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<u64> {
    let mut statement = connection.prepare_cached(&format!("PRAGMA {name}"))?;
    let value: Option<i64> = statement.query_row([], |row| row.get(0)).optional()?;
    Ok(value.map_or(0, i64::cast_unsigned))
}
