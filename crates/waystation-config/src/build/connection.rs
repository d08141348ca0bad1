//! Where events go.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;
use waystation_client::redact::secrets_by_name;
use waystation_json::JsonObject;
use waystation_kit::{Auth, Secret};
use waystation_runtime::LoadedDestination;
use waystation_runtime::registry::nearest;

use super::{Builder, check_name, delivery, or};
use crate::changes::Fingerprint;
use crate::config::{ConnectionConfig, DeliveryPolicy, ResolvedSettings, Source, SubscriptionConfig};
use crate::document::{Located, Named, Spot, Tree, required};
use crate::fault::Problem;
use crate::written::{self, Connection};

impl Builder<'_, '_> {
    pub(super) fn connections(
        &mut self,
        written: Named<Connection>,
        sources: &[Located<Source>],
        defaults: Option<&Tree>,
    ) -> Vec<Located<ConnectionConfig>> {
        let connections = written.0.into_iter().filter_map(|(name, connection)| {
            let spot = name.spot.clone();
            let connection = self.connection(&name, connection, sources, defaults)?;
            Some(Located::new(connection, spot))
        });
        connections.collect()
    }

    fn connection(
        &mut self,
        name: &Located<String>,
        written: Connection,
        sources: &[Located<Source>],
        defaults: Option<&Tree>,
    ) -> Option<ConnectionConfig> {
        let good_name = check_name(name, &mut self.findings);
        let sources = self.sources_of(written.sources, sources);
        let own = written.delivery.as_ref();
        let layers: Vec<&Tree> = defaults.into_iter().chain(own).collect();
        let policy = delivery::complete(&layers, &mut self.findings);
        // Without its destination, nothing else can be judged.
        let destination = self.destination(written.destination, &name.spot)?;
        let settings = self.settings(written.settings.as_ref(), &name.spot, &destination);
        let (auth, auth_faulty) = self.auth(written.auth, &destination);
        let subscriptions = self.subscriptions(written.subscriptions, &name.spot, &destination, &policy);
        self.check_batches(&subscriptions, own, &policy);
        let (settings, mut secrets) = settings?;
        secrets.extend(auth.secrets().cloned());
        secrets.extend(written_secrets(&settings, &subscriptions));
        let connection = ConnectionConfig {
            name: Arc::from(name.value.as_str()),
            enabled: or(written.enabled, true),
            sources,
            consent: written.consent.into(),
            destination,
            settings,
            auth,
            subscriptions,
            policy,
            features: features(written.features),
            secrets,
            fingerprint: Fingerprint::default(),
        };
        let fingerprint = Fingerprint::of_connection(&connection);
        (good_name && !auth_faulty).then_some(ConnectionConfig {
            fingerprint,
            ..connection
        })
    }

    fn destination(
        &mut self,
        slug: Option<Located<String>>,
        connection: &Spot,
    ) -> Option<Arc<LoadedDestination>> {
        let example = "destination = \"...\"; `waystation list` has the names";
        let slug = required(slug, "destination", example, connection, &mut self.findings)?;
        let found = self.registry.get(&slug.value).map(Arc::clone);
        if found.is_none() {
            let known = self.registry.iter();
            let problem = Problem::UnknownDestination {
                nearest: self.registry.nearest(&slug.value).map(str::to_owned),
                known: known
                    .map(|destination| destination.definition().slug.to_owned())
                    .collect(),
                slug: slug.value,
            };
            self.findings.add(&slug.spot, problem);
        }
        found
    }

    /// The names of the sources; all of them unless some are named.
    fn sources_of(
        &mut self,
        written: Option<Located<Vec<Located<String>>>>,
        sources: &[Located<Source>],
    ) -> Vec<Arc<str>> {
        let all = || sources.iter().map(|source| Arc::clone(&source.value.name));
        let Some(written) = written else {
            let mut all: Vec<Arc<str>> = all().collect();
            all.sort();
            return all;
        };
        if written.value.is_empty() {
            let reason = "its list of sources is empty";
            self.findings.add(&written.spot, Problem::NoEvents { reason });
        }
        let known: HashSet<Arc<str>> = all().collect();
        let mut taken = HashSet::new();
        let mut named = Vec::with_capacity(written.value.len());
        for name in written.value {
            match known.get(name.value.as_str()) {
                Some(known) if !taken.insert(Arc::clone(known)) => {}
                Some(known) => named.push(Arc::clone(known)),
                None => {
                    let names: Vec<Arc<str>> = all().collect();
                    let nearest = nearest(&name.value, names.iter().map(|known| &**known));
                    let problem = Problem::UnknownSource {
                        nearest: nearest.map(str::to_owned),
                        name: name.value,
                    };
                    self.findings.add(&name.spot, problem);
                }
            }
        }
        named
    }

    /// The tokens, and whether there was something wrong with them.
    fn auth(
        &mut self,
        written: Option<Located<written::Auth>>,
        destination: &LoadedDestination,
    ) -> (Auth, bool) {
        let Some(written) = written else {
            return (Auth::default(), false);
        };
        let errors = self.findings.errors();
        if !destination.refreshes_tokens() {
            let slug = destination.definition().slug;
            let reason = format!("{slug} does not use OAuth");
            self.findings.add(&written.spot, Problem::NoEffect { reason });
        }
        let findings = &mut self.findings;
        let mut open = |secret| self.vault.open_written(secret, findings);
        let written = written.value;
        let auth = Auth {
            access_token: open(written.access_token),
            refresh_token: open(written.refresh_token),
            client_id: open(written.client_id).map(|id| id.expose().to_owned()),
            client_secret: open(written.client_secret),
            refresh_token_url: written.refresh_token_url.map(|url| url.value.to_string()),
        };
        (auth, self.findings.errors() > errors)
    }

    /// Tells of a size for batches that the connection asks for and does not get.
    fn check_batches(
        &mut self,
        subscriptions: &[SubscriptionConfig],
        own: Option<&Tree>,
        policy: &DeliveryPolicy,
    ) {
        let size = own.and_then(|own| own.at("batch.size"));
        let largest = subscriptions
            .iter()
            .map(|subscription| subscription.batch.size)
            .max();
        if let (Some(size), Some(largest)) = (size, largest)
            && largest < policy.batch.size
        {
            let reason = match largest {
                1 => "none of its actions takes batches as it is mapped".to_owned(),
                largest => format!("its actions take {largest} events at most as they are mapped"),
            };
            self.findings.add(&size.spot, Problem::NoEffect { reason });
        }
    }
}

fn features(names: Vec<String>) -> Arc<JsonObject> {
    Arc::new(names.into_iter().map(|name| (name, Value::Bool(true))).collect())
}

/// Secrets that are written where nobody declares them, as in the address of a webhook.
fn written_secrets(settings: &ResolvedSettings, subscriptions: &[SubscriptionConfig]) -> Vec<Secret> {
    let mut secrets = secrets_by_name(&Value::Object(settings.expose().clone()));
    for subscription in subscriptions {
        if let Ok(pipeline) = &subscription.pipeline.pipeline {
            secrets.extend(secrets_by_name(pipeline.source()));
        }
    }
    secrets
}
