//! Where the configuration comes from.

use std::path::PathBuf;

use waystation_config::{Config, Faults};
use waystation_runtime::Registry;

/// Where the configuration comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A file, which is read again for a reload.
    File(PathBuf),
    /// The embedded defaults: a demo source and the inspector.
    Demo,
}

impl Origin {
    /// Reads the configuration as it is now. Blocks while it does.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn load(&self, registry: &Registry) -> Result<Config, Faults> {
        match self {
            Self::File(path) => waystation_config::load(path, registry),
            Self::Demo => waystation_config::demo(registry),
        }
    }
}
