//! Where the configuration comes from.

use std::path::PathBuf;

use waystation_config::{Config, Faults, ListenAddress, Loader};
use waystation_runtime::Registry;

/// Where the configuration comes from, now and at every reload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file; without one, the embedded defaults: a demo source and the inspector.
    pub file: Option<PathBuf>,
    /// Where to listen in place of what the file says. It is part of the origin, for what may be open depends on
    /// who can connect.
    pub listen: Option<ListenAddress>,
}

impl Origin {
    /// Reads the configuration as it is now. Blocks while it does.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn load(&self, registry: &Registry) -> Result<Config, Faults> {
        let mut loader = Loader::new(registry);
        if let Some(listen) = &self.listen {
            loader = loader.listen(listen.clone());
        }
        match &self.file {
            Some(path) => loader.load(path),
            None => loader.demo(),
        }
    }
}
