//! Putting a new configuration in force, by whoever owns the parts.

use async_trait::async_trait;
use waystation_config::{Changes, Faults, Section};

/// Puts a new configuration in force.
#[async_trait]
pub trait Reload: Send + Sync {
    /// Reads the configuration again and puts it in force.
    ///
    /// # Errors
    /// It cannot be put in force; the one before stays.
    async fn reload(&self) -> Result<Reloaded, ReloadRefused>;
}

/// What a new configuration changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reloaded {
    /// What is different.
    pub changes: Changes,
    /// Sections that are different and take effect at the next start only.
    pub at_next_start: Vec<Section>,
}

/// Why a new configuration is not in force.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ReloadRefused {
    /// It has faults.
    #[error("{0}")]
    Faults(Faults),
    /// It has none, but cannot be put in force all the same: a connection cannot be opened, the network cannot be
    /// prepared.
    #[error("{0}")]
    Failed(String),
}
