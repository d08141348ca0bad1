//! The embedded store: one SQLite file, one process.
//!
//! One thread writes (`writer`); several connections read at the same time (`readers`). Leases are only in
//! memory (`window`): leasing writes nothing, and a crash ends all leases.

mod condition;
mod digest;
mod file;
mod leasing;
mod limits;
mod lock;
pub mod maintenance;
mod names;
mod occupancy;
mod oldest;
mod presence;
mod pulse;
mod readers;
mod records;
mod schema;
mod search;
mod settings;
mod share;
mod shared;
mod tally;
#[cfg(test)]
mod tests;
mod timeline;
mod window;
mod windows;
mod writer;

use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use rusqlite::OptionalExtension;
use tokio::sync::oneshot;

use crate::activity::Activity;
use crate::error::{OpenError, QueueError};
use crate::event::{Appended, DeliveryId, NewEvent, Replacement};
use crate::lease::Leased;
use crate::ledger::{Depth, Ledger, Occupancy};
use crate::queue::Queue;
use crate::record::{Page, Parked, RecordDetail, RecordFilter, RecordQuery, RecordSummary, Selection};
use crate::settlement::{Settlement, Unsettled};
use crate::waiting::WaitingLimits;
use waystation_clock::{Clock, Millis};

use leasing::{Go, Leasing};
use names::Names;
use shared::Shared;
use writer::{Bulk, BulkAction, Reply, Request, Tidy, Writer};

pub use settings::SqliteSettings;

/// How long the writer may take to answer whether it can write, before it counts as stuck.
const PROBE_PATIENCE: Duration = Duration::from_secs(2);

/// A queue in one SQLite file.
///
/// What is appended waits in memory for its turn to be written; callers bound how much they append at a time.
/// Dropping the queue waits for the transaction under way and leaves the store as a crash would: complete.
#[derive(Debug)]
pub struct SqliteQueue {
    shared: Arc<Shared>,
    /// None only while it is dropped.
    requests: Option<mpsc::Sender<Request>>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl SqliteQueue {
    /// Opens a store, or makes it. Blocks while it does.
    ///
    /// # Errors
    /// The store is in use, is of a newer version, is no store, or cannot be read.
    pub fn open(settings: SqliteSettings) -> Result<Self, OpenError> {
        Self::open_at(settings, Clock::System)
    }

    /// Opens a store that takes the time from this clock.
    ///
    /// # Errors
    /// See [`open`](Self::open).
    pub fn open_at(settings: SqliteSettings, clock: Clock) -> Result<Self, OpenError> {
        let path = settings.path.clone();
        let database = |source| OpenError::Database {
            path: path.clone(),
            source,
        };
        let store = file::open(&path, schema::MIGRATIONS)?;
        tally::recount_bytes(&store.connection);
        let names = Names::load(&store.connection).map_err(database)?;
        let shared = Arc::new(Shared::new(settings, clock, names));
        let (requests, inbox) = mpsc::channel();
        let writer =
            Writer::new(store.connection, store.lock, Arc::clone(&shared), inbox).map_err(database)?;
        let thread = thread::Builder::new()
            .name("queue-writer".to_owned())
            .spawn(move || writer.run())
            .map_err(|source| OpenError::File {
                path: path.clone(),
                source,
            })?;
        Ok(Self {
            shared,
            requests: Some(requests),
            writer: Mutex::new(Some(thread)),
        })
    }

    /// Removes what is past its retention now, which otherwise happens every minute.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] if the disk refused.
    pub async fn tidy(&self) -> Result<(), QueueError> {
        self.ask(|reply| Request::Tidy(Tidy::asked(reply))).await?
    }

    /// Sends the writer a request and waits for the answer.
    async fn ask<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Result<T, QueueError> {
        let (reply, answer) = oneshot::channel();
        self.send(request(reply)).map_err(|_| QueueError::Closed)?;
        answer.await.map_err(|_| QueueError::Closed)
    }

    /// Hands the request back if nobody takes it.
    fn send(&self, request: Request) -> Result<(), Box<Request>> {
        match &self.requests {
            Some(requests) => requests.send(request).map_err(|unsent| Box::new(unsent.0)),
            None => Err(Box::new(request)),
        }
    }

    /// Reads what deliveries wait for, in one transaction.
    async fn read<T, F>(&self, read: F) -> Result<T, QueueError>
    where
        T: Send + 'static,
        F: FnOnce(&rusqlite::Connection, &Shared) -> rusqlite::Result<T> + Send + 'static,
    {
        let shared = Arc::clone(&self.shared);
        let read = move |connection: &_| read(connection, &shared);
        self.shared.readers.read(read).await
    }

    /// Reads what people look for, in one transaction.
    async fn search<T, F>(&self, search: F) -> Result<T, QueueError>
    where
        T: Send + 'static,
        F: FnOnce(&rusqlite::Connection, &Names) -> rusqlite::Result<T> + Send + 'static,
    {
        let shared = Arc::clone(&self.shared);
        let search = move |connection: &_| search(connection, &shared.names);
        self.shared.searchers.read(search).await
    }

    /// Leases in one reading transaction.
    async fn go(&self, connection: &str, limit: usize) -> Result<Go, QueueError> {
        let window = self.shared.windows.of(connection);
        let turn = window.turn().await;
        self.read(move |database, shared| {
            // The window goes back, and the turn ends, with this closure, even if nobody waits for it.
            let mut taken = window.take(&turn);
            let leasing = Leasing {
                connection: database,
                names: &shared.names,
                windows: &shared.windows,
                name: &window.connection,
                now: shared.clock.now(),
                condition: &shared.condition,
            };
            leasing.lease(&mut taken.window, limit)
        })
        .await
    }

    fn join(&self) {
        let thread = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A writer that panicked has nothing left to tell.
            let _ = thread.join();
        }
    }
}

