//! What a new configuration changes, so that what stays the same goes on undisturbed.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use sha2::{Digest, Sha256};
use waystation_kit::Secret;

use crate::config::{Config, ConnectionConfig, EventRate, Source};

/// Equal for equal parts of a configuration, the values of secrets included. It shows nothing of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Fingerprint([u8; 32]);

impl fmt::Debug for Fingerprint {
    /// Not even the digest: from it, a short secret could be guessed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint")
    }
}

impl Fingerprint {
    pub(crate) fn of_source(enabled: bool, write_keys: &[Secret], rate_limit: Option<EventRate>) -> Self {
        let mut parts = Parts::default();
        parts.add(&format!("{enabled} {rate_limit:?}"));
        for key in write_keys {
            parts.add(key.expose());
        }
        parts.fingerprint()
    }

    /// All of the connection but its name and its fingerprint.
    pub(crate) fn of_connection(connection: &ConnectionConfig) -> Self {
        let mut parts = Parts::default();
        // The policy's own text form names every setting, those that are added one day included.
        parts.add(&format!(
            "{} {:?} {:?} {} {:?}",
            connection.enabled,
            connection.sources,
            connection.consent,
            connection.destination.definition().slug,
            connection.policy,
        ));
        parts.add(&json(connection.settings.expose()));
        parts.add(&json(&connection.features));
        for subscription in &connection.subscriptions {
            parts.add(&format!("{subscription:?}"));
            if let Ok(pipeline) = &subscription.pipeline.pipeline {
                parts.add(&pipeline.source().to_string());
            }
        }
        let auth = &connection.auth;
        parts.add(&format!("{auth:?}"));
        for secret in auth.secrets() {
            parts.add(secret.expose());
        }
        parts.fingerprint()
    }
}

fn json(object: &waystation_json::JsonObject) -> String {
    serde_json::to_string(object).unwrap_or_default()
}

/// Texts on the way to a fingerprint.
#[derive(Default)]
struct Parts(Sha256);

impl Parts {
    fn add(&mut self, text: &str) {
        // With the length in front, no two lists of texts look the same.
        self.0.update(text.len().to_le_bytes());
        self.0.update(text);
    }

    fn fingerprint(self) -> Fingerprint {
        Fingerprint(self.0.finalize().into())
    }
}

/// What a new configuration changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The sources that change.
    pub sources: Difference,
    /// The connections that change. Whatever works for the others can go on.
    pub connections: Difference,
    /// The other sections of the file that change.
    pub sections: Vec<Section>,
}

/// What a new configuration changes among named parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Parts that were not there.
    pub added: Vec<Arc<str>>,
    /// Parts that are no longer there.
    pub removed: Vec<Arc<str>>,
    /// Parts that were there and are different.
    pub changed: Vec<Arc<str>>,
}

impl Difference {
    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }

    fn between<'c>(
        old: impl Iterator<Item = (&'c Arc<str>, Fingerprint)>,
        new: impl Iterator<Item = (&'c Arc<str>, Fingerprint)>,
    ) -> Self {
        let mut old: BTreeMap<_, _> = old.collect();
        let mut difference = Self::default();
        for (name, fingerprint) in new {
            match old.remove(name) {
                None => difference.added.push(Arc::clone(name)),
                Some(before) if before != fingerprint => difference.changed.push(Arc::clone(name)),
                Some(_) => {}
            }
        }
        difference.removed = old.into_keys().cloned().collect();
        difference
    }
}

impl Changes {
    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty() && self.connections.is_empty() && self.sections.is_empty()
    }
}

impl Config {
    /// What changes when the other configuration takes the place of this one.
    #[must_use]
    pub fn changes_to(&self, new: &Self) -> Changes {
        fn sources(config: &Config) -> impl Iterator<Item = (&Arc<str>, Fingerprint)> {
            let sources = config.sources.iter();
            sources.map(|source: &Arc<Source>| (&source.name, source.fingerprint))
        }
        fn connections(config: &Config) -> impl Iterator<Item = (&Arc<str>, Fingerprint)> {
            let connections = config.connections.iter();
            connections.map(|connection| (&connection.name, connection.fingerprint))
        }
        Changes {
            sources: Difference::between(sources(self), sources(new)),
            connections: Difference::between(connections(self), connections(new)),
            sections: Section::ALL
                .iter()
                .copied()
                .filter(|section| section.differs(self, new))
                .collect(),
        }
    }
}

/// A section of the file that is neither sources nor connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// `[server]`
    Server,
    /// `[api]`
    Api,
    /// `[ingest]`
    Ingest,
    /// `[store]`
    Store,
    /// `[record]`
    Record,
    /// `[telemetry]`
    Telemetry,
    /// `[network]`
    Network,
    /// `[delivery]`, which shows in the connections as well
    Delivery,
}

impl Section {
    /// All of them, in the order of the reference.
    pub const ALL: &[Self] = &[
        Self::Server,
        Self::Api,
        Self::Ingest,
        Self::Store,
        Self::Record,
        Self::Telemetry,
        Self::Network,
        Self::Delivery,
    ];

    /// Its name in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Api => "api",
            Self::Ingest => "ingest",
            Self::Store => "store",
            Self::Record => "record",
            Self::Telemetry => "telemetry",
            Self::Network => "network",
            Self::Delivery => "delivery",
        }
    }

    fn differs(self, old: &Config, new: &Config) -> bool {
        match self {
            Self::Server => old.server != new.server,
            Self::Api => old.api != new.api,
            Self::Ingest => old.ingest != new.ingest,
            Self::Store => old.store != new.store,
            Self::Record => old.record != new.record,
            Self::Telemetry => old.telemetry != new.telemetry,
            Self::Network => old.network != new.network,
            Self::Delivery => old.delivery != new.delivery,
        }
    }
}
