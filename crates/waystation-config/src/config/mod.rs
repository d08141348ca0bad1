//! What the service works with: every value present, in its own type, checked.

mod concurrency;
mod connection;
mod network;
mod policy;
mod server;
mod source;
mod store;
mod telemetry;
mod words;

use std::path::PathBuf;
use std::sync::Arc;

use crate::fault::Faults;

pub use connection::{ConnectionConfig, ResolvedSettings, SubscriptionConfig};
pub use network::{AddressRule, Network};
pub use policy::{BatchPolicy, CredentialsPause, DeliveryPolicy, MaxWaiting, Ordering, WhenFull};
pub use server::{Api, ApiToken, ListenAddress, ListenAddressError, Scope, Server, ServerTls};
pub(crate) use source::SourceRate;
pub use source::{EventRate, Ingest, Source};
pub use store::{KeptBodies, Record, Store};
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
