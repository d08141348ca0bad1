//! One transaction under way.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use rusqlite::Connection;

use super::super::names::Names;
use super::super::occupancy;
use super::super::pulse;
use super::super::readers::unavailable;
use super::super::settings::SqliteSettings;
use super::super::share::Holding;
use super::super::shared::Shared;
use super::super::tally::Changes;
use super::super::window::Notice;
use crate::activity::ErrorKind;
use crate::error::QueueError;
use crate::waiting::WaitingLimits;
use waystation_clock::Millis;

/// Why a transaction is undone.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// The disk or the database refused.
    #[error("{0}")]
    Database(#[from] rusqlite::Error),
    /// The files are not where they were when they were opened.
    #[error("{0}")]
    Gone(super::super::presence::Gone),
    /// A test wants the process to end here.
    #[cfg(test)]
    #[error("crash")]
    Crash,
}

impl Fault {
    /// Whether it hits whatever is written next as well.
    pub(super) fn hits_all(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, ReadOnly};
        matches!(self.code(), Some(DatabaseBusy | DatabaseLocked | ReadOnly)) || matches!(self, Self::Gone(_))
    }

    /// Whether the file may not grow any more.
    pub(super) fn is_full(&self) -> bool {
        self.code() == Some(rusqlite::ErrorCode::DiskFull)
    }

    /// What kind of failure it is.
    pub(super) fn kind(&self) -> ErrorKind {
        match self {
            Self::Database(error) => pulse::kind_of(error),
            Self::Gone(_) => ErrorKind::Gone,
            #[cfg(test)]
            Self::Crash => ErrorKind::Other,
        }
    }

    fn code(&self) -> Option<rusqlite::ErrorCode> {
        match self {
            Self::Database(error) => error.sqlite_error_code(),
            _ => None,
        }
    }
}

/// Where bytes are in memory: they stay there for as long as the transaction.
fn place_of(bytes: &Bytes) -> (usize, usize) {
    (bytes.as_ptr() as usize, bytes.len())
}

impl From<&Fault> for QueueError {
    fn from(fault: &Fault) -> Self {
        match fault {
            Fault::Database(error) => unavailable(error),
            Fault::Gone(gone) => Self::Unavailable {
                reason: gone.to_string(),
            },
            #[cfg(test)]
            Fault::Crash => Self::Closed,
        }
    }
}

/// What the writer remembers from transaction to transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Memory {
    /// The id of the next delivery.
    pub(super) next_id: i64,
    /// No record below this id is delivered or skipped.
    pub(super) first_finished: i64,
    /// Whether any message id is remembered without its event.
    pub(super) remembers_gone: bool,
}

impl Memory {
    /// What a store remembers.
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let one = |sql| connection.query_row(sql, [], |row| row.get(0));
        Ok(Self {
            next_id: one("SELECT id FROM next_delivery")?,
            first_finished: 0,
            remembers_gone: one("SELECT EXISTS (SELECT 1 FROM seen)")? != 0,
        })
    }
}

/// What is to happen in memory once the transaction is on disk.
#[derive(Debug)]
pub(super) struct Effects {
    pub(super) memory: Memory,
    pub(super) new_names: HashMap<Arc<str>, i64>,
    pub(super) notices: HashMap<Arc<str>, Vec<Notice>>,
    pub(super) all_moved: bool,
    pub(super) overflowed: HashMap<Arc<str>, u64>,
}

/// A transaction under way: where requests write, and what they want to happen when it is on disk.
#[derive(Debug)]
pub(super) struct Work<'a> {
    /// The transaction.
    pub(super) connection: &'a Connection,
    /// The settings of the store.
    pub(super) settings: &'a SqliteSettings,
    /// What time it is.
    pub(super) now: Millis,
    /// Changes of the ledger.
    pub(super) changes: Changes,
    /// What will be remembered.
    pub(super) memory: Memory,
    /// How much of the file is in use, in bytes, once someone has looked.
    pub(super) used: Option<u64>,
    /// Events that lost a delivery.
    pub(super) bereft: BTreeSet<i64>,
    /// Whether due times were changed throughout.
    pub(super) all_moved: bool,
    /// Whether settlements write as little as they can: the file must not grow any more.
    pub(super) is_bare: bool,
    /// What may wait for each connection.
    pub(super) limits: Arc<WaitingLimits>,
    /// How many deliveries are dead letters because more would wait than may.
    pub(super) overflowed: HashMap<Arc<str>, u64>,
    /// What connections had in the store when the transaction began, as far as somebody has asked.
    holdings: HashMap<i64, Holding>,
    /// Calls of this transaction by where their bytes are in memory: the row, and how many rounds refer to it.
    calls: HashMap<(usize, usize), (i64, i64)>,
    log_bytes: u64,
    names: &'a Names,
    new_names: HashMap<Arc<str>, i64>,
    notices: HashMap<Arc<str>, Vec<Notice>>,
    next_id_before: i64,
}

