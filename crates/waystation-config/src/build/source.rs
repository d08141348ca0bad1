//! Where events come from.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use waystation_kit::Secret;

use super::{Builder, Exposure, check_name, or};
use crate::changes::Fingerprint;
use crate::config::{EventRate, Source, SourceRate};
use crate::document::{Located, Named, Spot};
use crate::fault::{Problem, Severity};
use crate::written;

/// The write key of the demo, which everybody knows.
const DEMO_KEY: &str = "demo";

/// How many seconds' events may come at once unless said otherwise.
const BURST_SECONDS: NonZeroU32 = const { NonZeroU32::new(10).unwrap() };

impl Builder<'_, '_> {
    pub(super) fn sources(
        &mut self,
        written: Named<written::Source>,
        default_rate: Option<&Located<SourceRate>>,
        exposure: Exposure,
    ) -> Vec<Located<Source>> {
        let mut known_keys = HashMap::new();
        let sources = written.0.into_iter().filter_map(|(name, source)| {
            let good_name = check_name(&name, &mut self.findings);
            let layers: Vec<&Located<SourceRate>> = default_rate
                .into_iter()
                .chain(source.rate_limit.as_ref())
                .collect();
            let rate_limit = self.rate(&layers);
            let enabled = or(source.enabled, true);
            let write_keys = self.write_keys(source.write_keys, &name.spot, &mut known_keys, exposure);
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
        exposure: Exposure,
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
            self.check_key(&secret, &key.spot, known, exposure);
            keys.push(secret);
        }
        keys
    }

    fn check_key(
        &mut self,
        key: &Secret,
        spot: &Spot,
        known: &mut HashMap<String, Spot>,
        exposure: Exposure,
    ) {
        if let Some(reason) = unsendable(key.expose()) {
            self.findings.add(spot, Problem::Unusable { reason });
        }
        if key.expose() == DEMO_KEY && exposure != Exposure::ThisMachine {
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
        if last.value.enabled == Some(false) {
            return None;
        }
        let value = |get: fn(&SourceRate) -> Option<NonZeroU32>| {
            layers.iter().rev().find_map(|layer| get(&layer.value))
        };
        let Some(per_second) = value(|layer| layer.per_second) else {
            let problem = Problem::MissingKey {
                key: "per_second",
                example: "per_second = 100",
            };
            self.findings.add(&last.spot, problem);
            return None;
        };
        let burst = value(|layer| layer.burst);
        Some(EventRate {
            per_second,
            burst: burst.unwrap_or(per_second.saturating_mul(BURST_SECONDS)),
        })
    }
}

/// Why no sender can show this key, or hardly means to. A key from a file easily has something behind it that nobody
/// sees, and then every sender is refused.
fn unsendable(key: &str) -> Option<String> {
    // Senders show it as the user name of basic authentication, which ends at a colon.
    if key.contains(':') {
        return Some("must not contain a colon".to_owned());
    }
    let unseen = key
        .chars()
        .find(|character| character.is_whitespace() || character.is_control() || *character == '\u{feff}')?;
    let name = match unseen {
        ' ' => "a blank".to_owned(),
        '\t' => "a tab".to_owned(),
        '\n' | '\r' => "a line end".to_owned(),
        '\u{feff}' => "a byte order mark".to_owned(),
        other => format!("the character U+{:04X}", u32::from(other)),
    };
    Some(format!(
        "must not contain {name}: senders show the key without it"
    ))
}
