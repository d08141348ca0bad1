//! Where events go.

use std::fmt;
use std::sync::Arc;

use waystation_json::JsonObject;
use waystation_kit::{Auth, Secret};
use waystation_runtime::LoadedDestination;
use waystation_runtime::pipeline::SubscribedPipeline;

use super::policy::{BatchPolicy, DeliveryPolicy};
use crate::Fingerprint;

/// Where events go: a destination with a workspace's settings, and what is sent there.
#[derive(Clone)]
pub struct ConnectionConfig {
    /// Its name.
    pub name: Arc<str>,
    /// Whether deliveries are made.
    pub enabled: bool,
    /// The names of the sources whose events it gets; every one is configured.
    pub sources: Vec<Arc<str>>,
    /// The categories that a person must have consented to, every one of them, before an event about them goes
    /// here; none for no consent needed.
    pub consent: Arc<[String]>,
    /// The destination.
    pub destination: Arc<LoadedDestination>,
    /// The destination's settings, validated.
    pub settings: ResolvedSettings,
    /// The tokens and the app's credentials, as far as they are configured.
    pub auth: Auth,
    /// What is sent, in the order of the file.
    pub subscriptions: Vec<SubscriptionConfig>,
    /// How deliveries are made.
    pub policy: DeliveryPolicy,
    /// The features that are switched on.
    pub features: Arc<JsonObject>,
    /// What came from the environment and from files: to be kept out of logs and records, in addition to what
    /// the destination declares as secret.
    pub secrets: Vec<Secret>,
    /// Equal as long as everything above is, values of secrets included.
    pub fingerprint: Fingerprint,
}

/// Which events are sent to which action, and as what.
#[derive(Clone)]
pub struct SubscriptionConfig {
    /// Its name, which no other subscription of the connection has.
    pub name: Arc<str>,
    /// Filter and mapping, compiled; both are known to be good.
    pub pipeline: Arc<SubscribedPipeline>,
    /// How the action's events are gathered.
    pub batch: BatchPolicy,
}

/// Validated settings with the values of secrets in them. Printing shows the names alone.
#[derive(Clone, Default, PartialEq)]
pub struct ResolvedSettings(JsonObject);

impl ResolvedSettings {
    pub(crate) fn new(settings: JsonObject) -> Self {
        Self(settings)
    }

    /// The settings, to open a connection with.
    #[must_use]
    pub fn expose(&self) -> &JsonObject {
        &self.0
    }
}

impl fmt::Debug for ResolvedSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.0.keys().map(|name| (name, format_args!("<redacted>"))))
            .finish()
    }
}

impl fmt::Debug for ConnectionConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionConfig")
            .field("name", &self.name)
            .field("enabled", &self.enabled)
            .field("sources", &self.sources)
            .field("consent", &self.consent)
            .field("destination", &self.destination.definition().slug)
            .field("settings", &self.settings)
            .field("auth", &self.auth)
            .field("subscriptions", &self.subscriptions)
            .field("policy", &self.policy)
            .field("features", &self.features)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SubscriptionConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubscriptionConfig")
            .field("name", &self.name)
            .field("action", &self.pipeline.action)
            .field("subscribe", &self.pipeline.subscribe)
            .field("batch", &self.batch)
            .finish_non_exhaustive()
    }
}
