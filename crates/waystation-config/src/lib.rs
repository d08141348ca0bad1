//! What an operator decides: one TOML file, read into a [`Config`] that cannot be wrong.
//!
//! * [`load`] reads a file into a [`Config`], or tells everything that is wrong with it: [`Faults`]. [`Loader`] does the
//!   same with an environment or an address to listen on of the caller's own.
//! * [`reference()`] is the file with every setting and its default, which [`demo`] reads; [`json_schema`] is for
//!   editors.
//! * [`Watch`] notices when the files change, and [`Config::changes_to`] tells what a new configuration changes.
//!
//! The file itself is explained in the crate's README.
//!
//! ```
//! use waystation_config::Loader;
//! use waystation_runtime::Registry;
//!
//! let registry = Registry::default();
//! let faults = Loader::new(&registry)
//!     .parse("waystation.toml", "[server]\nlisten = \"8080\"\nport = 1\n")
//!     .unwrap_err();
//! assert_eq!(faults.errors(), 2);
//! assert_eq!(
//!     faults.to_string().lines().next(),
//!     Some("error: `server.listen` cannot be used: \"8080\" is no host and port, such as 127.0.0.1:8080 or [::1]:8080"),
//! );
//! ```
#![forbid(unsafe_code)]

mod build;
mod changes;
mod config;
mod document;
mod fault;
mod files;
mod load;
pub mod quantity;
mod schema;
mod shown;
mod watch;
mod written;

pub use changes::{Changes, Difference, Fingerprint, Section};
pub use config::{
    AddressRule, Api, ApiToken, BatchPolicy, Config, ConnectionConfig, CredentialsPause, DeliveryPolicy,
    EventRate, Ingest, KeptBodies, ListenAddress, ListenAddressError, LogFormat, Logging, MaxWaiting,
    Network, Ordering, Otlp, Record, ResolvedSettings, Scope, Server, ServerTls, Source, Store,
    SubscriptionConfig, Telemetry, WhenFull,
};
pub use fault::{Fault, Faults, Place, Position, Problem, Severity};
pub use load::{Loader, demo, load, reference};
pub use schema::json_schema;
pub use shown::Shown;
pub use watch::{Watch, WatchError};
