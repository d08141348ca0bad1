//! How full the file is.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension};

use super::settings::SqliteSettings;
use super::shared::Shared;
use crate::ledger::Occupancy;

/// The share of the file that is kept free of new events, so that settlements find room.
const HEADROOM: u64 = 16;

/// Pages that even the smallest store has beyond its limit.
const RESERVE_PAGES: u64 = 256;

/// How long the write-ahead log may get by itself, in bytes; beyond this it counts as used.
pub(super) const USUAL_LOG: u64 = 2 * super::file::LOG_BYTES.cast_unsigned();

/// What an empty store takes, and a few events, in bytes.
pub(super) const SMALLEST: u64 = 256 << 10;

/// How full the file is, as this connection sees it.
pub(super) fn read(connection: &Connection, shared: &Shared) -> rusqlite::Result<Occupancy> {
    let settings = &shared.settings;
    Ok(Occupancy {
        used: used(connection)?,
        limit: limit(settings),
        unreadable: shared.condition.unreadable(),
        log: log_bytes(&settings.path),
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

/// The most pages that the file may have: beyond this SQLite itself refuses. Between the limit and this, what
/// settlements have to write finds room.
pub(super) fn most_pages(connection: &Connection, settings: &SqliteSettings) -> rusqlite::Result<u64> {
    let page = pragma(connection, "page_size")?.max(1);
    let present = pragma(connection, "page_count")?;
    let wanted = settings.max_bytes.saturating_add(settings.max_bytes / HEADROOM) / page;
    Ok(wanted.max(present) + RESERVE_PAGES)
}

/// How long the write-ahead log of a store is, in bytes; 0 if there is none.
pub(super) fn log_bytes(store: &Path) -> u64 {
    let mut path = store.as_os_str().to_owned();
    path.push("-wal");
    std::fs::metadata(path).map_or(0, |log| log.len())
}

/// The value of a pragma that is a count.
pub(super) fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<u64> {
    let mut statement = connection.prepare_cached(&format!("PRAGMA {name}"))?;
    let value: Option<i64> = statement.query_row([], |row| row.get(0)).optional()?;
    Ok(value.map_or(0, i64::cast_unsigned))
}
