//! What the writer, the readers and the callers share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::condition::Condition;
use super::names::Names;
use super::oldest::Oldest;
use super::pulse::Pulse;
use super::readers::Readers;
use super::settings::SqliteSettings;
use super::share::Shares;
use super::windows::Windows;
use waystation_clock::Clock;

/// What the writer, the readers and the callers share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) settings: SqliteSettings,
    pub(super) clock: Clock,
    pub(super) names: Names,
    pub(super) windows: Arc<Windows>,
    /// For what deliveries wait for.
    pub(super) readers: Arc<Readers>,
    /// For searches, which may take long and must not keep deliveries waiting.
    pub(super) searchers: Arc<Readers>,
    /// Since when the oldest of what waits has waited.
    pub(super) oldest: Oldest,
    /// What may wait for each connection.
    pub(super) shares: Shares,
    /// How the store is doing.
    pub(super) condition: Arc<Condition>,
    /// What it does, counted.
    pub(super) pulse: Arc<Pulse>,
    closed: AtomicBool,
    #[cfg(test)]
    pub(super) faults: super::writer::faults::Faults,
}

impl Shared {
    /// For a store with these names in it.
    pub(super) fn new(settings: SqliteSettings, clock: Clock, names: Names) -> Self {
        let condition = Arc::<Condition>::default();
        let pulse = Arc::<Pulse>::default();
        let readers = || {
            let (condition, pulse) = (Arc::clone(&condition), Arc::clone(&pulse));
            Arc::new(Readers::new(&settings, condition, pulse))
        };
        Self {
            readers: readers(),
            searchers: readers(),
            condition,
            pulse,
            windows: Arc::default(),
            settings,
            clock,
            names,
            oldest: Oldest::default(),
            shares: Shares::default(),
            closed: AtomicBool::new(false),
            #[cfg(test)]
            faults: super::writer::faults::Faults::default(),
        }
    }

    /// Refuses everything from now on.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.readers.close();
        self.searchers.close();
        self.windows.wake_all();
    }

    /// Whether everything is refused.
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }
}
