//! Where events come from.

use std::num::NonZeroU32;
use std::sync::Arc;

use waystation_kit::Secret;

use crate::Fingerprint;

/// Where events come from: an application that sends with a write key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its name.
    pub name: Arc<str>,
    /// Whether its events are taken.
    pub enabled: bool,
    /// The keys that senders show; each belongs to one source.
    pub write_keys: Vec<Secret>,
    /// How many events it may send; `None` for no limit.
    pub rate_limit: Option<EventRate>,
    /// Equal as long as everything above is.
    pub fingerprint: Fingerprint,
}

/// How many events may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventRate {
    /// On average, in a second.
    pub per_second: NonZeroU32,
    /// At once, after a pause.
    pub burst: NonZeroU32,
}
