//! What the service works with: every value present, in its own type, checked.

mod connection;
mod policy;
mod server;
mod source;
mod telemetry;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use waystation_client::network::PublicAddresses;
use waystation_client::{AddressPolicy, NetworkConfig, Rewrites};

use crate::fault::Faults;

pub use connection::{ConnectionConfig, ResolvedSettings, SubscriptionConfig};
pub use policy::{BatchPolicy, DeliveryPolicy, Ordering};
pub use server::{Api, ApiToken, ListenAddress, ListenAddressError, Scope, Server};
pub use source::{EventRate, Source};
pub use telemetry::{LogFormat, Logging, Otlp, Telemetry};

/// Everything that an operator decided.
#[derive(Debug, Clone)]
pub struct Config {
    /// The HTTP server.
    pub server: Server,
    /// Who may use the execution and the admin API.
    pub api: Api,
    /// What senders may send.
    pub ingest: Ingest,
    /// Where events and deliveries are kept.
    pub store: Store,
    /// What is remembered of deliveries.
    pub record: Record,
    /// Logs and what is exported.
    pub telemetry: Telemetry,
    /// The way to partners.
    pub network: Network,
    /// How deliveries are made where a connection says nothing else.
    pub delivery: DeliveryPolicy,
    /// The sources in the order of their names.
    pub sources: Vec<Arc<Source>>,
    /// The connections in the order of their names.
    pub connections: Vec<Arc<ConnectionConfig>>,
    /// What hardly does what its author meant; nothing that keeps the service from running.
    pub warnings: Faults,
    /// The files that all this was read from: the configuration and the secrets it refers to.
    pub files: Vec<PathBuf>,
}

/// What senders may send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingest {
    /// The largest event, in bytes.
    pub max_event: usize,
    /// The largest body of a request, in bytes after decompression.
    pub max_request: usize,
    /// The most events in one request.
    pub max_events: usize,
    /// How many proxies stand in front of the server and add to `X-Forwarded-For`.
    pub trusted_proxies: usize,
    /// How long a source's message ids are remembered, so that what is sent twice is taken once; zero for not
    /// at all.
    pub dedupe_window: Duration,
}

/// Where events and deliveries are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// The database file; a relative path counts from the working directory.
    pub path: PathBuf,
    /// How large it may grow, in bytes; after that events are refused.
    pub max_size: u64,
    /// What senders are told to wait when the store is full.
    pub full_retry_after: Duration,
}

/// What is remembered of deliveries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// How long delivered and skipped deliveries are remembered.
    pub keep: Duration,
    /// How long dead letters are kept.
    pub keep_dead_letters: Duration,
    /// Of which deliveries the bodies of requests and answers are kept.
    pub bodies: KeptBodies,
    /// How much of each body is kept, in bytes.
    pub body_limit: usize,
}

/// Of which deliveries the bodies of requests and answers are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeptBodies {
    /// Of all.
    #[default]
    All,
    /// Of those that failed.
    Failures,
    /// Of none.
    None,
}

/// The way to partners.
#[derive(Debug, Clone)]
pub struct Network {
    /// Addresses that may be reached, proxies, the largest answer.
    pub client: NetworkConfig,
    /// Origins whose requests go elsewhere.
    pub rewrites: Rewrites,
}

impl Default for Ingest {
    /// The limits that Segment documents, but for the number of events: Segment takes 2,500 and drops requests
    /// with more without a word.
    fn default() -> Self {
        Self {
            max_event: 32 << 10,
            max_request: 500 << 10,
            max_events: 10_000,
            trusted_proxies: 0,
            dedupe_window: Duration::from_hours(24),
        }
    }
}

impl Default for Store {
    fn default() -> Self {
        Self {
            path: PathBuf::from("waystation.db"),
            max_size: 10 << 30,
            full_retry_after: Duration::from_secs(30),
        }
    }
}

impl Default for Record {
    fn default() -> Self {
        Self {
            keep: Duration::from_hours(7 * 24),
            keep_dead_letters: Duration::from_hours(30 * 24),
            bodies: KeptBodies::default(),
            body_limit: 8 << 10,
        }
    }
}

impl Default for Network {
    /// Public addresses only, where a setting or an event names the address.
    fn default() -> Self {
        Self {
            client: NetworkConfig {
                addresses: AddressPolicy::PublicWhereAsked(PublicAddresses::default()),
                ..NetworkConfig::default()
            },
            rewrites: Rewrites::default(),
        }
    }
}
