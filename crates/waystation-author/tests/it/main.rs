//! The author's server from outside: one file a group of routes, and the ways through the middleware.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::needless_pass_by_value,
    reason = "a test stops at the first surprise"
)]

mod action;
mod audience;
mod authenticate;
mod carried;
mod concurrency;
mod cors;
mod delete;
mod dry_run;
mod dynamic_field;
mod errors;
mod execute;
mod hook;
mod job;
mod listing;
mod manifest;
mod oddities;
mod own_settings;
mod refresh;
mod shutdown;
mod support;
mod wire;
mod workbench;
