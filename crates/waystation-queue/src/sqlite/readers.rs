//! Connections that only read, used on threads that may block.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::condition::{Condition, is_damage};
use super::file;
use super::pulse::{Pulse, kind_of};
use super::settings::SqliteSettings;
use crate::error::QueueError;

/// A pool of reading connections. Each read sees one state of the store, whatever the writer does meanwhile.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
    condition: Arc<Condition>,
    pulse: Arc<Pulse>,
}

impl Readers {
    /// A pool of as many connections as the settings allow, opened when needed.
    pub(super) fn new(settings: &SqliteSettings, condition: Arc<Condition>, pulse: Arc<Pulse>) -> Self {
        Self {
            path: settings.path.clone(),
            idle: Mutex::default(),
            permits: Arc::new(Semaphore::new(settings.readers.max(1))),
            condition,
            pulse,
        }
    }

    /// Reads, in one transaction. The read goes on to its end even if nobody waits for it any more.
    pub(super) async fn read<T, F>(self: &Arc<Self>, read: F) -> Result<T, QueueError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| QueueError::Closed)?;
        let readers = Arc::clone(self);
        let task = tokio::task::spawn_blocking(move || {
            let connection = readers.take()?;
            let transaction = connection.unchecked_transaction()?;
            let result = read(&transaction);
            transaction.finish()?;
            readers.give_back(connection);
            drop(permit);
            result
        });
        match task.await {
            Ok(result) => result.map_err(|error| {
                self.pulse.failed(kind_of(&error));
                if is_damage(&error) {
                    self.condition.note_damage(&error.to_string());
                }
                unavailable(&error)
            }),
            Err(error) => Err(QueueError::Unavailable {
                reason: error.to_string(),
            }),
        }
    }

    /// Refuses reads from now on.
    pub(super) fn close(&self) {
        self.permits.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn take(&self) -> rusqlite::Result<Connection> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| file::open_reader(&self.path), Ok)
    }

    fn give_back(&self, connection: Connection) {
        if !self.permits.is_closed() {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push(connection);
        }
    }
}

/// What the database refused, in its own words.
pub(super) fn unavailable(error: &rusqlite::Error) -> QueueError {
    QueueError::Unavailable {
        reason: error.to_string(),
    }
}
