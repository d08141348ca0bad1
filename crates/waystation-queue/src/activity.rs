//! What a store has been doing since it was opened.

use std::time::Duration;

/// What a store has been doing since it was opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Activity {
    /// How long it took to have transactions on disk.
    pub commits: Durations,
    /// How often something failed, for every kind.
    pub errors: Vec<(ErrorKind, u64)>,
}

/// Durations, counted by upper bounds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Durations {
    /// The upper bounds of the buckets, in ascending order; the last bucket has none.
    pub bounds: &'static [Duration],
    /// How many fell into each bucket and into none before it; one more than bounds.
    pub counts: Vec<u64>,
    /// The sum of all.
    pub sum: Duration,
}

/// Why a store failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorKind {
    /// The disk, or the file, has no room.
    Full,
    /// Another process keeps the file locked.
    Locked,
    /// The file may not be written.
    ReadOnly,
    /// What is in the file makes no sense.
    Damaged,
    /// The disk failed.
    Disk,
    /// The file was removed or replaced.
    Gone,
    /// Anything else.
    Other,
}

impl ErrorKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Full,
        Self::Locked,
        Self::ReadOnly,
        Self::Damaged,
        Self::Disk,
        Self::Gone,
        Self::Other,
    ];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Locked => "locked",
            Self::ReadOnly => "read_only",
            Self::Damaged => "damaged",
            Self::Disk => "disk",
            Self::Gone => "gone",
            Self::Other => "other",
        }
    }
}
