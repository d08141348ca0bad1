//! The configuration in force, without secrets.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use waystation_config::{Api, Config, LogFormat, Telemetry};
use waystation_delivery::Deliveries;

use super::connection::ShownConnectionConfig;
use super::secrets;
use super::section::{ShownIngest, ShownNetwork, ShownPolicy, ShownRecord, ShownServer, ShownStore};
use super::source::ShownSource;

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
    /// `execute`, `read`, `operate` or `admin`.
    scope: &'static str,
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
            sources: ShownSource::all(config, deliveries.pauses()),
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

impl From<&Api> for ShownApi {
    fn from(api: &Api) -> Self {
        let tokens = api.tokens.iter().map(|token| ShownToken {
            name: token.name.to_string(),
            scope: token.scope.name(),
        });
        Self {
            open: api.open,
            tokens: tokens.collect(),
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
