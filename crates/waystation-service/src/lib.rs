//! The service: events come in, are on disk before they are acknowledged, and are delivered.
//!
//! ```text
//! sender ──> ingest ──> acceptor ──> queue ──> delivery ──> partner
//!                          │                      │
//!                          └── one configuration ─┘  <── reload
//! ```
//!
//! [`Service::start`] puts the parts together from a configuration; [`Service::run`] serves until a signal comes
//! and ends in good order. Each part lives in a crate of its own; here is only what joins them.
#![forbid(unsafe_code)]

mod acceptor;
mod error;
mod health;
mod origin;
mod reload;
mod router;
mod service;
mod supervision;

pub use error::ServiceError;
pub use origin::Origin;
pub use service::{Options, Service};
