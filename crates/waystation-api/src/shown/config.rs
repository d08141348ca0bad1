//! The configuration in force, without secrets.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use waystation_client::AddressPolicy;
use waystation_client::network::Proxies;
use waystation_config::{
    Api, Config, Ingest, KeptBodies, LogFormat, Network, Record, Scope, Server, Store, Telemetry,
};
use waystation_delivery::Deliveries;

use super::connection::ShownConnectionConfig;
use super::policy::ShownPolicy;
use super::source::ShownSource;
use super::{milliseconds, secrets};

/// The configuration in force. Times are in milliseconds, sizes in bytes; secrets are not shown.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Configuration)]
pub(crate) struct ShownConfig {
    server: ShownServer,
    api: ShownApi,
    ingest: ShownIngest,
    store: ShownStore,
    record: ShownRecord,
    telemetry: ShownTelemetry,
    network: ShownNetwork,
    /// How deliveries are made where a connection says nothing else.
    delivery: ShownPolicy,
    sources: Vec<ShownSource>,
    connections: Vec<ShownConnectionConfig>,
    /// What hardly does what its author meant: `severity`, `code`, `message`, `hint`, `place`.
    #[schema(value_type = Vec<Object>)]
    warnings: Value,
    /// The files that it was read from.
    files: Vec<String>,
}

/// The HTTP server.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ServerConfiguration)]
struct ShownServer {
    /// Where it listens.
    listen: String,
    /// The largest body that these interfaces read.
    max_body: usize,
    /// How long what is under way may take when the server stops.
    shutdown_grace_ms: u64,
}

/// Who may use these interfaces.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiConfiguration)]
struct ShownApi {
    /// Whether everybody on this machine may, without a token.
    open: bool,
    tokens: Vec<ShownToken>,
}

/// A token, by its name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TokenConfiguration)]
struct ShownToken {
    name: String,
    /// `execute` or `admin`.
    scope: &'static str,
}

/// What senders may send.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = IngestConfiguration)]
struct ShownIngest {
    max_event: usize,
    max_request: usize,
    max_events: usize,
    trusted_proxies: usize,
    dedupe_window_ms: u64,
}

/// Where events and deliveries are kept.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = StoreConfiguration)]
struct ShownStore {
    path: String,
    max_size: u64,
    full_retry_after_ms: u64,
}

/// What is remembered of deliveries.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RecordConfiguration)]
struct ShownRecord {
    keep_ms: u64,
    keep_dead_letters_ms: u64,
    /// Of which deliveries bodies are kept: `all`, `failures` or `none`.
    bodies: &'static str,
    body_limit: usize,
}

/// What the service tells about itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TelemetryConfiguration)]
struct ShownTelemetry {
    /// `text` or `json`.
    log_format: &'static str,
    log_level: String,
    /// Whether traces and metrics are exported.
    exports: bool,
}

/// The way to partners.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NetworkConfiguration)]
struct ShownNetwork {
    /// Which addresses may be reached: `all`, `publicWhereAsked` or `publicOnly`. What callers of the execution API
    /// send goes to public addresses alone unless it is `all`.
    addresses: &'static str,
    /// The largest answer of a partner that is read.
    answer_limit: usize,
    /// Whether the environment's proxies are used.
    proxies: bool,
    /// Whether requests for some origins go elsewhere.
    rewrites: bool,
}

impl ShownConfig {
    pub(crate) fn new(config: &Config, deliveries: &Deliveries) -> Self {
        let connections = config.connections.iter().map(|connection| {
            let redactor = secrets::redactor(connection, deliveries);
            ShownConnectionConfig::new(connection, &redactor)
        });
        Self {
            server: ShownServer::from(&config.server),
            api: ShownApi::from(&config.api),
            ingest: ShownIngest::from(&config.ingest),
            store: ShownStore::from(&config.store),
            record: ShownRecord::from(&config.record),
            telemetry: ShownTelemetry::from(&config.telemetry),
            network: ShownNetwork::from(&config.network),
            delivery: ShownPolicy::from(&config.delivery),
            sources: ShownSource::all(config),
            connections: connections.collect(),
            warnings: serde_json::to_value(&config.warnings).unwrap_or_default(),
            files: config
                .files
                .iter()
                .map(|file| file.display().to_string())
                .collect(),
        }
    }
}

impl From<&Server> for ShownServer {
    fn from(server: &Server) -> Self {
        Self {
            listen: server.listen.to_string(),
            max_body: server.max_body,
            shutdown_grace_ms: milliseconds(server.shutdown_grace),
        }
    }
}

impl From<&Api> for ShownApi {
    fn from(api: &Api) -> Self {
        let tokens = api.tokens.iter().map(|token| ShownToken {
            name: token.name.to_string(),
            scope: match token.scope {
                Scope::Execute => "execute",
                Scope::Admin => "admin",
            },
        });
        Self {
            open: api.open,
            tokens: tokens.collect(),
        }
    }
}

impl From<&Ingest> for ShownIngest {
    fn from(ingest: &Ingest) -> Self {
        Self {
            max_event: ingest.max_event,
            max_request: ingest.max_request,
            max_events: ingest.max_events,
            trusted_proxies: ingest.trusted_proxies,
            dedupe_window_ms: milliseconds(ingest.dedupe_window),
        }
    }
}

impl From<&Store> for ShownStore {
    fn from(store: &Store) -> Self {
        Self {
            path: store.path.display().to_string(),
            max_size: store.max_size,
            full_retry_after_ms: milliseconds(store.full_retry_after),
        }
    }
}

impl From<&Record> for ShownRecord {
    fn from(record: &Record) -> Self {
        Self {
            keep_ms: milliseconds(record.keep),
            keep_dead_letters_ms: milliseconds(record.keep_dead_letters),
            bodies: match record.bodies {
                KeptBodies::All => "all",
                KeptBodies::Failures => "failures",
                KeptBodies::None => "none",
            },
            body_limit: record.body_limit,
        }
    }
}

impl From<&Telemetry> for ShownTelemetry {
    fn from(telemetry: &Telemetry) -> Self {
        Self {
            log_format: match telemetry.log.format {
                LogFormat::Text => "text",
                LogFormat::Json => "json",
            },
            log_level: telemetry.log.level.clone(),
            // Neither its address nor its headers, which may hold credentials.
            exports: telemetry.otlp.is_some(),
        }
    }
}

impl From<&Network> for ShownNetwork {
    fn from(network: &Network) -> Self {
        Self {
            addresses: match network.client.addresses {
                AddressPolicy::AllowAll => "all",
                AddressPolicy::PublicWhereAsked(_) => "publicWhereAsked",
                AddressPolicy::PublicOnly(_) => "publicOnly",
            },
            answer_limit: network.client.answer_limit,
            proxies: network.client.proxies == Proxies::FromEnvironment,
            rewrites: !network.rewrites.is_empty(),
        }
    }
}
