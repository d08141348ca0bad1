//! The service's interfaces for programs: the execution API, the admin API, and the OpenAPI document of both.
//!
//! * **Execution**, under `/v1/destinations`: runs actions for callers that keep their own queue. Settings, tokens,
//!   mappings and events come with the request; what happened goes back with the answer.
//! * **Administration**, under `/admin/v1`: configuration, connections, deliveries, dead letters, the ledger.
//!
//! [`router`] gives both as one axum router with its part of the OpenAPI document; [`openapi::merged`] puts the
//! parts of several routers together. The router is to stand under [`waystation_http::request_id::identify`], which
//! gives errors their final form, and [`waystation_http::panics::caught`]. It reads bodies up to the configured size
//! itself. What it takes from the configuration (tokens, limits, what it shows) is what is in force at the moment of
//! the request.
#![forbid(unsafe_code)]

mod admin;
mod api;
mod app;
mod auth;
mod body;
mod execution;
mod fallback;
pub mod openapi;
mod parameters;
mod problem;
mod reload;
mod router;
mod shown;
mod time;
mod whole;

pub use api::Api;
pub use reload::{Reload, ReloadRefused, Reloaded};
pub use router::router;
