//! Carries the requests of destinations to their partners.
//!
//! Destinations describe requests with the kit; this crate is what stands behind the kit's
//! [`Transport`](waystation_kit::request::Transport). A [`Client`] is made once per process from a
//! [`ClientConfig`]; [`Client::per_call`] gives each call a [`CallTransport`] of its own:
//!
//! ```text
//! CallTransport   records the exchange, within the time limit and the caller's deadline
//!   redirects     one exchange of the destination may be several on the wire
//!     Rewrites    requests for some origins go elsewhere
//!       a Wire    the network, a scripted partner, or nothing at all
//! ```
//!
//! What was recorded leaves through a [`Redactor`] only.
#![forbid(unsafe_code)]

mod call;
mod client;
mod credentials;
mod deadline;
mod dry_run;
pub mod mock;
pub mod network;
pub mod record;
pub mod redact;
mod redirect;
pub mod rewrite;
#[cfg(test)]
mod testing;
mod wire;

pub use call::CallTransport;
pub use client::{Client, ClientConfig, Outlet};
pub use deadline::CallLimits;
pub use dry_run::DryRun;
pub use mock::{Mock, Script, ScriptError};
pub use network::{AddressPolicy, NetworkConfig, NetworkError, NetworkTransport};
pub use record::Exchanges;
pub use redact::{NameRules, Redactor, Redactors};
pub use rewrite::{Rewrite, Rewrites};
pub use wire::Wire;
