//! Where events and deliveries are kept, and what is remembered of them.

use std::path::PathBuf;
use std::time::Duration;

use super::words::choices;
use crate::document::{Bytes, Text, Time, Word, settings};

settings! {
    /// Where events and deliveries are kept until they are settled, and the record of them afterwards.
    pub struct Store as "Store" => {
        /// The database file. A relative path counts from the directory in which the service is started.
        pub path: PathBuf as Text = PathBuf::from("waystation.db");
        /// How large the database may grow; after that, events are refused with status 503 until there is room.
        pub max_size: u64 as Bytes = 10 << 30;
        /// What senders are told to wait when the store is full.
        pub full_retry_after: Duration as Time = Duration::from_secs(30);
    }

    /// What is remembered of deliveries.
    pub struct Record as "Record" => {
        /// How long delivered and skipped deliveries are remembered.
        pub keep: Duration as Time = Duration::from_hours(7 * 24);
        /// How long dead letters are kept, to be looked at and replayed.
        pub keep_dead_letters: Duration as Time = Duration::from_hours(30 * 24);
        /// Of which deliveries the bodies of requests and answers are kept: "all", "failures" or "none".
        pub bodies: KeptBodies as Word = KeptBodies::All;
        /// How much of each body is kept.
        pub body_limit: usize as Bytes = 8 << 10;
    }
}

/// Of which deliveries the bodies of requests and answers are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeptBodies {
    /// Of all.
    #[default]
    All,
    /// Of those that failed.
    Failures,
    /// Of none.
    None,
}

choices! {
    KeptBodies {
        "all" => Self::All, "Of all.";
        "failures" => Self::Failures, "Of those that failed.";
        "none" => Self::None, "Of none.";
    }
}
