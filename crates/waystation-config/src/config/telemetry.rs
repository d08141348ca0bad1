//! What the service tells about itself.

use std::time::Duration;

use url::Url;
use waystation_kit::Secret;

use super::words::choices;

/// What the service tells about itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Telemetry {
    /// The log.
    pub log: Logging,
    /// Where traces and metrics are exported to, if anywhere.
    pub otlp: Option<Otlp>,
}

/// The log; it goes to standard error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logging {
    /// How lines look.
    pub format: LogFormat,
    /// What is logged: a level such as `info`, or a filter such as `info,waystation_client=debug`.
    pub level: String,
}

impl Default for Logging {
    fn default() -> Self {
        Self {
            format: LogFormat::default(),
            level: "info".to_owned(),
        }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// An object a line, for machines.
    Json,
}

/// A collector that speaks OTLP over HTTP.
#[derive(Debug, Clone, PartialEq)]
pub struct Otlp {
    /// Its address without `/v1/traces` and the like.
    pub endpoint: Url,
    /// Headers of every request to it.
    pub headers: Vec<(String, Secret)>,
    /// The name under which this service is known there.
    pub service_name: String,
    /// How often metrics are exported.
    pub interval: Duration,
    /// The share of deliveries and requests that are traced, from 0 to 1.
    pub trace_share: f64,
}

choices! {
    LogFormat {
        "text" => Self::Text, "Lines for people.";
        "json" => Self::Json, "An object a line, for machines.";
    }
}
