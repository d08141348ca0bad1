//! What all requests share.

use std::sync::Arc;

use waystation_config::{Config, ConnectionConfig, Source};
use waystation_execute::{Executor, ReportLimits};
use waystation_http::{ApiError, Code};
use waystation_queue::QueueError;

use crate::api::Api;

/// What all requests share. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

struct Shared {
    api: Api,
    executor: Executor,
}

impl App {
    pub(crate) fn new(api: Api) -> Self {
        let executor = Executor::new(api.registry.iter()).with_limits(ReportLimits::SERVICE);
        Self(Arc::new(Shared { api, executor }))
    }

    pub(crate) fn api(&self) -> &Api {
        &self.0.api
    }

    /// The configuration in force.
    pub(crate) fn config(&self) -> Arc<Config> {
        self.0.api.config.load_full()
    }

    /// Runs actions.
    pub(crate) fn executor(&self) -> &Executor {
        &self.0.executor
    }
}

/// The connection of this name.
///
/// # Errors
/// There is none; perhaps there is one that looks like it.
pub(crate) fn find_connection<'c>(
    config: &'c Config,
    name: &str,
) -> Result<&'c Arc<ConnectionConfig>, ApiError> {
    let mut connections = config.connections.iter();
    connections
        .find(|connection| *connection.name == *name)
        .ok_or_else(|| {
            let names = config.connections.iter().map(|connection| &*connection.name);
            unknown(Code::UnknownConnection, "connection", name, names)
        })
}

/// The source of this name.
///
/// # Errors
/// There is none; perhaps there is one that looks like it.
pub(crate) fn find_source<'c>(config: &'c Config, name: &str) -> Result<&'c Arc<Source>, ApiError> {
    let mut sources = config.sources.iter();
    sources.find(|source| *source.name == *name).ok_or_else(|| {
        let names = config.sources.iter().map(|source| &*source.name);
        unknown(Code::UnknownSource, "source", name, names)
    })
}

/// 404 with the nearest name.
pub(crate) fn unknown<'n>(
    code: Code,
    what: &str,
    name: &str,
    known: impl Iterator<Item = &'n str>,
) -> ApiError {
    let message = format!("There is no {what} \"{name}\".");
    match waystation_runtime::registry::nearest(name, known) {
        Some(nearest) => {
            ApiError::new(code, format!("{message} Did you mean \"{nearest}\"?")).with("suggestion", nearest)
        }
        None => ApiError::new(code, message),
    }
}

/// The store did not do what a request needs.
pub(crate) fn store_failed(error: QueueError) -> ApiError {
    match error {
        QueueError::Closed => ApiError::new(Code::Unavailable, "The server is shutting down: try again."),
        QueueError::Invalid { reason } => ApiError::invalid_request(reason),
        QueueError::Full { retry_after } | QueueError::ConnectionFull { retry_after, .. } => {
            ApiError::new(Code::QueueFull, "The store is full: try again later.").retry_after(retry_after)
        }
        QueueError::Unavailable { reason } => {
            // The words of the disk are for the operator's log.
            tracing::error!(reason, "the store is not available");
            ApiError::new(
                Code::Unavailable,
                "The store is not available at the moment: try again.",
            )
        }
    }
}
