//! Room in the store.

use super::super::limits::ROOM_SLICE;
use super::super::occupancy;
use super::remove;
use super::work::{Fault, Work};

/// What room is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// New events.
    Events,
    /// Rounds of deliveries, which may use what is kept free of events.
    Records,
}

/// Makes room for so many bytes by removing old records, if there is any to be made.
pub(super) fn make_room(work: &mut Work<'_>, bytes: u64, purpose: Purpose) -> Result<bool, Fault> {
    let most = match purpose {
        Purpose::Events => occupancy::limit(work.settings),
        Purpose::Records => work.settings.max_bytes,
    };
    let mut used = match work.used {
        Some(used) => used,
        None => work.measure()?,
    };
    while used + bytes > most {
        if remove::remove_oldest(work, ROOM_SLICE)? == 0 {
            work.used = Some(used);
            return Ok(false);
        }
        used = work.measure()?;
    }
    work.used = Some(used + bytes);
    // No record that goes makes the log shorter.
    Ok(used + bytes + work.log_excess() <= most)
}
