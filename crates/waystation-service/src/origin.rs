//! Where the configuration comes from.

use std::net::SocketAddr;
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
        self.load_with(Loader::new(registry))
    }

    /// As [`load`](Self::load), for a service that listens on an address already.
    pub(crate) fn load_again(&self, registry: &Registry, bound: SocketAddr) -> Result<Config, Faults> {
        self.load_with(Loader::new(registry).bound(bound))
    }

    /// Whether the configuration can be read only once: a pipe that the shell made is empty after the first time.
    pub(crate) fn is_read_once(&self) -> bool {
        let is_other = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file());
        self.file.as_ref().is_some_and(is_other)
    }

    fn load_with(&self, mut loader: Loader<'_>) -> Result<Config, Faults> {
        if let Some(listen) = &self.listen {
            loader = loader.listen(listen.clone());
        }
        match &self.file {
            Some(path) => loader.load(path),
            None => loader.demo(),
        }
    }
}
