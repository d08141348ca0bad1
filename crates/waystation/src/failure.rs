//! What keeps a command from doing its work, and what to do about it.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use waystation_client::{NetworkError, ScriptError};
use waystation_queue::OpenError;
use waystation_queue::maintenance::{CheckError, RepairError};
use waystation_runtime::error::DefinitionError;
use waystation_telemetry::LogError;

/// Exit status for what was typed wrong, as clap has it.
const USAGE: u8 = 2;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("there is no destination \"{slug}\"")]
    UnknownDestination {
        slug: String,
        /// What to do, if its folder is there.
        advice: Option<String>,
        nearest: Option<&'static str>,
        known: Vec<&'static str>,
    },
    #[error(transparent)]
    Log(#[from] LogError),
    #[error("the script {path} cannot be read: {error}", path = path.display())]
    ReadScript { path: PathBuf, error: io::Error },
    #[error("the script {path} cannot be used: {error}", path = path.display())]
    Script { path: PathBuf, error: ScriptError },
    #[error("{address} is taken by another program")]
    PortTaken { address: String, port: u16 },
    #[error("cannot listen on {address}: {error}")]
    Listen { address: String, error: io::Error },
    #[error("the server stopped: {0}")]
    Serve(io::Error),
    #[error("the runtime cannot be started: {0}")]
    Runtime(io::Error),
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    #[error("{0}")]
    Configuration(waystation_config::Faults),
    #[error(transparent)]
    Service(Box<waystation_service::ServiceError>),
    #[error(transparent)]
    CheckStore(#[from] waystation_queue::maintenance::CheckError),
    #[error(transparent)]
    RepairStore(#[from] waystation_queue::maintenance::RepairError),
    #[error("the service at {url} cannot be asked: {why}")]
    Health { url: String, why: String },
    #[error("two destinations are called \"{slug}\"")]
    SlugTaken { slug: &'static str },
    #[error("the settings {path} cannot be used: {problem}", path = path.display())]
    Settings { path: PathBuf, problem: String },
    #[error("the sources cannot be watched: {0}")]
    Watch(String),
    #[error(transparent)]
    Scaffold(#[from] waystation_scaffold::ScaffoldError),
    #[error("the manifest {path} cannot be read: {error}", path = path.display())]
    ReadManifest { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Operate(#[from] waystation_operate::Failure),
    #[error("nothing can be written to standard output: {0}")]
    Output(io::Error),
}

impl From<waystation_service::ServiceError> for Failure {
    fn from(error: waystation_service::ServiceError) -> Self {
        Self::Service(Box::new(error))
    }
}

impl Failure {
    /// What to do about it.
    fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownDestination {
                advice: Some(advice), ..
            } => Some(advice.clone()),
            Self::UnknownDestination { nearest, known, .. } => Some(match nearest {
                Some(nearest) => format!("did you mean \"{nearest}\"? There are: {}", known.join(", ")),
                None => format!("there are: {}", known.join(", ")),
            }),
            Self::Log(LogError::Filter { .. }) => Some("try --log-level debug".to_owned()),
            Self::PortTaken { port, .. } => Some(format!(
                "stop that program, or choose another port: --port {}",
                port.wrapping_add(1).max(1024)
            )),
            Self::Script { .. } => {
                Some(r#"the simplest script is [{"status": 200, "json": {}}], for every request"#.to_owned())
            }
            Self::SlugTaken { .. } => Some("give the one that you add another `SLUG`".to_owned()),
            Self::Settings { .. } => Some(
                "it is a table of settings: apiKey = \"...\", or apiKey = { env = \"NAME\" }; `waystation manifest NAME` \
                 lists them"
                    .to_owned(),
            ),
            Self::Health { .. } => Some(
                "is it running, and does it listen there? --url http://HOST:PORT asks at another address"
                    .to_owned(),
            ),
            Self::Operate(failure) => failure.hint(),
            Self::CheckStore(CheckError::Missing { .. })
            | Self::RepairStore(RepairError::Check(CheckError::Missing { .. })) => {
                Some("--store names it; `[store] path` of the configuration says where it is".to_owned())
            }
            Self::CheckStore(CheckError::NotAStore { .. })
            | Self::RepairStore(RepairError::Check(CheckError::NotAStore { .. })) => {
                Some("restore a backup; `sqlite3 FILE .recover` may still find rows".to_owned())
            }
            Self::RepairStore(RepairError::Open(OpenError::InUse { .. })) => {
                Some("stop the service first".to_owned())
            }
            Self::Configuration(_) => {
                Some("`waystation validate --reference` prints every setting with its meaning".to_owned())
            }
            _ => None,
        }
    }

    /// Tells it on standard error.
    pub(crate) fn tell(&self) {
        eprintln!("error: {self}");
        if let Some(hint) = self.hint() {
            eprintln!(" hint: {hint}");
        }
    }

    /// 2 for what was typed wrong, else 1.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::UnknownDestination { .. } | Self::Log(LogError::Filter { .. }) | Self::Scaffold(_) => {
                ExitCode::from(USAGE)
            }
            Self::Operate(failure) if failure.is_usage() => ExitCode::from(USAGE),
            _ => ExitCode::FAILURE,
        }
    }
}
