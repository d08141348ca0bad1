//! Opening the database file.

use std::fs::OpenOptions;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::limits::at_most;
use super::lock::StoreLock;
use super::schema::{self, Migration};
use crate::error::OpenError;

/// Statements that stay prepared on a connection; more than the store has.
const STATEMENTS: usize = 64;
/// Memory for pages of the writing connection. Indexes on hashes touch pages all over the file.
const WRITER_CACHE_KIB: i64 = 64 * 1024;
/// Memory for pages of each reading connection.
const READER_CACHE_KIB: i64 = 8 * 1024;
/// Pages in the write-ahead log before they are moved into the database: 16 MiB. A page that changes often is
/// moved once instead of each time.
const CHECKPOINT_PAGES: i64 = at_most(4096, 128) as i64;
/// To what the log is cut after that, in bytes.
pub(super) const LOG_BYTES: i64 = at_most(64 << 20, 1 << 20) as i64;

/// How long another process that has locked the file is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// The writing connection of an opened store.
#[derive(Debug)]
pub(super) struct OpenStore {
    /// The one connection that writes.
    pub(super) connection: Connection,
    /// Keeps other processes away.
    pub(super) lock: StoreLock,
}

/// Opens a store or makes it, and brings its layout up to date.
pub(super) fn open(path: &Path, migrations: &[Migration]) -> Result<OpenStore, OpenError> {
    let failed = |source| OpenError::File {
        path: path.to_owned(),
        source,
    };
    make(path).map_err(failed)?;
    if !is_database(path).map_err(failed)? {
        return Err(OpenError::NotAStore {
            path: path.to_owned(),
        });
    }
    let lock = StoreLock::take(path)?;
    let mut connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|error| refusal(path, error))?;
    identify(path, &connection, migrations)?;
    prepare(&mut connection, migrations).map_err(|error| refusal(path, error))?;
    Ok(OpenStore { connection, lock })
}

/// Opens a connection that only reads.
pub(super) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
    prepare_each(&connection)?;
    Ok(connection)
}

/// Makes the file if it is missing: for its owner only, since it holds tokens and personal data.
pub(super) fn make(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(file) => {
            file.sync_all()?;
            sync_folder(path)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// How every database of SQLite begins.
const MARK: &[u8] = b"SQLite format 3\0";

/// Whether a file is empty or begins like a database: SQLite itself takes over what is too short to be one.
fn is_database(path: &Path) -> io::Result<bool> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut beginning = Vec::new();
    std::fs::File::open(path)?
        .take(MARK.len() as u64)
        .read_to_end(&mut beginning)?;
    Ok(beginning.is_empty() || beginning == MARK)
}

/// A new file survives a power cut only if its folder was written too.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::File::open(folder)?.sync_all(),
        _ => std::fs::File::open(".")?.sync_all(),
    }
}

/// Refuses what is not ours or is too new, before anything is written.
fn identify(path: &Path, connection: &Connection, migrations: &[Migration]) -> Result<(), OpenError> {
    let database = |error| refusal(path, error);
    let application: i64 = connection
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(database)?;
    let objects: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(database)?;
    let found = schema::version(connection).map_err(database)?;
    let is_new = objects == 0 && application == 0 && found == 0;
    let is_ours = || Ok(application == schema::APPLICATION_ID && found >= 1 && has_tables(connection)?);
    if !is_new && !is_ours().map_err(database)? {
        return Err(OpenError::NotAStore {
            path: path.to_owned(),
        });
    }
    let supported = schema::newest(migrations);
    if found > supported {
        return Err(OpenError::NewerVersion {
            path: path.to_owned(),
            found,
            supported,
        });
    }
    Ok(())
}

/// Whether the tables are there that every version has.
fn has_tables(connection: &Connection) -> rusqlite::Result<bool> {
    let tables: i64 = connection.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' \
         AND name IN ('names', 'events', 'deliveries', 'rounds', 'seen', 'counts', 'kept', 'next_delivery', 'labels')",
        [],
        |row| row.get(0),
    )?;
    Ok(tables == 9)
}

fn prepare(connection: &mut Connection, migrations: &[Migration]) -> rusqlite::Result<()> {
    prepare_each(connection)?;
    // Must come before the first table; on a store that exists it changes nothing.
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    connection.pragma_update_and_check(None, "wal_autocheckpoint", CHECKPOINT_PAGES, |_| Ok(()))?;
    connection.pragma_update_and_check(None, "journal_size_limit", LOG_BYTES, |_| Ok(()))?;
    schema::migrate(connection, migrations)?;
    schema::write_labels(connection)
}

/// What reading and writing connections have in common.
fn prepare_each(connection: &Connection) -> rusqlite::Result<()> {
    rusqlite::vtab::array::load_module(connection)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Plans must not depend on parameters: otherwise some statements are prepared anew for each value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

fn refusal(path: &Path, source: rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => OpenError::NotAStore { path },
        _ => OpenError::Database { path, source },
    }
}
