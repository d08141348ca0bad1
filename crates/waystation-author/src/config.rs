//! What an operator decides about the author's server.

use std::sync::Arc;
use std::time::Duration;

use waystation_client::{Client, NameRules};
use waystation_json::JsonObject;
use waystation_kit::context::Services;
use waystation_runtime::calls::Spectator;
use waystation_runtime::{LoadedDestination, Registry, RetrySettings};

/// The largest body that is read unless the operator says otherwise: 16 MiB.
pub const DEFAULT_BODY_LIMIT: usize = 16 << 20;

/// What the author's server is made from.
#[derive(Clone)]
pub struct ServerConfig {
    /// Every destination that can be executed.
    pub registry: Registry,
    /// The destination whose routes stand under the root; without one there is the workbench, for all of them.
    pub destination: Option<Arc<LoadedDestination>>,
    /// The way to partners. Each call gets a transport of its own from it, and with it a record of its own.
    pub client: Client,
    /// How often and how long deliveries are tried in process.
    pub retries: RetrySettings,
    /// How long a whole call may take, attempts and waits included; `None` for no limit but those of its
    /// requests.
    pub time_limit: Option<Duration>,
    /// The largest body that is read, in bytes.
    pub body_limit: usize,
    /// Which names hide their values in what is shown. Known secrets are hidden in any case.
    pub hidden_names: NameRules,
    /// Host names by which the server may be called besides `localhost` and addresses.
    pub allowed_hosts: Vec<String>,
    /// How the access log tells of requests.
    pub access_log: AccessLog,
    /// Clock, cache and environment for actions.
    pub services: Services,
    /// Settings of the served destination, for requests that do not bring them; what a request brings wins, key by key.
    pub settings: JsonObject,
    /// Is told of every request to the partner while it is made.
    pub spectator: Option<Spectator>,
}

/// How the access log tells of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AccessLog {
    /// As a line for people: `POST /trackEvent 200 in 12 ms`.
    #[default]
    Line,
    /// As fields for machines: method, path, status, duration.
    Fields,
}

impl ServerConfig {
    /// The defaults of an author's server: one attempt, no limit for calls, names of credentials hidden.
    #[must_use]
    pub fn new(registry: Registry, destination: Option<Arc<LoadedDestination>>, client: Client) -> Self {
        Self {
            registry,
            destination,
            client,
            retries: RetrySettings::single_attempt(),
            time_limit: None,
            body_limit: DEFAULT_BODY_LIMIT,
            hidden_names: NameRules::Credentials,
            allowed_hosts: Vec::new(),
            access_log: AccessLog::default(),
            services: Services::default(),
            settings: JsonObject::new(),
            spectator: None,
        }
    }
}
