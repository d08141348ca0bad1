//! Where events come from.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use waystation_kit::Secret;

use super::{Builder, check_name, or};
use crate::changes::Fingerprint;
use crate::config::{EventRate, ListenAddress, Source};
use crate::document::{Located, Named, Spot};
use crate::fault::{Problem, Severity};
use crate::written::{self, SourceRate};

/// The write key of the demo, which everybody knows.
const DEMO_KEY: &str = "demo";

/// How many seconds' events may come at once unless said otherwise.
const BURST_SECONDS: NonZeroU32 = const { NonZeroU32::new(10).unwrap() };

impl Builder<'_, '_> {
    /// How many events a source may send where it does not say so itself.
    pub(super) fn ingest_rate(
        &self,
        ingest: Option<&Located<written::Ingest>>,
    ) -> Option<Located<SourceRate>> {
        ingest?.value.rate_limit.clone()
    }

    pub(super) fn sources(
        &mut self,
        written: Option<Located<Named<written::Source>>>,
        default_rate: Option<&Located<SourceRate>>,
        listen: &ListenAddress,
    ) -> Vec<Located<Source>> {
        let Named(written) = or(written, Named::default());
        let mut known_keys = HashMap::new();
        let sources = written.into_iter().filter_map(|(name, source)| {
            let good_name = check_name(&name, &mut self.findings);
            let layers: Vec<&Located<SourceRate>> = default_rate
                .into_iter()
                .chain(source.rate_limit.as_ref())
                .collect();
            let rate_limit = self.rate(&layers);
            let enabled = or(source.enabled, true);
            let write_keys = self.write_keys(source.write_keys, &name.spot, &mut known_keys, listen);
            let fingerprint = Fingerprint::of_source(enabled, &write_keys, rate_limit);
            let source = Source {
                name: Arc::from(name.value.as_str()),
                enabled,
                write_keys,
                rate_limit,
                fingerprint,
            };
            good_name.then_some(Located::new(source, name.spot))
        });
        sources.collect()
    }

    fn write_keys(
        &mut self,
        written: Option<Located<Vec<Located<written::SecretText>>>>,
        source: &Spot,
        known: &mut HashMap<String, Spot>,
        listen: &ListenAddress,
    ) -> Vec<Secret> {
        let written = written.map(|written| written.value).unwrap_or_default();
        if written.is_empty() {
            let reason = "it has no `write_keys`";
            self.findings.add(source, Problem::NoEvents { reason });
        }
        let mut keys = Vec::with_capacity(written.len());
        for key in written {
            let Some(secret) = self.vault.open(&key.value, &key.spot, &mut self.findings) else {
                continue;
            };
            self.check_key(&secret, &key.spot, known, listen);
            keys.push(secret);
        }
        keys
    }

    fn check_key(
        &mut self,
        key: &Secret,
        spot: &Spot,
        known: &mut HashMap<String, Spot>,
        listen: &ListenAddress,
    ) {
        if key.expose().contains(':') {
            // Senders show it as the user name of basic authentication, which ends at a colon.
            let reason = "must not contain a colon".to_owned();
            self.findings.add(spot, Problem::Unusable { reason });
        }
        if key.expose() == DEMO_KEY && !listen.is_loopback() {
            let problem = Problem::Unsafe {
                reason: "is the key of the demo, which everybody knows, and other machines can connect",
                severity: Severity::Warning,
            };
            self.findings.add(spot, problem);
        }
        self.check_unique(key, "write key", spot, known);
    }

    /// Tells of a secret that stands elsewhere already.
    pub(super) fn check_unique(
        &mut self,
        secret: &Secret,
        what: &'static str,
        spot: &Spot,
        known: &mut HashMap<String, Spot>,
    ) {
        match known.get(secret.expose()) {
            Some(other) => {
                let problem = Problem::Duplicate {
                    what,
                    other: other.key.to_string(),
                    place: self.findings.place(other).to_string(),
                };
                self.findings.add(spot, problem);
            }
            None => {
                known.insert(secret.expose().to_owned(), spot.clone());
            }
        }
    }

    /// The last layer that says something about a key counts.
    fn rate(&mut self, layers: &[&Located<SourceRate>]) -> Option<EventRate> {
        let last = layers.last()?;
        if !last.value.enabled.as_ref().is_none_or(|enabled| enabled.value) {
            return None;
        }
        let value = |get: fn(&SourceRate) -> Option<&Located<NonZeroU32>>| {
            let written = layers.iter().rev().find_map(|layer| get(&layer.value));
            written.map(|written| written.value)
        };
        let Some(per_second) = value(|layer| layer.per_second.as_ref()) else {
            let problem = Problem::MissingKey {
                key: "per_second",
                example: "per_second = 100",
            };
            self.findings.add(&last.spot, problem);
            return None;
        };
        let burst = value(|layer| layer.burst.as_ref());
        Some(EventRate {
            per_second,
            burst: burst.unwrap_or(per_second.saturating_mul(BURST_SECONDS)),
        })
    }
}