impl Drop for SqliteQueue {
    fn drop(&mut self) {
        self.requests = None;
        self.join();
    }
}

#[async_trait]
impl Queue for SqliteQueue {
    fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    async fn append(&self, events: Vec<NewEvent>) -> Result<Appended, QueueError> {
        self.ask(|reply| Request::Append {
            events,
            are_new: true,
            reply,
        })
        .await?
    }

    async fn append_again(&self, events: Vec<NewEvent>) -> Result<Appended, QueueError> {
        self.ask(|reply| Request::Append {
            events,
            are_new: false,
            reply,
        })
        .await?
    }

    fn limit_waiting(&self, limits: WaitingLimits) {
        self.shared.shares.limit(limits);
    }

    async fn lease(&self, connection: &str, limit: usize) -> Result<Vec<Leased>, QueueError> {
        loop {
            let go = self.go(connection, limit).await?;
            if !go.leased.is_empty() || !go.unfinished {
                return Ok(go.leased);
            }
        }
    }

    async fn due(&self, connection: &str) {
        let window = self.shared.windows.of(connection);
        window.due(&self.shared.clock, || self.shared.is_closed()).await;
    }

    async fn settle(&self, settlements: Vec<Settlement>) -> Result<Vec<DeliveryId>, Unsettled> {
        let (reply, answer) = oneshot::channel();
        if let Err(request) = self.send(Request::Settle { settlements, reply }) {
            let settlements = match *request {
                Request::Settle { settlements, .. } => settlements,
                _ => Vec::new(),
            };
            return Err(Unsettled {
                settlements,
                error: QueueError::Closed,
            });
        }
        // A writer that ended has dropped the leases with the request.
        answer.await.unwrap_or_else(|_| {
            Err(Unsettled {
                settlements: Vec::new(),
                error: QueueError::Closed,
            })
        })
    }

    async fn noted(&self, event: DeliveryId, connection: &str) -> Result<Vec<Bytes>, QueueError> {
        let name = connection.to_owned();
        self.read(move |connection, shared| {
            let Some(name) = shared.names.id(&name) else {
                return Ok(Vec::new());
            };
            let mut statement = connection.prepare_cached(records::NOTED)?;
            let notes = statement.query_map([event.to_row(), name], |row| row.get::<_, Vec<u8>>(0))?;
            notes.map(|notes| notes.map(Bytes::from)).collect()
        })
        .await
    }

    async fn records(&self, query: RecordQuery) -> Result<Page<RecordSummary>, QueueError> {
        self.search(move |connection, names| records::page(connection, names, &query))
            .await
    }

    async fn record(&self, id: DeliveryId) -> Result<Option<RecordDetail>, QueueError> {
        self.search(move |connection, names| records::detail(connection, names, id))
            .await
    }

