//! What the areas that run destinations share: the destinations, and an executor whose clock stands still.

use std::future::Future;
use std::io;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};
use waystation_runtime::error::DefinitionError;
use waystation_runtime::{LoadedDestination, Registry};

use crate::probe;

/// The destinations, and an executor to run them on.
pub(crate) struct Stage {
    registry: Registry,
    executor: Runtime,
}

/// Why no destination can be run.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The definition of a destination is faulty.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// The executor does not start.
    #[error("the executor does not start: {0}")]
    Executor(#[from] io::Error),
}

impl Stage {
    /// The probe in all its variants, and every destination of ours.
    pub(crate) fn new() -> Result<Self, StageError> {
        let definitions = probe::all().into_iter().chain(waystation_destinations::all());
        // With the clock held still, a partner that takes its time takes none of ours.
        let executor = Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()?;
        Ok(Self {
            registry: Registry::new(definitions)?,
            executor,
        })
    }

    pub(crate) fn destination(&self, slug: &str) -> Option<&Arc<LoadedDestination>> {
        self.registry.get(slug)
    }

    /// Runs to the end.
    pub(crate) fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.executor.block_on(future)
    }
}
