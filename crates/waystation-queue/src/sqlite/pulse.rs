//! Counts what the store does.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::activity::{Activity, Durations, ErrorKind};

/// The upper bounds of the buckets for commits: from a fast disk to the patience of a sender.
const BOUNDS: &[Duration] = &[
    Duration::from_micros(500),
    Duration::from_millis(1),
    Duration::from_micros(2_500),
    Duration::from_millis(5),
    Duration::from_millis(10),
    Duration::from_millis(25),
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(5),
];

/// Counts what the store does.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    commits: [AtomicU64; BOUNDS.len() + 1],
    commit_nanos: AtomicU64,
    errors: [AtomicU64; ErrorKind::ALL.len()],
}

impl Pulse {
    /// A transaction is on disk.
    pub(super) fn committed(&self, took: Duration) {
        let bucket = BOUNDS.partition_point(|bound| *bound < took);
        self.commits[bucket].fetch_add(1, Ordering::Relaxed);
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.commit_nanos.fetch_add(nanos, Ordering::Relaxed);
    }

    /// Something failed.
    pub(super) fn failed(&self, kind: ErrorKind) {
        self.errors[kind as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Everything at this moment.
    pub(super) fn read(&self) -> Activity {
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Activity {
            commits: Durations {
                bounds: BOUNDS,
                counts: self.commits.iter().map(count).collect(),
                sum: Duration::from_nanos(count(&self.commit_nanos)),
            },
            errors: ErrorKind::ALL
                .into_iter()
                .map(|kind| (kind, count(&self.errors[kind as usize])))
                .collect(),
        }
    }
}

/// What kind of failure an error of the database is.
pub(super) fn kind_of(error: &rusqlite::Error) -> ErrorKind {
    use rusqlite::ErrorCode as Code;
    match error.sqlite_error_code() {
        Some(Code::DiskFull) => ErrorKind::Full,
        Some(Code::DatabaseBusy | Code::DatabaseLocked) => ErrorKind::Locked,
        Some(Code::ReadOnly | Code::PermissionDenied) => ErrorKind::ReadOnly,
        Some(Code::DatabaseCorrupt | Code::NotADatabase) => ErrorKind::Damaged,
        Some(Code::SystemIoFailure | Code::CannotOpen) => ErrorKind::Disk,
        _ => ErrorKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_fall_into_the_bucket_of_their_bound() {
        let pulse = Pulse::default();
        for micros in [1, 500, 501, 9_000_000] {
            pulse.committed(Duration::from_micros(micros));
        }
        let commits = pulse.read().commits;
        assert_eq!(commits.counts[..2], [2, 1]);
        assert_eq!(commits.counts[BOUNDS.len()], 1);
        assert_eq!(commits.sum, Duration::from_micros(9_001_002));
        assert!(BOUNDS.is_sorted());
    }

    #[test]
    fn each_kind_is_counted_under_its_own_name() {
        let pulse = Pulse::default();
        pulse.failed(ErrorKind::Gone);
        let counted = pulse.read().errors.into_iter().filter(|(_, count)| *count > 0);
        assert_eq!(counted.collect::<Vec<_>>(), [(ErrorKind::Gone, 1)]);
    }
}
