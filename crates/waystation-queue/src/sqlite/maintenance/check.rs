//! Whether a store is sound.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::super::schema;
use super::audit::{self, Subject};
use super::walk::{self, Walked};

/// How many complaints of the database itself are read.
const MOST_COMPLAINTS: usize = 100;

/// How many examples there are of each finding.
const EXAMPLES: usize = 5;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The version of the store's layout.
    pub version: i64,
    /// The tables, with how many rows can be read.
    pub tables: Vec<CheckedTable>,
    /// What is wrong; nothing if the store is sound.
    pub findings: Vec<Finding>,
}

/// A table of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedTable {
    /// Its name.
    pub name: &'static str,
    /// How many rows can be read.
    pub rows: u64,
    /// Between which numbers there are rows that cannot be read, both ends included.
    pub unreadable: Vec<(i64, i64)>,
    /// Why, in the words of the database.
    pub reason: Option<String>,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The database finds fault with its own file.
    Structure {
        /// How many faults; at most a hundred are looked for.
        count: u64,
        /// The first of them.
        examples: Vec<String>,
    },
    /// The counts do not add up, or do not agree with the rows.
    Ledger {
        /// How many do not.
        count: u64,
        /// The first of them.
        examples: Vec<String>,
    },
    /// Rows name others that are not there.
    References {
        /// How many do.
        count: u64,
        /// The first of them.
        examples: Vec<String>,
    },
    /// Rows cannot be read.
    Unreadable {
        /// Of which table.
        table: &'static str,
        /// Why.
        reason: String,
    },
}

/// Why a store cannot be checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// There is no such file.
    #[error("there is no store {}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else, or its beginning is damaged.
    #[error("{} is not a store of Waystation, or its first page is damaged: {reason}", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
        /// In the words of the database.
        reason: String,
    },
    /// It is of another version.
    #[error(
        "the store {} has version {found}, and only version {supported} can be looked into; \
         {}", path.display(),
        if found < supported { "start this program's service on it once" } else { "use the program that wrote it" }
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The version of this program.
        supported: i64,
    },
    /// The database refused for another reason.
    #[error("the store {} cannot be read: {source}", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
}

impl Checked {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Looks whether a store is sound, and changes nothing. It may be in use: its log grows as long as this takes.
///
/// # Errors
/// There is no store, or nothing of it can be read.
pub fn check(path: &Path) -> Result<Checked, CheckError> {
    let connection = open(path)?;
    let version = identify(path, &connection)?;
    look(&connection, version).map_err(|source| CheckError::Database {
        path: path.to_owned(),
        source,
    })
}

/// Opens a store that is only read.
pub(super) fn open(path: &Path) -> Result<Connection, CheckError> {
    if !path.is_file() {
        return Err(CheckError::Missing {
            path: path.to_owned(),
        });
    }
    let database = |source| CheckError::Database {
        path: path.to_owned(),
        source,
    };
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(uri(path), flags).map_err(database)?;
    connection
        .busy_timeout(std::time::Duration::from_secs(5))
        .map_err(database)?;
    Ok(connection)
}

/// The address of the file. A store that was closed in good order has no log, and is read without making one: it would
/// belong to whoever looks.
fn uri(path: &Path) -> String {
    let mut uri = "file:".to_owned();
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'%' | b'?' | b'#' => uri.push_str(&format!("%{byte:02x}")),
            byte if byte.is_ascii() => uri.push(char::from(byte)),
            byte => uri.push_str(&format!("%{byte:02x}")),
        }
    }
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if !Path::new(&log).exists() {
        uri.push_str("?immutable=1");
    }
    uri
}

/// The version of a store.
///
/// # Errors
/// It is none, or of another version.
pub(super) fn identify(path: &Path, connection: &Connection) -> Result<i64, CheckError> {
    let not_a_store = |reason: String| CheckError::NotAStore {
        path: path.to_owned(),
        reason,
    };
    let read = || -> rusqlite::Result<(i64, i64, i64)> {
        let application = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let tables = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok((application, schema::version(connection)?, tables))
    };
    let (application, found, tables) = read().map_err(|error| not_a_store(error.to_string()))?;
    if application != schema::APPLICATION_ID || tables == 0 {
        return Err(not_a_store("it has another mark".to_owned()));
    }
    let supported = schema::newest(schema::MIGRATIONS);
    if found != supported {
        return Err(CheckError::Version {
            path: path.to_owned(),
            found,
            supported,
        });
    }
    Ok(found)
}

/// Looks at everything, in one transaction.
pub(super) fn look(connection: &Connection, version: i64) -> rusqlite::Result<Checked> {
    let transaction = connection.unchecked_transaction()?;
    let mut findings = Vec::new();
    findings.extend(structure(&transaction));
    let mut tables = Vec::new();
    for table in walk::tables(&transaction)? {
        let walked = table.walk(&transaction, &mut |_| Ok(()))?;
        if let Some(reason) = &walked.reason {
            findings.push(Finding::Unreadable {
                table: table.name,
                reason: reason.clone(),
            });
        }
        tables.push(CheckedTable::new(table.name, walked));
    }
    findings.extend(audits(&transaction));
    Ok(Checked {
        version,
        tables,
        findings,
    })
}

/// What the database says of its own file.
fn structure(connection: &Connection) -> Option<Finding> {
    let complaints = || -> rusqlite::Result<Vec<String>> {
        let sql = format!("PRAGMA integrity_check({MOST_COMPLAINTS})");
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        rows.collect()
    };
    let complaints = complaints().unwrap_or_else(|error| vec![error.to_string()]);
    if complaints == ["ok"] {
        return None;
    }
    Some(Finding::Structure {
        count: complaints.len() as u64,
        examples: complaints.into_iter().take(EXAMPLES).collect(),
    })
}

/// What does not hold between rows.
fn audits(connection: &Connection) -> Vec<Finding> {
    let mut found = [
        (Subject::Ledger, 0, Vec::new()),
        (Subject::References, 0, Vec::new()),
    ];
    for (subject, sql) in audit::AUDITS {
        // What cannot be audited for damage is told as damage.
        let Ok((count, first)) = audit::run(connection, sql, EXAMPLES) else {
            continue;
        };
        for (of, total, examples) in &mut found {
            if of == subject {
                *total += count;
                examples.extend(
                    first
                        .iter()
                        .take(EXAMPLES.saturating_sub(examples.len()))
                        .cloned(),
                );
            }
        }
    }
    let findings = found.into_iter().filter(|(_, count, _)| *count > 0);
    findings
        .map(|(subject, count, examples)| match subject {
            Subject::Ledger => Finding::Ledger { count, examples },
            Subject::References => Finding::References { count, examples },
        })
        .collect()
}

impl CheckedTable {
    fn new(name: &'static str, walked: Walked) -> Self {
        Self {
            name,
            rows: walked.rows,
            unreadable: walked.gaps.iter().map(|gap| (gap.from, gap.to)).collect(),
            reason: walked.reason,
        }
    }
}