    async fn replay(&self, selection: Selection, horizon: Millis) -> Result<u64, QueueError> {
        let action = BulkAction::Replay { horizon };
        self.ask(|reply| Request::Bulk(Bulk::new(action, selection, reply)))
            .await?
    }

    async fn replace(&self, replacements: Vec<Replacement>) -> Result<u64, QueueError> {
        self.ask(|reply| Request::Replace { replacements, reply }).await?
    }

    async fn release(&self, parked: Parked) -> Result<u64, QueueError> {
        let selection = Selection::Matching(RecordFilter {
            connection: Some(parked.connection),
            subscription: parked.subscription,
            source: parked.source,
            ..RecordFilter::default()
        });
        self.ask(|reply| Request::Bulk(Bulk::new(BulkAction::Release, selection, reply)))
            .await?
    }

    async fn purge(&self, selection: Selection) -> Result<u64, QueueError> {
        self.ask(|reply| Request::Bulk(Bulk::new(BulkAction::Purge, selection, reply)))
            .await?
    }

    async fn ledger(&self) -> Result<Ledger, QueueError> {
        self.read(|connection, shared| tally::read(connection, &shared.names))
            .await
    }

    async fn depths(&self) -> Result<Vec<Depth>, QueueError> {
        self.read(depths).await
    }

    async fn occupancy(&self) -> Result<Occupancy, QueueError> {
        self.read(occupancy::read).await
    }

    async fn ready(&self) -> Result<(), QueueError> {
        self.shared.condition.get()?;
        if !self.shared.condition.is_fresh() {
            let probed = self.ask(|reply| Request::Probe { reply });
            tokio::time::timeout(PROBE_PATIENCE, probed)
                .await
                .map_err(|_| QueueError::Unavailable {
                    reason: "it has not answered for a while: it is locked, or the disk is slow".to_owned(),
                })???;
        }
        // A store that can be written and not be read takes events that nobody can lease.
        self.ledger().await.map(|_| ())
    }

    fn activity(&self) -> Activity {
        self.shared.pulse.read()
    }

    async fn keep(&self, key: &str, value: Vec<u8>) -> Result<(), QueueError> {
        let key = key.to_owned();
        self.ask(|reply| Request::Keep { key, value, reply }).await?
    }

    async fn kept(&self, key: &str) -> Result<Option<Vec<u8>>, QueueError> {
        let key = key.to_owned();
        self.read(move |connection, _| {
            let mut statement = connection.prepare_cached("SELECT value FROM kept WHERE key = ?1")?;
            statement.query_row([key], |row| row.get(0)).optional()
        })
        .await
    }

    async fn close(&self) -> Result<(), QueueError> {
        let result = self.ask(|reply| Request::Close { reply }).await?;
        self.join();
        result
    }
}

fn depths(connection: &rusqlite::Connection, shared: &Shared) -> rusqlite::Result<Vec<Depth>> {
    let look = shared.oldest.look();
    let next = connection.query_row("SELECT id FROM next_delivery", [], |row| row.get(0))?;
    let mut statement = connection.prepare_cached(
        "SELECT c.connection, c.total, (SELECT due FROM deliveries d INDEXED BY deliveries_waiting \
             WHERE d.state = 0 AND d.connection = c.connection ORDER BY due LIMIT 1), \
             (SELECT total FROM counts b WHERE b.connection = c.connection AND b.entry = 8) \
         FROM counts c WHERE c.entry = 0 ORDER BY c.connection",
    )?;
    let mut depths = Vec::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, total): (i64, i64) = (row.get(0)?, row.get(1)?);
        let name = shared.names.name(connection, id)?;
        let oldest_received = match total {
            0 => None,
            _ => look.received_at(connection, id, &name, next)?,
        };
        depths.push(Depth {
            oldest_received,
            waiting: u64::try_from(total).unwrap_or(0),
            bytes: u64::try_from(row.get::<_, Option<i64>>(3)?.unwrap_or(0)).unwrap_or(0),
            limit: shared.shares.limits().get(&name).copied(),
            overflowed: shared.shares.overflows_of(&name),
            leased: shared
                .windows
                .existing(&name)
                .map_or(0, |window| window.leased() as u64),
            oldest_due: row.get::<_, Option<i64>>(2)?.map(Millis),
            connection: name,
        });
    }
    Ok(depths)
}
