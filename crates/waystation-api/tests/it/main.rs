//! The interfaces over a real store, with a scripted partner.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::needless_pass_by_value,
    reason = "a test stops at the first surprise"
)]

mod auth;
mod bodies;
mod carried;
mod configuration;
mod connections;
mod dead_letters;
mod deliveries;
mod events;
mod execution;
mod hostile;
mod ledger;
mod lost;
mod openapi;
mod secrets;
mod support;
