//! What an operator decides: one TOML file, read into a [`Config`] that cannot be wrong.
#![forbid(unsafe_code)]

mod build;
mod changes;
mod config;
mod document;
mod fault;
mod load;
pub mod quantity;
mod schema;
mod watch;
mod written;

pub use changes::{Changes, Difference, Fingerprint};
pub use config::{
    Api, ApiToken, BatchPolicy, Config, ConnectionConfig, DeliveryPolicy, EventRate, Ingest, KeptBodies,
    ListenAddress, ListenAddressError, LogFormat, Logging, Network, Ordering, Otlp, Record, ResolvedSettings,
    Scope, Server, Source, Store, SubscriptionConfig, Telemetry,
};
pub use fault::{Fault, Faults, Place, Position, Problem, Severity};
pub use load::{Loader, demo, load, reference};
pub use schema::json_schema;
pub use watch::{Watch, WatchError};
