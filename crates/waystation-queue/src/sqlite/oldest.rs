//! When the oldest waiting delivery of each connection was accepted.
//!
//! Ids grow in the order of acceptance, so the oldest is the one with the lowest id. No index leads to it: one would
//! cost every append and every settlement more than the few looks that are needed here. Below a **floor**, which is
//! remembered for each connection, nothing waits; a look begins there and raises it. Only a replay lowers it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};

use crate::event::DeliveryId;
use waystation_clock::Millis;

pub(super) const READ_OLDEST: &str = "SELECT id, received_at FROM deliveries INDEXED BY deliveries_by_connection \
    WHERE connection = ?1 AND id >= ?2 AND state = 0 ORDER BY id LIMIT 1";

/// What is known of the oldest waiting deliveries.
#[derive(Debug, Default)]
pub(super) struct Oldest {
    floors: Mutex<HashMap<Arc<str>, Floor>>,
    look: Mutex<()>,
}

#[derive(Debug, Clone, Copy)]
struct Floor {
    /// Nothing below this waits.
    at: i64,
    /// The lowest id that began to wait during the look under way.
    began: i64,
}

/// A look at all connections; one at a time.
#[derive(Debug)]
pub(super) struct Look<'a> {
    oldest: &'a Oldest,
    _alone: MutexGuard<'a, ()>,
}

impl Oldest {
    /// Deliveries of a connection began to wait; the lowest id among them.
    pub(super) fn began(&self, connection: &str, id: DeliveryId) {
        if let Some(floor) = self.locked().get_mut(connection) {
            floor.at = floor.at.min(id.to_row());
            floor.began = floor.began.min(id.to_row());
        }
    }

    /// Begins a look. It must begin before the reading transaction sees the store: what is committed between the two
    /// is then noted, and lowers the floors that the look has raised.
    pub(super) fn look(&self) -> Look<'_> {
        let alone = self.look.lock().unwrap_or_else(PoisonError::into_inner);
        for floor in self.locked().values_mut() {
            floor.began = i64::MAX;
        }
        Look {
            oldest: self,
            _alone: alone,
        }
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<Arc<str>, Floor>> {
        self.floors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Look<'_> {
    /// When the oldest waiting delivery of a connection was accepted; `next` is the id of the next delivery.
    pub(super) fn received_at(
        &self,
        database: &Connection,
        connection: i64,
        name: &Arc<str>,
        next: i64,
    ) -> rusqlite::Result<Option<Millis>> {
        let unknown = Floor { at: 0, began: 0 };
        let from = self.oldest.locked().entry(Arc::clone(name)).or_insert(unknown).at;
        let found = database
            .prepare_cached(READ_OLDEST)?
            .query_row(params![connection, from], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })
            .optional()?;
        if let Some(floor) = self.oldest.locked().get_mut(name) {
            floor.at = found.map_or(next, |(id, _)| id).min(floor.began);
        }
        Ok(found.map(|(_, received_at)| Millis(received_at)))
    }
}
