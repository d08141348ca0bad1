//! Faults on order, for tests.

use std::sync::{Mutex, PoisonError};

use super::work::Fault;

/// Where a transaction can be hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sqlite) enum Point {
    /// A request was done, others may follow.
    AfterRequest,
    /// All is written, nothing is on disk.
    BeforeCommit,
    /// All is on disk, nobody knows.
    AfterCommit,
}

/// What happens there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sqlite) enum Blow {
    /// The writer ends as if the process had been killed.
    Crash,
    /// The disk fails.
    DiskError,
}

/// The next fault.
#[derive(Debug, Default)]
pub(in crate::sqlite) struct Faults(Mutex<Option<(Point, Blow)>>);

impl Faults {
    /// Orders a fault for the next transaction that comes to this point.
    pub(in crate::sqlite) fn order(&self, point: Point, blow: Blow) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((point, blow));
    }

    /// Lets the ordered fault happen.
    pub(super) fn strike(&self, at: Point) -> Result<(), Fault> {
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((_, blow)) = next.take_if(|(point, _)| *point == at) else {
            return Ok(());
        };
        Err(match blow {
            Blow::Crash => Fault::Crash,
            Blow::DiskError => {
                let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR);
                rusqlite::Error::SqliteFailure(code, None).into()
            }
        })
    }
}
