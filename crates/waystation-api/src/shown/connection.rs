//! Where events go: what is configured, and how it is doing.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use waystation_client::Redactor;
use waystation_config::{ConnectionConfig, SubscriptionConfig};
use waystation_delivery::{OpenConnection, Pauses};
use waystation_json::JsonObject;
use waystation_queue::{Depth, Ledger};

use super::guards::ShownGuards;
use super::ledger::{ShownDepth, ShownTally};
use super::pause::ShownPause;
use super::secrets;
use super::section::{ShownBatchPolicy, ShownPolicy};

/// A connection as it is configured, without secrets.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConnectionConfiguration)]
pub(crate) struct ShownConnectionConfig {
    name: String,
    /// Whether deliveries are made.
    enabled: bool,
    /// The slug of the destination.
    destination: String,
    /// The sources whose events it gets.
    sources: Vec<String>,
    /// The categories of consent that events need to go here.
    consent: Vec<String>,
    /// The settings; secrets are `<redacted>`.
    #[schema(value_type = Object)]
    settings: JsonObject,
    /// Whether it has an access token of its own.
    has_access_token: bool,
    subscriptions: Vec<ShownSubscription>,
    /// How deliveries are made.
    policy: ShownPolicy,
    /// The features that are switched on.
    #[schema(value_type = Object)]
    features: JsonObject,
}

/// Which events are sent to which action, and as what.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SubscriptionConfiguration)]
struct ShownSubscription {
    name: String,
    /// The slug of the action.
    action: String,
    /// Which events, in FQL.
    subscribe: String,
    /// As what.
    mapping: Value,
    /// How its events are gathered.
    batch: ShownBatchPolicy,
}

/// How a connection is doing.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConnectionStatus)]
pub(crate) struct ShownConnection {
    name: String,
    /// The slug of the destination.
    destination: String,
    /// Whether deliveries are made; if not, they wait.
    enabled: bool,
    /// What waits.
    depth: ShownDepth,
    /// What became of everything that was accepted for it.
    tally: ShownTally,
    /// What somebody has paused: the connection itself, or subscriptions of it.
    paused: Vec<ShownPause>,
    /// What its guards are doing; absent while it does not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    guards: Option<ShownGuards>,
}

/// How a connection is doing, and what is configured.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Connection)]
pub(crate) struct ConnectionDetail {
    #[serde(flatten)]
    pub(crate) status: ShownConnection,
    /// When a delivery is tried that fails each time, in milliseconds after its acceptance: without jitter, and without
    /// waits that the partner asks for. The first hundred attempts.
    pub(crate) schedule_ms: Vec<u64>,
    pub(crate) configuration: ShownConnectionConfig,
}

impl ShownConnectionConfig {
    pub(crate) fn new(connection: &ConnectionConfig, redactor: &Redactor) -> Self {
        let shown = |subscription| ShownSubscription::new(subscription, redactor);
        Self {
            name: connection.name.to_string(),
            enabled: connection.enabled,
            destination: slug(connection).to_owned(),
            sources: connection.sources.iter().map(ToString::to_string).collect(),
            consent: connection.consent.to_vec(),
            settings: secrets::settings(connection, redactor),
            has_access_token: connection.auth.access_token.is_some(),
            subscriptions: connection.subscriptions.iter().map(shown).collect(),
            policy: ShownPolicy::from(&connection.policy),
            features: (*connection.features).clone(),
        }
    }
}

impl ShownSubscription {
    fn new(subscription: &SubscriptionConfig, redactor: &Redactor) -> Self {
        let pipeline = &subscription.pipeline;
        let mapping = pipeline
            .pipeline
            .as_ref()
            .map(|pipeline| redactor.value(pipeline.source()));
        Self {
            name: subscription.name.to_string(),
            action: pipeline.action.clone(),
            subscribe: pipeline.subscribe.clone(),
            mapping: mapping.unwrap_or_default(),
            batch: ShownBatchPolicy::from(&subscription.batch),
        }
    }
}

impl ShownConnection {
    pub(crate) fn new(
        connection: &ConnectionConfig,
        running: Option<&OpenConnection>,
        pauses: &Pauses,
        ledger: &Ledger,
        depths: &[Depth],
    ) -> Self {
        Self {
            name: connection.name.to_string(),
            destination: slug(connection).to_owned(),
            enabled: connection.enabled,
            depth: ShownDepth::of(&connection.name, depths),
            tally: ShownTally::of(&connection.name, ledger),
            paused: ShownPause::of_connection(&connection.name, pauses),
            guards: running.map(|running| running.guard_state().into()),
        }
    }
}

fn slug(connection: &ConnectionConfig) -> &'static str {
    connection.destination.definition().slug
}
