//! What answers of the admin API show, without secrets.

pub(crate) mod config;
pub(crate) mod connection;
pub(crate) mod delivery;
pub(crate) mod guards;
pub(crate) mod ledger;
pub(crate) mod names;
pub(crate) mod policy;
pub(crate) mod secrets;
pub(crate) mod source;

use std::time::Duration;

/// A time span in whole milliseconds, as all spans are shown.
pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
