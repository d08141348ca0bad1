//! A new configuration, put in force without a restart, or refused with all that is wrong with it.

use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::Mutex;
use waystation_client::{Client, ClientConfig, NetworkError, Outlet};
use waystation_config::{Changes, Config, Faults};
use waystation_delivery::connection::OpenError;
use waystation_delivery::{Deliveries, Resources};
use waystation_runtime::Registry;

use crate::origin::Origin;

/// Sections that are read at the start only.
const READ_AT_START: [&str; 4] = ["server", "ingest", "store", "telemetry"];

/// Puts new configurations in force, one at a time.
pub(crate) struct Reloader {
    origin: Origin,
    registry: Registry,
    deliveries: Arc<Deliveries>,
    config: Arc<ArcSwap<Config>>,
    resources: Mutex<Arc<Resources>>,
    /// The files that the last refused configuration was read from: mending one of them is worth a look.
    refused: ArcSwap<Vec<PathBuf>>,
}

/// What a reload changed.
#[derive(Debug, Clone)]
pub(crate) struct Reloaded {
    /// What is different.
    pub(crate) changes: Changes,
    /// Sections that are different and take effect at the next start.
    pub(crate) at_next_start: Vec<&'static str>,
}

/// Why a reload changed nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReloadError {
    /// The configuration has faults.
    #[error("{0}")]
    Faults(Faults),
    /// A connection cannot be opened.
    #[error(transparent)]
    Connection(#[from] OpenError),
    /// The way to partners cannot be prepared.
    #[error(transparent)]
    Network(#[from] NetworkError),
}

impl Reloader {
    pub(crate) fn new(
        origin: Origin,
        registry: Registry,
        deliveries: Arc<Deliveries>,
        config: Arc<ArcSwap<Config>>,
        resources: Arc<Resources>,
    ) -> Self {
        Self {
            origin,
            registry,
            deliveries,
            config,
            resources: Mutex::new(resources),
            refused: ArcSwap::default(),
        }
    }

    /// Reads the configuration again and puts it in force. What fails leaves everything as it was.
    pub(crate) async fn reload(&self) -> Result<Reloaded, ReloadError> {
        let mut resources = self.resources.lock().await;
        let (origin, registry) = (self.origin.clone(), self.registry.clone());
        let read = tokio::task::spawn_blocking(move || origin.load(&registry)).await;
        let new = match read {
            Ok(Ok(new)) => new,
            Ok(Err(faults)) => {
                self.refused.store(Arc::new(faults.files().to_vec()));
                return Err(ReloadError::Faults(faults));
            }
            // Reading does not panic; if it did, this task would know no better than to do the same.
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        };
        let changes = self.config.load().changes_to(&new);
        let changed = |section: &str| changes.sections.contains(&section);
        if changed("network") || changed("record") {
            *resources = Arc::new(Resources {
                client: match changed("network") {
                    true => client(&new)?,
                    false => resources.client.clone(),
                },
                record: new.record.clone(),
                queue: Arc::clone(&resources.queue),
                watch: Arc::clone(&resources.watch),
            });
        }
        self.deliveries.apply(&new, &resources).await?;
        self.config.store(Arc::new(new));
        self.refused.store(Arc::default());
        let sections = changes.sections.iter().copied();
        Ok(Reloaded {
            at_next_start: sections
                .filter(|section| READ_AT_START.contains(section))
                .collect(),
            changes,
        })
    }

    /// The files that decide: those of the configuration in force, and of the one that was refused after it.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let refused = self.refused.load();
        self.config
            .load()
            .files
            .iter()
            .chain(refused.iter())
            .cloned()
            .collect()
    }

    /// [`Reloader::reload`] with a word for the log.
    pub(crate) async fn reload_and_tell(&self, occasion: &'static str) -> Result<Reloaded, ReloadError> {
        let done = self.reload().await;
        match &done {
            Ok(reloaded) if reloaded.changes.is_empty() => {
                tracing::info!(occasion, "the configuration is the same as before");
            }
            Ok(reloaded) => {
                let Changes {
                    sources, connections, ..
                } = &reloaded.changes;
                tracing::info!(
                    occasion,
                    ?sources,
                    ?connections,
                    "a new configuration is in force"
                );
                for section in &reloaded.at_next_start {
                    tracing::warn!(section, "this section takes effect at the next start");
                }
            }
            Err(error) => {
                tracing::error!(occasion, %error, "the new configuration is refused; the one before stays in force");
            }
        }
        done
    }
}

/// The way to partners that a configuration describes.
pub(crate) fn client(config: &Config) -> Result<Client, NetworkError> {
    Client::new(ClientConfig {
        outlet: Outlet::Network(config.network.client.clone()),
        rewrites: config.network.rewrites.clone(),
    })
}
