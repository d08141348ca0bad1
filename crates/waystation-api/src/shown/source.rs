//! Where events come from.

use serde::Serialize;
use utoipa::ToSchema;
use waystation_config::{Config, EventRate, Source};
use waystation_delivery::Pauses;

use super::pause::ShownPause;

/// Where events come from.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Source)]
pub(crate) struct ShownSource {
    name: String,
    /// Whether its events are taken.
    enabled: bool,
    /// How many write keys it has.
    write_keys: usize,
    /// How many events it may send; absent without limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<ShownEventRate>,
    /// How it is paused by hand, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    paused: Option<ShownPause>,
    /// The connections that get its events.
    connections: Vec<String>,
}

/// How many events may come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EventRate)]
struct ShownEventRate {
    /// On average, in a second.
    per_second: u32,
    /// At once, after a pause.
    burst: u32,
}

impl ShownSource {
    pub(crate) fn new(source: &Source, config: &Config, pauses: &Pauses) -> Self {
        let connections = config
            .connections
            .iter()
            .filter(|connection| connection.sources.contains(&source.name));
        Self {
            name: source.name.to_string(),
            enabled: source.enabled,
            write_keys: source.write_keys.len(),
            rate_limit: source.rate_limit.map(ShownEventRate::from),
            paused: ShownPause::of_source(&source.name, pauses),
            connections: connections
                .map(|connection| connection.name.to_string())
                .collect(),
        }
    }

    pub(crate) fn all(config: &Config, pauses: &Pauses) -> Vec<Self> {
        config
            .sources
            .iter()
            .map(|source| Self::new(source, config, pauses))
            .collect()
    }
}

impl From<EventRate> for ShownEventRate {
    fn from(rate: EventRate) -> Self {
        Self {
            per_second: rate.per_second.get(),
            burst: rate.burst.get(),
        }
    }
}
