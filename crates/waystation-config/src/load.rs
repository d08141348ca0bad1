//! Reading a file into a configuration.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use waystation_kit::services::Environment;
use waystation_runtime::Registry;

use crate::build::{Builder, Vault};
use crate::config::{Config, ListenAddress};
use crate::document::{Findings, Source, parse, read_table};
use crate::fault::{Fault, Faults, Place, Problem, Severity};
use crate::files;
use crate::written::File;

/// What the reference is called in faults.
const REFERENCE_NAME: &str = "default.toml";

/// Reads files into configurations.
#[derive(Clone)]
pub struct Loader<'r> {
    registry: &'r Registry,
    environment: Environment,
    listen: Option<ListenAddress>,
    bound: Option<SocketAddr>,
}

impl<'r> Loader<'r> {
    /// For these destinations, with the process's environment.
    #[must_use]
    pub fn new(registry: &'r Registry) -> Self {
        Self {
            registry,
            environment: Environment::default(),
            listen: None,
            bound: None,
        }
    }

    /// With an environment of the caller's own.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// With an address to listen on that takes the place of the one in the file, so that what must not be open to
    /// other machines is judged by it.
    #[must_use]
    pub fn listen(mut self, address: ListenAddress) -> Self {
        self.listen = Some(address);
        self
    }

    /// For a service that listens on this address already, whatever the file says now: what must not be open to other
    /// machines is judged by it as well.
    #[must_use]
    pub fn bound(mut self, address: SocketAddr) -> Self {
        self.bound = Some(address);
        self
    }

    /// What the service runs with if nobody says otherwise; see [`demo`].
    ///
    /// # Errors
    /// As [`demo`].
    pub fn demo(&self) -> Result<Config, Faults> {
        self.parse(REFERENCE_NAME, reference())
    }

    /// Reads a file; a pipe that the shell made (`--config <(command)`) can be read once. Nothing but this file, the environment and the files of secrets is looked at, and nothing
    /// is changed.
    ///
    /// # Errors
    /// Everything that is wrong with it; also what only looks wrong, in [`Config::warnings`] otherwise.
    pub fn load(&self, path: &Path) -> Result<Config, Faults> {
        let name = path.display().to_string();
        let folder = path.parent().unwrap_or(Path::new(""));
        let files = vec![path.to_owned()];
        match files::text_once(path) {
            Ok(text) => self.complete(&name, text, folder, files),
            Err(error) => {
                let place = Place {
                    file: name,
                    position: None,
                    key: String::new(),
                };
                let problem = Problem::Unreadable {
                    error: error.to_string(),
                };
                Err(Faults::new(vec![Fault { place, problem }], files))
            }
        }
    }

    /// Reads the text of a file that is called `name` in faults. Relative paths of secrets count from the
    /// working directory.
    ///
    /// # Errors
    /// As [`Loader::load`].
    pub fn parse(&self, name: &str, text: impl Into<String>) -> Result<Config, Faults> {
        self.complete(name, text.into(), Path::new(""), Vec::new())
    }

    fn complete(
        &self,
        name: &str,
        text: String,
        folder: &Path,
        mut files: Vec<PathBuf>,
    ) -> Result<Config, Faults> {
        let source = Source::new(name, text);
        let mut findings = Findings::new(&source);
        let Some(tree) = parse(&source, &mut findings) else {
            return Err(Faults::new(findings.into_faults(), files));
        };
        let mut file = File::default();
        read_table(&mut file, &[&tree], &[], &mut findings);
        let mut builder = Builder {
            registry: self.registry,
            vault: Vault::new(&self.environment, folder),
            findings,
            bound: self.bound,
        };
        let config = builder.complete(file, &tree, self.listen.clone());
        files.extend(builder.vault.into_files());
        files.sort();
        files.dedup();
        let faults = Faults::new(builder.findings.into_faults(), files.clone());
        match faults.iter().any(|fault| fault.severity() == Severity::Error) {
            true => Err(faults),
            false => Ok(Config {
                warnings: faults,
                files,
                ..config
            }),
        }
    }
}

/// Reads a file with the process's environment; see [`Loader::load`].
///
/// # Errors
/// Everything that is wrong with it.
pub fn load(path: &Path, registry: &Registry) -> Result<Config, Faults> {
    Loader::new(registry).load(path)
}

/// What the service runs with if nobody says otherwise: every setting at its default, the source `demo` with the
/// write key `demo`, and a connection to the inspector; all interfaces open to this machine.
///
/// # Errors
/// The registry lacks the inspector.
pub fn demo(registry: &Registry) -> Result<Config, Faults> {
    Loader::new(registry).demo()
}

/// The file that [`demo`] reads: every setting with its default and what it means.
#[must_use]
pub fn reference() -> &'static str {
    static REFERENCE: LazyLock<String> = LazyLock::new(File::reference);
    &REFERENCE
}
