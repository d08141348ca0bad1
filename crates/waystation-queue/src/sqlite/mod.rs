//! The embedded store: one SQLite file, one process.

mod settings;

use std::sync::Arc;

use async_trait::async_trait;

use crate::error::{OpenError, QueueError};
use crate::event::{Appended, DeliveryId, NewEvent};
use crate::lease::Leased;
use crate::ledger::{Depth, Ledger};
use crate::queue::Queue;
use crate::record::{Page, RecordDetail, RecordQuery, RecordSummary, Selection};
use crate::settlement::{Settlement, Unsettled};
use crate::time::{Clock, Millis, SystemClock};

pub use settings::SqliteSettings;

/// A queue in one SQLite file.
#[derive(Debug)]
pub struct SqliteQueue {
    clock: Arc<dyn Clock>,
}

impl SqliteQueue {
    /// Opens a store, or makes it. Blocks while it does.
    ///
    /// # Errors
    /// The store is in use, is of a newer version, is no store, or cannot be read.
    pub fn open(settings: SqliteSettings) -> Result<Self, OpenError> {
        Self::open_at(settings, Arc::new(SystemClock))
    }

    /// Opens a store that takes the time from this clock.
    ///
    /// # Errors
    /// See [`open`](Self::open).
    pub fn open_at(settings: SqliteSettings, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        drop(settings);
        Ok(Self { clock })
    }
}

#[async_trait]
impl Queue for SqliteQueue {
    async fn append(&self, _: Vec<NewEvent>) -> Result<Appended, QueueError> {
        Err(QueueError::Closed)
    }
    async fn lease(&self, _: &str, _: usize) -> Result<Vec<Leased>, QueueError> {
        Err(QueueError::Closed)
    }
    async fn due(&self, _: &str) {
        self.clock.sleep_until(Millis::MAX).await;
    }
    async fn settle(&self, settlements: Vec<Settlement>) -> Result<(), Unsettled> {
        Err(Unsettled {
            settlements,
            error: QueueError::Closed,
        })
    }
    async fn records(&self, _: RecordQuery) -> Result<Page<RecordSummary>, QueueError> {
        Err(QueueError::Closed)
    }
    async fn record(&self, _: DeliveryId) -> Result<Option<RecordDetail>, QueueError> {
        Err(QueueError::Closed)
    }
    async fn replay(&self, _: Selection, _: Millis) -> Result<u64, QueueError> {
        Err(QueueError::Closed)
    }
    async fn purge(&self, _: Selection) -> Result<u64, QueueError> {
        Err(QueueError::Closed)
    }
    async fn ledger(&self) -> Result<Ledger, QueueError> {
        Err(QueueError::Closed)
    }
    async fn depths(&self) -> Result<Vec<Depth>, QueueError> {
        Err(QueueError::Closed)
    }
    async fn keep(&self, _: &str, _: Vec<u8>) -> Result<(), QueueError> {
        Err(QueueError::Closed)
    }
    async fn kept(&self, _: &str) -> Result<Option<Vec<u8>>, QueueError> {
        Err(QueueError::Closed)
    }
    async fn close(&self) -> Result<(), QueueError> {
        Ok(())
    }
}
