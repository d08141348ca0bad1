//! Names as numbers.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use rusqlite::{Connection, OptionalExtension};

/// The names of sources, connections, subscriptions and actions, which are few, with their numbers in the file.
#[derive(Debug, Default)]
pub(super) struct Names(RwLock<Both>);

#[derive(Debug, Default)]
struct Both {
    by_name: HashMap<Arc<str>, i64>,
    by_id: HashMap<i64, Arc<str>>,
}

impl Names {
    /// All names of a store.
    pub(super) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let names = Self::default();
        let mut statement = connection.prepare("SELECT id, name FROM names")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
        for row in rows {
            let (id, name) = row?;
            names.publish(id, name.into());
        }
        Ok(names)
    }

    /// Makes a committed name known.
    pub(super) fn publish(&self, id: i64, name: Arc<str>) {
        let mut both = self.0.write().unwrap_or_else(PoisonError::into_inner);
        both.by_name.insert(Arc::clone(&name), id);
        both.by_id.insert(id, name);
    }

    /// The number of a name; none if no row can have it.
    pub(super) fn id(&self, name: &str) -> Option<i64> {
        let both = self.0.read().unwrap_or_else(PoisonError::into_inner);
        both.by_name.get(name).copied()
    }

    /// The name of a number. A row may be seen a moment before its new name is published, so the file is asked
    /// as well.
    pub(super) fn name(&self, connection: &Connection, id: i64) -> rusqlite::Result<Arc<str>> {
        let known = {
            let both = self.0.read().unwrap_or_else(PoisonError::into_inner);
            both.by_id.get(&id).cloned()
        };
        known.map_or_else(|| read_name(connection, id), Ok)
    }

    /// The name of a number, where a row has one.
    pub(super) fn optional(
        &self,
        connection: &Connection,
        id: Option<i64>,
    ) -> rusqlite::Result<Option<Arc<str>>> {
        id.map(|id| self.name(connection, id)).transpose()
    }
}

fn read_name(connection: &Connection, id: i64) -> rusqlite::Result<Arc<str>> {
    let mut statement = connection.prepare_cached("SELECT name FROM names WHERE id = ?1")?;
    let name: Option<String> = statement.query_row([id], |row| row.get(0)).optional()?;
    name.map(Arc::from).ok_or(rusqlite::Error::QueryReturnedNoRows)
}
