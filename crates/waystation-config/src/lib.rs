//! What an operator decides: one TOML file, read into a [`Config`] that cannot be wrong.
#![forbid(unsafe_code)]

mod changes;
mod config;
mod fault;
pub mod quantity;

pub use changes::Fingerprint;
pub use config::{
    Api, ApiToken, BatchPolicy, Config, ConnectionConfig, DeliveryPolicy, EventRate, Ingest, KeptBodies,
    ListenAddress, ListenAddressError, LogFormat, Logging, Network, Ordering, Otlp, Record, ResolvedSettings,
    Scope, Server, Source, Store, SubscriptionConfig, Telemetry,
};
pub use fault::{Fault, Faults, Place, Position, Problem, Severity};
