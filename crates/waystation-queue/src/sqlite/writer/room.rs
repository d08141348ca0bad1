//! Room for new events.

use super::super::limits::ROOM_SLICE;
use super::super::occupancy;
use super::remove;
use super::work::{Fault, Work};

/// Makes room for so many bytes by removing old records, if there is any to be made.
pub(super) fn make_room(work: &mut Work<'_>, bytes: u64) -> Result<bool, Fault> {
    let most = occupancy::limit(work.settings);
    let mut used = match work.used {
        Some(used) => used,
        None => work.measure()?,
    };
    while used + bytes > most {
        if remove::remove_oldest(work, ROOM_SLICE)? == 0 {
            return Ok(false);
        }
        used = work.measure()?;
    }
    work.used = Some(used + bytes);
    Ok(true)
}
