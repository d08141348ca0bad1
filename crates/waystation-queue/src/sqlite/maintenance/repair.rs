//! Saving what can be saved of a damaged store.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::super::lock::StoreLock;
use super::super::{file, schema};
use super::check::{self, CheckError, Checked};
use super::rebuild::{self, Rebuilt};
use super::walk::{self, Table, Walked};
use crate::error::OpenError;
use crate::outcome::{OutcomeKind, SkipRule, Stage};

/// What became of a repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repaired {
    /// The store is sound: nothing was changed.
    WasSound,
    /// A new store is in its place.
    Renewed {
        /// What was kept and lost, by table.
        tables: Vec<RepairedTable>,
        /// How many events had lost their deliveries: they are dead letters that can be replayed.
        revived: u64,
        /// The damaged store.
        old: PathBuf,
        /// What was lost, a line each.
        list: PathBuf,
    },
}

/// What was kept and lost of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepairedTable {
    /// Its name.
    pub name: &'static str,
    /// How many rows are in the new store.
    pub kept: u64,
    /// How many are known to be lost.
    pub lost: u64,
    /// Whether more may be lost than is known.
    pub may_be_more: bool,
}

/// Why a store was not repaired. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RepairError {
    /// It is in use, or cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It cannot be looked into.
    #[error("{0}; nothing was changed")]
    Check(#[from] CheckError),
    /// The new store could not be written.
    #[error("the new store {} could not be written, and the old one is as it was: {source}", path.display())]
    Write {
        /// The new store.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The new store is not sound either.
    #[error("what was saved into {} does not fit together, and the old store is as it was: {}", path.display(), problems.join("; "))]
    Unsound {
        /// The new store.
        path: PathBuf,
        /// What does not fit.
        problems: Vec<String>,
    },
    /// Files could not be written or renamed.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Saves what can be read of a store into a new one, which takes its place; the old one stays beside it under another
/// name. A sound store is left alone.
///
/// # Errors
/// The store is in use, nothing of it can be read, or the new one could not be written. The old one is as it was then.
pub fn repair(path: &Path) -> Result<Repaired, RepairError> {
    if !path.is_file() {
        return Err(CheckError::Missing {
            path: path.to_owned(),
        }
        .into());
    }
    // Held to the end, so that no service starts on what is half renamed.
    let _lock = StoreLock::take(path)?;
    let old = check::open(path)?;
    let version = check::identify(path, &old)?;
    let unreadable = |source| CheckError::Database {
        path: path.to_owned(),
        source,
    };
    if check::look(&old, version).map_err(unreadable)?.is_sound() {
        return Ok(Repaired::WasSound);
    }
    let at: String = old
        .query_row("SELECT strftime('%Y%m%dT%H%M%SZ', 'now')", [], |row| row.get(0))
        .map_err(unreadable)?;
    let names = Names::of(path, &at);
    let (saved, lost) = salvage(&old, &names.new).map_err(|source| RepairError::Write {
        path: names.new.clone(),
        source,
    })?;
    verify(&names.new)?;
    drop(old);
    write_list(&names.list, &lost)?;
    change_places(path, &names)?;
    let Saved { tables, revived } = saved;
    Ok(Repaired::Renewed {
        tables,
        revived,
        old: names.old,
        list: names.list,
    })
}

/// The files of a repair.
struct Names {
    new: PathBuf,
    old: PathBuf,
    list: PathBuf,
}

impl Names {
    fn of(path: &Path, at: &str) -> Self {
        let named = |what: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(format!(".{what}-{at}"));
            PathBuf::from(name)
        };
        Self {
            new: named("repaired"),
            old: named("damaged"),
            list: with_end(&named("lost"), ".txt"),
        }
    }
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// What is in the new store.
struct Saved {
    tables: Vec<RepairedTable>,
    revived: u64,
}

/// Saves what can be read into a new store; what that is, and what was lost in words.
fn salvage(old: &Connection, path: &Path) -> rusqlite::Result<(Saved, Vec<String>)> {
    let mut new = create(path)?;
    let transaction = new.transaction()?;
    // The first row of a new store, which takes the place of the old one's otherwise.
    transaction.execute("DELETE FROM next_delivery", [])?;
    let mut lost = Vec::new();
    let mut copied = Vec::new();
    for table in walk::tables(old)? {
        copied.push(Copied::of(&table, old, &transaction, &mut lost)?);
    }
    let rebuilt = rebuild::rebuild(&transaction)?;
    lost.extend(rebuilt.without_event.iter().cloned());
    let mut tables = Vec::new();
    for copied in copied {
        tables.push(copied.counted(old, &transaction, &rebuilt)?);
    }
    transaction.commit()?;
    let revived = rebuilt.revived;
    Ok((Saved { tables, revived }, lost))
}

/// A new store, which nobody else reads before it is whole.
fn create(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    file::make(path).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let mut new = Connection::open_with_flags(path, flags)?;
    new.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    new.pragma_update_and_check(None, "journal_mode", "MEMORY", |_| Ok(()))?;
    new.pragma_update(None, "synchronous", "FULL")?;
    schema::migrate(&mut new, schema::MIGRATIONS)?;
    schema::write_labels(&mut new)?;
    Ok(new)
}

/// A table on its way into the new store.
struct Copied {
    name: &'static str,
    walked: Walked,
    /// Rows that could be read and make no sense.
    refused: u64,
}

impl Copied {
    fn of(
        table: &Table,
        old: &Connection,
        new: &Connection,
        lost: &mut Vec<String>,
    ) -> rusqlite::Result<Self> {
        let places = vec!["?"; table.columns.len()].join(", ");
        let insert = format!(
            "INSERT INTO {} ({}) VALUES ({places})",
            table.name,
            table.columns.join(", ")
        );
        let mut insert = new.prepare(&insert)?;
        let mut refused = 0;
        let walked = table.walk(old, &mut |row| {
            let makes_sense = table.name != "deliveries" || delivery_makes_sense(&table.columns, row);
            if !makes_sense || insert.execute(params_from_iter(row)).is_err() {
                refused += 1;
                lost.push(format!(
                    "{}: the row {:?} makes no sense",
                    table.name,
                    row.first()
                ));
            }
            Ok(())
        })?;
        lost.extend(walked.gaps.iter().map(|gap| match gap.from == gap.to {
            true => format!("{}: {} cannot be read", table.name, gap.from),
            false => format!("{}: {} to {} cannot be read", table.name, gap.from, gap.to),
        }));
        Ok(Self {
            name: table.name,
            walked,
            refused,
        })
    }

    fn counted(
        self,
        old: &Connection,
        new: &Connection,
        rebuilt: &Rebuilt,
    ) -> rusqlite::Result<RepairedTable> {
        let rows = format!("SELECT count(*) FROM {}", self.name);
        let kept: i64 = new.query_row(&rows, [], |row| row.get(0))?;
        let kept = u64::try_from(kept).unwrap_or(0);
        let is_whole = self.walked.is_whole();
        let (lost, may_be_more) = match self.name {
            // How many there were stands in the ledger.
            "deliveries" => match expected_deliveries(old) {
                Some(expected) => (expected.saturating_sub(kept - rebuilt.revived), false),
                None => (rebuilt.without_event.len() as u64 + self.refused, true),
            },
            "events" => (
                gaps(&self.walked) + self.refused,
                !is_whole && self.walked.gaps.is_empty(),
            ),
            "rounds" => (rebuilt.rounds + self.refused, !is_whole),
            "calls" => (rebuilt.calls + self.refused, !is_whole),
            "names" => (rebuilt.names + self.refused, false),
            _ => (self.refused, !is_whole),
        };
        Ok(RepairedTable {
            name: self.name,
            kept,
            lost,
            may_be_more,
        })
    }
}

fn gaps(walked: &Walked) -> u64 {
    let lengths = walked
        .gaps
        .iter()
        .map(|gap| (gap.to - gap.from + 1).unsigned_abs());
    lengths.sum()
}

/// How many rows of deliveries there have to be, by the ledger, if that can be read.
fn expected_deliveries(old: &Connection) -> Option<u64> {
    let sql = "SELECT sum(total - rowless) FROM counts WHERE entry <= 3";
    let expected: Option<i64> = old.query_row(sql, [], |row| row.get(0)).ok()?;
    u64::try_from(expected?).ok()
}

/// Whether a delivery has what its state needs: a page that was half overwritten may still look like one.
fn delivery_makes_sense(columns: &[String], row: &[Value]) -> bool {
    let number = |name: &str| {
        let place = columns.iter().position(|column| column == name)?;
        match row.get(place) {
            Some(Value::Integer(number)) => Some(*number),
            _ => None,
        }
    };
    let is_known = match number("state").and_then(OutcomeKind::from_code) {
        Some(OutcomeKind::Waiting) => ["connection", "due", "horizon"]
            .iter()
            .all(|name| number(name).is_some()),
        Some(OutcomeKind::Skipped) => number("rule").and_then(SkipRule::from_code).is_some(),
        Some(OutcomeKind::Dead) => number("stage").and_then(Stage::from_code).is_some(),
        Some(OutcomeKind::Delivered) => true,
        None => false,
    };
    is_known && number("id").is_some_and(|id| id > 0)
}

/// Looks whether the new store is sound.
fn verify(path: &Path) -> Result<(), RepairError> {
    let new = check::open(path)?;
    let version = check::identify(path, &new)?;
    let checked = check::look(&new, version).map_err(|source| RepairError::Write {
        path: path.to_owned(),
        source,
    })?;
    match checked.is_sound() {
        true => Ok(()),
        false => Err(RepairError::Unsound {
            path: path.to_owned(),
            problems: problems(checked),
        }),
    }
}

fn problems(checked: Checked) -> Vec<String> {
    let problems = checked.findings.into_iter();
    problems.map(|finding| format!("{finding:?}")).collect()
}

fn write_list(path: &Path, lost: &[String]) -> Result<(), RepairError> {
    let write = || -> io::Result<()> {
        file::make(path)?;
        let mut list = fs::OpenOptions::new().append(true).open(path)?;
        for line in lost {
            writeln!(list, "{line}")?;
        }
        list.sync_all()
    };
    write().map_err(|source| RepairError::File {
        path: path.to_owned(),
        source,
    })
}

/// Puts the new store in the place of the old one, which keeps its log under its new name. In between, the old one has
/// two names, with which no service starts: what interrupts this leaves everything there, under one name or the other.
fn change_places(path: &Path, names: &Names) -> Result<(), RepairError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| RepairError::File { path, source }
    };
    own_like(path, &names.new).map_err(failed(&names.new))?;
    let new = fs::File::open(&names.new).map_err(failed(&names.new))?;
    new.sync_all().map_err(failed(&names.new))?;
    fs::hard_link(path, &names.old).map_err(failed(&names.old))?;
    for end in ["-wal", "-shm"] {
        let (from, to) = (with_end(path, end), with_end(&names.old, end));
        if from.exists() {
            fs::rename(&from, &to).map_err(failed(&from))?;
        }
    }
    fs::rename(&names.new, path).map_err(failed(path))?;
    file::sync_folder(path).map_err(failed(path))
}

/// The new store belongs to whoever owns the old one, not to whoever repairs it.
#[cfg(unix)]
fn own_like(old: &Path, new: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let (theirs, ours) = (fs::metadata(old)?, fs::metadata(new)?);
    match (theirs.uid(), theirs.gid()) == (ours.uid(), ours.gid()) {
        true => Ok(()),
        false => chown(new, Some(theirs.uid()), Some(theirs.gid())),
    }
}

#[cfg(not(unix))]
fn own_like(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}
