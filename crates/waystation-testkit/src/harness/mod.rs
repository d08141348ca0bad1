//! A connected destination, and everything that can be asked of it.

mod calls;
mod deliveries;
mod setup;

use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};
use waystation_client::{CallLimits, Client, ClientConfig, NetworkConfig, Outlet};
use waystation_kit::context::Services;
use waystation_kit::{Auth, Destination, JsonObject};
use waystation_runtime::destination::LoadedAction;
use waystation_runtime::tokens::InMemoryTokens;
use waystation_runtime::{CallOptions, Connection, LoadedDestination, MemoryCache, RetrySettings};

use crate::partner::{Discretion, Partner};

/// A destination, connected to a [`Partner`] with a workspace's settings.
///
/// Everything goes the way it goes in production: settings, mapping and payload are validated, requests travel
/// over a socket, a refused token is refreshed, and a memory lasts from call to call. Requests for any origin
/// arrive at the test's partner.
///
/// Unless told otherwise, an action runs with its default mapping, its own subscription, and a single attempt.
pub struct Harness<D: Destination> {
    destination: Arc<LoadedDestination>,
    client: Client,
    discretion: Discretion,
    settings: JsonObject,
    auth: Auth,
    services: Services,
    features: JsonObject,
    retries: RetrySettings,
    mapping: Option<Value>,
    mapping_changes: Vec<(String, Value)>,
    subscribe: Option<String>,
    connection: OnceLock<Connection>,
    typed: PhantomData<fn() -> D>,
}

impl<D: Destination> Harness<D> {
    /// Connects to the partner with these settings.
    ///
    /// # Panics
    /// The definition cannot be compiled, the settings are no object, or the network cannot be used.
    #[must_use]
    pub fn new(partner: &Partner, settings: Value) -> Self {
        let definition = D::definition().build();
        let destination = LoadedDestination::new(definition).unwrap_or_else(|error| panic!("{error}"));
        Self {
            destination: Arc::new(destination),
            client: client_to(partner),
            discretion: partner.discretion(),
            settings: object(settings, "settings"),
            auth: Auth::default(),
            services: Services::default(),
            features: Map::new(),
            retries: RetrySettings::single_attempt(),
            mapping: None,
            mapping_changes: Vec::new(),
            subscribe: None,
            connection: OnceLock::new(),
            typed: PhantomData,
        }
    }

    /// The tokens as they are now: after a refresh, the new ones.
    #[must_use]
    pub fn auth_now(&self) -> Auth {
        self.connection().tokens().current()
    }

    /// The connection, made at the first call.
    fn connection(&self) -> &Connection {
        self.connection.get_or_init(|| {
            let (destination, settings) = (Arc::clone(&self.destination), self.settings.clone());
            Connection::open(destination, settings, self.auth.clone(), Arc::new(InMemoryTokens))
                .unwrap_or_else(|error| panic!("the settings do not fit: {error}"))
                .with_cache(Arc::new(MemoryCache::default()))
        })
    }

    /// What each call is made with. The partner learns what its snapshots must not show.
    fn options(&self) -> CallOptions {
        let secrets = self.destination.secrets(&self.settings);
        self.discretion
            .hide(secrets.into_iter().chain(self.auth.secrets().cloned()));
        let transport = self.client.per_call(CallLimits::default());
        CallOptions {
            features: Arc::new(self.features.clone()),
            services: self.services.clone(),
            retries: self.retries,
            ..CallOptions::new(Arc::new(transport))
        }
    }

    fn action(&self, slug: &str) -> &Arc<LoadedAction> {
        self.destination.action(slug).unwrap_or_else(|| {
            panic!(
                "{} has no action {slug}: is it missing in its definition()?",
                D::SLUG
            )
        })
    }
}

/// A client that takes every request to the partner of the test.
fn client_to(partner: &Partner) -> Client {
    let rewrite = format!("*={}", partner.origin());
    let rewrite = rewrite.parse().unwrap_or_else(|error| panic!("{error}"));
    let network = NetworkConfig {
        // The machine's proxies would look for the test's partner on another machine.
        proxies: waystation_client::network::Proxies::None,
        ..NetworkConfig::default()
    };
    let config = ClientConfig {
        outlet: Outlet::Network(network),
        rewrites: [rewrite].into_iter().collect(),
    };
    Client::new(config).unwrap_or_else(|error| panic!("{error}"))
}

fn object(value: Value, what: &str) -> JsonObject {
    match value {
        Value::Object(object) => object,
        other => panic!("{what} are an object, and not {other}"),
    }
}
