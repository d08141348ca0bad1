//! What arrived at the partner, written down line by line.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::stage::Error;

/// One event that arrived at the partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Arrival {
    /// Milliseconds since 1970.
    pub(crate) at: u64,
    /// Milliseconds since the sender made it.
    pub(crate) waited: u64,
    /// The path it was sent to.
    pub(crate) path: String,
    /// The event's message id.
    pub(crate) id: String,
    /// The status that was answered; 0 if none was.
    pub(crate) answered: u16,
    /// A digest of what arrived.
    pub(crate) digest: u64,
}

/// Milliseconds since 1970.
#[must_use]
#[allow(
    clippy::disallowed_methods,
    reason = "the lab's processes compare their clocks"
)]
pub(crate) fn now_millis() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Every arrival so far; a line that is being written is left out.
///
/// # Errors
/// The journal cannot be read.
pub(crate) fn read(path: &Path) -> Result<Vec<Arrival>, Error> {
    let text = fs::read_to_string(path).map_err(Error::io(format!("reading {}", path.display())))?;
    Ok(text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect())
}

/// A digest by which an event that was sent and one that arrived are compared: FNV-1a over the text.
#[must_use]
pub(crate) fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |digest, byte| {
        (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
