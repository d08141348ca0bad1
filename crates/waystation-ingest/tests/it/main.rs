//! The tracking API from outside, with a scripted acceptor behind it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot run has to fail"
)]

mod batches;
mod browsers;
mod harness;
mod keys;
mod limits;
mod normalisation;
mod openapi;
mod properties;
mod refusals;
mod routes;
mod wire;
