//! Settings of the embedded store.

use std::path::PathBuf;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const GIBIBYTE: u64 = 1 << 30;

/// Settings of the embedded store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteSettings {
    /// The database file; `-wal`, `-shm` and `-lock` beside it belong to it. Made if missing.
    pub path: PathBuf,
    /// How large the database may become, in bytes. Default: 10 GiB.
    ///
    /// When it is reached, the oldest records go before their time; when what waits and what is dead alone
    /// reach it, `append` answers [`QueueError::Full`](crate::QueueError::Full). A sixteenth is kept free of
    /// new events so that settlements always find room. The write-ahead log, about 64 MiB at most, comes on top.
    pub max_bytes: u64,
    /// How long a message id is remembered. Default: 24 hours. Zero: duplicates are accepted.
    pub duplicate_window: Duration,
    /// How long the record of what was delivered or skipped is kept. Default: 7 days.
    pub record_retention: Duration,
    /// How long a dead letter waits for somebody to look at it. Default: 30 days.
    pub dead_letter_retention: Duration,
    /// What senders are told to wait when the store is full. Default: 30 seconds.
    pub full_retry_after: Duration,
    /// How many reads may go on at a time, and beside them how many searches of records. Default: 4.
    pub readers: usize,
}

impl SqliteSettings {
    /// The default settings for a store in this file.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            max_bytes: 10 * GIBIBYTE,
            duplicate_window: 24 * HOUR,
            record_retention: 7 * DAY,
            dead_letter_retention: 30 * DAY,
            full_retry_after: Duration::from_secs(30),
            readers: 4,
        }
    }
}
