//! A new configuration, put in force without a restart, or refused with all that is wrong with it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use tokio::sync::Mutex;
use waystation_api::{Reload, ReloadRefused, Reloaded};
use waystation_client::{Client, ClientConfig, NetworkError, Outlet};
use waystation_config::{Changes, Config, Difference, Section};
use waystation_delivery::{Deliveries, Resources};
use waystation_http::server::Tls;
use waystation_runtime::Registry;
use waystation_telemetry::{Logs, Reload as Outcome, Telemetry};

use crate::origin::Origin;
use crate::supervision;

/// Whether a section is read at the start only. A section that is added one day has to decide here.
const fn is_read_at_start(section: Section) -> bool {
    match section {
        Section::Server | Section::Ingest | Section::Store | Section::Telemetry => true,
        Section::Api | Section::Record | Section::Network | Section::Delivery => false,
    }
}

/// Puts new configurations in force, one at a time.
pub(crate) struct Reloader {
    pub(crate) origin: Origin,
    pub(crate) registry: Registry,
    pub(crate) deliveries: Arc<Deliveries>,
    pub(crate) config: Arc<ArcSwap<Config>>,
    pub(crate) client: Arc<ArcSwap<Client>>,
    pub(crate) resources: Mutex<Arc<Resources>>,
    pub(crate) telemetry: Arc<Telemetry>,
    pub(crate) logs: Option<Arc<Logs>>,
    /// Where the service listens.
    pub(crate) bound: SocketAddr,
    /// The certificate, if connections are encrypted.
    pub(crate) tls: Option<Arc<Tls>>,
    /// The files that the last refused configuration was read from: mending one of them is worth a look.
    pub(crate) refused: ArcSwap<Vec<PathBuf>>,
}

#[async_trait]
impl Reload for Reloader {
    async fn reload(&self) -> Result<Reloaded, ReloadRefused> {
        self.reload_on("admin API").await
    }
}

impl Reloader {
    /// The files that decide: those of the configuration in force, and of the one that was refused after it.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let refused = self.refused.load();
        let config = self.config.load();
        config.files.iter().chain(refused.iter()).cloned().collect()
    }

    /// Reads the configuration again and puts it in force, with a word for log and metrics. What fails leaves
    /// everything as it was.
    pub(crate) async fn reload_on(&self, occasion: &'static str) -> Result<Reloaded, ReloadRefused> {
        supervision::reloading();
        let done = self.reload_quietly().await;
        supervision::ready();
        self.telemetry.reloaded(match &done {
            Ok(reloaded) if reloaded.changes.is_empty() => Outcome::Unchanged,
            Ok(_) => Outcome::Applied,
            Err(_) => Outcome::Refused,
        });
        match &done {
            Ok(reloaded) => tell(occasion, reloaded),
            Err(error) => {
                tracing::error!(occasion, %error, "the new configuration is refused; the one before stays in force");
            }
        }
        done
    }

    async fn reload_quietly(&self) -> Result<Reloaded, ReloadRefused> {
        // Held to the end: of two reloads, the second sees what the first has done.
        let mut resources = self.resources.lock().await;
        let new = self.read().await?;
        let changes = self.config.load().changes_to(&new);
        if let Some(loss) = unmeant_loss(&self.config.load(), &new, &changes) {
            self.refused.store(Arc::new(new.files));
            return Err(ReloadRefused::Failed(loss));
        }
        let renewed = renewed(&resources, &changes, &new).map_err(failed)?;
        self.deliveries.apply(&new, &renewed).await.map_err(failed)?;
        self.set_log_level(&new);
        self.telemetry.expect(&new);
        self.renew_certificate().await;
        self.client.store(Arc::new(renewed.client.clone()));
        *resources = renewed;
        self.config.store(Arc::new(new));
        self.refused.store(Arc::default());
        let sections = changes.sections.iter().copied();
        Ok(Reloaded {
            at_next_start: sections.filter(|section| is_read_at_start(*section)).collect(),
            changes,
        })
    }

    /// The certificate has a file of its own, which may be what has changed.
    async fn renew_certificate(&self) {
        let Some(tls) = self.tls.clone() else { return };
        match tokio::task::spawn_blocking(move || tls.renew()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the certificate before stays in use"),
            Err(panic) => tracing::error!(%panic, "the certificate before stays in use"),
        }
    }

    /// A level that is typed at the start goes before the configuration's until that changes.
    fn set_log_level(&self, new: &Config) {
        let level = &new.telemetry.log.level;
        if *level == self.config.load().telemetry.log.level {
            return;
        }
        let set = self.logs.as_ref().map(|logs| logs.filter().set(level));
        if let Some(Err(error)) = set {
            tracing::warn!(%error, "what is logged stays as it is");
        }
    }

    async fn read(&self) -> Result<Config, ReloadRefused> {
        if self.origin.is_read_once() {
            return Err(failed("it can be read only once, and was: it is no file"));
        }
        let (origin, registry, bound) = (self.origin.clone(), self.registry.clone(), self.bound);
        let read = tokio::task::spawn_blocking(move || origin.load_again(&registry, bound)).await;
        match read {
            Ok(Ok(new)) => Ok(new),
            Ok(Err(faults)) => {
                self.refused.store(Arc::new(faults.files().to_vec()));
                Err(ReloadRefused::Faults(faults))
            }
            Err(panic) => Err(failed(panic)),
        }
    }
}