impl<'a> Work<'a> {
    /// Begins.
    pub(super) fn new(connection: &'a Connection, shared: &'a Shared, memory: Memory) -> Self {
        Self {
            connection,
            settings: &shared.settings,
            now: shared.clock.now(),
            changes: Changes::default(),
            memory,
            used: None,
            bereft: BTreeSet::new(),
            all_moved: false,
            is_bare: false,
            limits: shared.shares.limits(),
            overflowed: HashMap::new(),
            holdings: HashMap::new(),
            calls: HashMap::new(),
            log_bytes: occupancy::log_bytes(&shared.settings.path),
            names: &shared.names,
            new_names: HashMap::new(),
            notices: HashMap::new(),
            next_id_before: memory.next_id,
        }
    }

    /// Writes what is written once for all requests.
    pub(super) fn finish(self) -> Result<Effects, Fault> {
        self.changes.write(self.connection)?;
        // Each has one already.
        for (call, rounds) in self.calls.values().filter(|(_, rounds)| *rounds > 1) {
            let mut statement = self
                .connection
                .prepare_cached("UPDATE calls SET rounds = ?2 WHERE id = ?1")?;
            statement.execute([call, rounds])?;
        }
        if self.memory.next_id != self.next_id_before {
            let mut statement = self
                .connection
                .prepare_cached("UPDATE next_delivery SET id = ?1")?;
            statement.execute([self.memory.next_id])?;
        }
        Ok(Effects {
            memory: self.memory,
            new_names: self.new_names,
            notices: self.notices,
            all_moved: self.all_moved,
            overflowed: self.overflowed,
        })
    }

    /// The number of a name, which gets one if it has none.
    pub(super) fn number(&mut self, name: &Arc<str>) -> Result<i64, Fault> {
        if let Some(id) = self.names.id(name).or_else(|| self.new_names.get(name).copied()) {
            return Ok(id);
        }
        let mut insert = self
            .connection
            .prepare_cached("INSERT INTO names (name) VALUES (?1) RETURNING id")?;
        let id = insert.query_row([name], |row| row.get(0))?;
        self.new_names.insert(Arc::clone(name), id);
        Ok(id)
    }

    /// What a connection has in the store at this point of the transaction.
    pub(super) fn holding(&mut self, connection: i64) -> Result<Holding, Fault> {
        let before = match self.holdings.get(&connection) {
            Some(known) => *known,
            None => {
                let read = Holding::read(self.connection, connection)?;
                self.holdings.insert(connection, read);
                read
            }
        };
        Ok(before.with(&self.changes, connection))
    }

    /// The number of a name, where there is one.
    pub(super) fn optional_number(&mut self, name: Option<&Arc<str>>) -> Result<Option<i64>, Fault> {
        name.map(|name| self.number(name)).transpose()
    }

    /// The names as they were before this transaction.
    pub(super) const fn names(&self) -> &'a Names {
        self.names
    }

    /// Whether a call is stored already.
    pub(super) fn knows_call(&self, detail: &Bytes) -> bool {
        self.calls.contains_key(&place_of(detail))
    }

    /// The number of a call, for a round that refers to it. Clones of one `Bytes` are one call.
    pub(super) fn call(&mut self, detail: &Bytes) -> Result<i64, Fault> {
        if let Some((call, rounds)) = self.calls.get_mut(&place_of(detail)) {
            *rounds += 1;
            return Ok(*call);
        }
        self.connection
            .prepare_cached("INSERT INTO calls (rounds, detail) VALUES (1, ?1)")?
            .execute([&detail[..]])?;
        let call = self.connection.last_insert_rowid();
        self.calls.insert(place_of(detail), (call, 1));
        Ok(call)
    }

    /// Tells the window of a connection something when this is on disk.
    pub(super) fn notify(&mut self, connection: &Arc<str>, notice: Notice) {
        match self.notices.get_mut(connection) {
            Some(notices) => notices.push(notice),
            None => {
                self.notices.insert(Arc::clone(connection), vec![notice]);
            }
        }
    }

    /// How much of the file is in use, in bytes, at this point of the transaction.
    pub(super) fn measure(&self) -> Result<u64, Fault> {
        Ok(occupancy::used(self.connection)?)
    }

    /// How much longer the write-ahead log is than it gets by itself, in bytes.
    pub(super) fn log_excess(&self) -> u64 {
        self.log_bytes.saturating_sub(occupancy::USUAL_LOG)
    }

    /// Why there is no room for events.
    pub(super) fn no_room(&self) -> QueueError {
        let limit = occupancy::limit(self.settings);
        if limit < occupancy::SMALLEST {
            let reason =
                format!("its size is limited to {limit} bytes for events, less than an empty store takes");
            return QueueError::Unavailable { reason };
        }
        if self.log_excess() > 0 {
            let reason = format!(
                "its write-ahead log has grown to {} bytes, because another process keeps reading the store",
                self.log_bytes
            );
            return QueueError::Unavailable { reason };
        }
        QueueError::Full {
            retry_after: self.settings.full_retry_after,
        }
    }

    /// The value of a pragma that is a count.
    pub(super) fn pragma(&self, name: &str) -> Result<u64, Fault> {
        Ok(occupancy::pragma(self.connection, name)?)
    }
}
