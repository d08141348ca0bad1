//! A look into the server's store from outside.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::stage::Error;

/// The store, opened to be read.
#[derive(Debug)]
pub(crate) struct Store(Connection);

/// The ledger's counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Deliveries that were ever accepted.
    pub(crate) accepted: u64,
    /// Those that wait.
    pub(crate) waiting: u64,
    /// Those that the partner took.
    pub(crate) delivered: u64,
    /// Those that were skipped, by rule.
    pub(crate) skipped: BTreeMap<String, u64>,
    /// Dead letters.
    pub(crate) dead: u64,
    /// Dead letters that were removed.
    pub(crate) purged: u64,
}

impl Counts {
    /// All that were skipped.
    #[must_use]
    pub(crate) fn skipped_in_all(&self) -> u64 {
        self.skipped.values().sum()
    }

    /// Whether every accepted delivery is accounted for.
    #[must_use]
    pub(crate) fn balances(&self) -> bool {
        self.accepted == self.waiting + self.delivered + self.skipped_in_all() + self.dead + self.purged
    }
}

impl Store {
    /// Opens a store, whether its server lives or was killed. What a crash left behind stays as it is.
    ///
    /// # Errors
    /// It cannot be opened.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(Self(connection))
    }

    /// The store, unless its server died before it had set it up.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn if_set_up(self) -> Result<Option<Self>, Error> {
        let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'delivery_record')";
        let is_set_up: bool = self.0.query_row(sql, [], |row| row.get(0))?;
        Ok(is_set_up.then_some(self))
    }

    /// That the file is what SQLite takes for sound.
    ///
    /// # Errors
    /// It is not, or cannot be read.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let verdict: String = self.0.query_row("PRAGMA quick_check", [], |row| row.get(0))?;
        match verdict.as_str() {
            "ok" => Ok(()),
            _ => Err(Error::Other(format!("the store is damaged: {verdict}"))),
        }
    }

    /// The ledger, over all connections.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn counts(&self) -> Result<Counts, Error> {
        let mut counts = Counts::default();
        let mut statement = self
            .0
            .prepare("SELECT entry, rule, sum(total) FROM ledger GROUP BY entry, rule")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (entry, rule): (String, Option<String>) = (row.get(0)?, row.get(1)?);
            let total = u64::try_from(row.get::<_, i64>(2)?).unwrap_or_default();
            match entry.as_str() {
                "accepted" => counts.accepted += total,
                "waiting" => counts.waiting += total,
                "delivered" => counts.delivered += total,
                "skipped" => *counts.skipped.entry(rule.unwrap_or_default()).or_default() += total,
                "dead" => counts.dead += total,
                "purged" => counts.purged += total,
                _ => {}
            }
        }
        Ok(counts)
    }

    /// The deliveries with this outcome whose message id begins so, as connection and message id.
    ///
    /// # Errors
    /// They cannot be read.
    pub(crate) fn deliveries(&self, outcome: &str, prefix: &str) -> Result<HashSet<(String, String)>, Error> {
        let mut statement = self.0.prepare(
            "SELECT coalesce(connection, ''), message_id FROM delivery_record \
             WHERE outcome = ?1 AND substr(message_id, 1, length(?2)) = ?2",
        )?;
        let rows = statement.query_map([outcome, prefix], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What the record says of each event that was for a connection, by message id: every other connection of its
    /// source has skipped it.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn recorded(&self) -> Result<HashMap<String, Recorded>, Error> {
        let sql = "SELECT message_id, outcome, stage FROM delivery_record WHERE outcome <> 'skipped'";
        let mut statement = self.0.prepare(sql)?;
        let rows = statement.query_map([], |row| {
            let recorded = Recorded {
                outcome: row.get(1)?,
                stage: row.get(2)?,
            };
            Ok((row.get(0)?, recorded))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// What the record says of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recorded {
    /// What became of it.
    pub(crate) outcome: String,
    /// The step at which it died, if it did.
    pub(crate) stage: Option<String>,
}
