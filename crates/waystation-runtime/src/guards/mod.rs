//! What belongs to a connection's life, shared by all its deliveries.

pub mod settings;

pub use settings::{
    BreakerSettings, ConcurrencySettings, GuardSettings, HoldSettings, RateLimitSettings,
    RetryBudgetSettings, Share,
};

/// The guards of one connection. They outlive its deliveries, and a reload of its settings does well to keep
/// them.
#[derive(Debug)]
pub struct Guards {
    settings: GuardSettings,
}

impl Guards {
    /// Guards that have seen nothing yet.
    #[must_use]
    pub fn new(settings: GuardSettings) -> Self {
        Self { settings }
    }

    /// What was set.
    #[must_use]
    pub fn settings(&self) -> &GuardSettings {
        &self.settings
    }
}