/// What is wrong with a configuration that takes away all sources, all connections or most of them without saying that
/// it means it: a file that is cut off or half written looks like that.
fn unmeant_loss(old: &Config, new: &Config, changes: &Changes) -> Option<String> {
    let most = |removed: usize, old: usize, new: usize| removed > 0 && (new == 0 || new * 2 < old);
    let loss = |what: &str, removed: &[Arc<str>], old: usize, new: usize| {
        most(removed.len(), old, new).then(|| {
            format!(
                "it has {new} {what} where {old} are in force, as a file would that is cut off. If that is meant, \
                 write server.reload_may_remove = true"
            )
        })
    };
    if new.server.reload_may_remove {
        return None;
    }
    let (sources, connections) = (&changes.sources.removed, &changes.connections.removed);
    loss("sources", sources, old.sources.len(), new.sources.len()).or_else(|| {
        loss(
            "connections",
            connections,
            old.connections.len(),
            new.connections.len(),
        )
    })
}

/// The same resources as far as nothing about them changes: what uses them goes on undisturbed then.
fn renewed(
    resources: &Arc<Resources>,
    changes: &Changes,
    new: &Config,
) -> Result<Arc<Resources>, NetworkError> {
    let changed = |section| changes.sections.contains(&section);
    if !changed(Section::Network) && !changed(Section::Record) {
        return Ok(Arc::clone(resources));
    }
    Ok(Arc::new(Resources {
        client: match changed(Section::Network) {
            true => client(new)?,
            false => resources.client.clone(),
        },
        record: new.record.clone(),
        queue: Arc::clone(&resources.queue),
        watch: Arc::clone(&resources.watch),
    }))
}

/// The way to partners that a configuration describes.
pub(crate) fn client(config: &Config) -> Result<Client, NetworkError> {
    Client::new(ClientConfig {
        outlet: Outlet::Network(config.network.client()),
        rewrites: config.network.rewrites(),
    })
}

#[allow(clippy::needless_pass_by_value, reason = "handed to map_err")]
fn failed(error: impl ToString) -> ReloadRefused {
    ReloadRefused::Failed(error.to_string())
}

fn tell(occasion: &'static str, reloaded: &Reloaded) {
    if reloaded.changes.is_empty() {
        tracing::debug!(occasion, "the configuration is the same as before");
        return;
    }
    let Changes {
        sources, connections, ..
    } = &reloaded.changes;
    let [sources_added, sources_removed, sources_changed] = names(sources);
    let [connections_added, connections_removed, connections_changed] = names(connections);
    tracing::info!(
        occasion,
        sources_added,
        sources_removed,
        sources_changed,
        connections_added,
        connections_removed,
        connections_changed,
        "a new configuration is in force"
    );
    for section in &reloaded.at_next_start {
        tracing::warn!(
            section = section.name(),
            "this section takes effect at the next start"
        );
    }
}

/// The names of what was added, removed and changed; nothing where nothing was.
fn names(difference: &Difference) -> [Option<String>; 3] {
    let list = |names: &[Arc<str>]| (!names.is_empty()).then(|| names.join(", "));
    [
        list(&difference.added),
        list(&difference.removed),
        list(&difference.changed),
    ]
}
