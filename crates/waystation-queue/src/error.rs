//! What can go wrong.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Why the queue did not do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// What waits and what is dead fills the store; it takes no more events until some are gone.
    #[error("the store is full; try again in {} s", retry_after.as_secs())]
    Full {
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// As much waits for a connection as may wait; no more events for it are taken until some are gone.
    #[error(
        "as much waits for the connection \"{connection}\" as may wait; try again in {} s",
        retry_after.as_secs()
    )]
    ConnectionFull {
        /// The connection.
        connection: Arc<str>,
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// The disk or the database refused; nothing of the request was done.
    #[error("the store is not available: {reason}")]
    Unavailable {
        /// In the words of the disk or the database.
        reason: String,
    },
    /// The queue was closed, or has come to an end by a fault of its own.
    #[error("the queue is closed")]
    Closed,
    /// The request makes no sense.
    #[error("the request is not valid: {reason}")]
    Invalid {
        /// Why.
        reason: String,
    },
}

/// What is left to do after a [`QueueError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// The same request may succeed later.
    Wait,
    /// The same request never succeeds; others may.
    Drop,
    /// No request succeeds any more.
    Stop,
}

impl QueueError {
    /// What is left to do.
    #[must_use]
    pub const fn remedy(&self) -> Remedy {
        match self {
            Self::Full { .. } | Self::ConnectionFull { .. } | Self::Unavailable { .. } => Remedy::Wait,
            Self::Invalid { .. } => Remedy::Drop,
            Self::Closed => Remedy::Stop,
        }
    }
}

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error(
        "the store {} is in use{}; a store belongs to one process at a time",
        path.display(),
        holder.as_ref().map(|pid| format!(" by process {pid}")).unwrap_or_default()
    )]
    InUse {
        /// The file.
        path: PathBuf,
        /// The id of the other process, if it left one.
        holder: Option<u32>,
    },
    /// A newer version of the program wrote it.
    #[error(
        "the store {} has version {found}, this program knows versions up to {supported}; \
         use a newer program, or another store",
        path.display()
    )]
    NewerVersion {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest version that this program knows.
        supported: i64,
    },
    /// The file is something else.
    #[error("{} is not a store of Waystation; nothing was changed in it", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// The file or its lock could not be opened.
    #[error("the store {} cannot be opened: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database refused.
    #[error("the store {} cannot be opened: {source}", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
}
