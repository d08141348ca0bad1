//! The destination against a scripted Meta.

mod connecting;
mod events;
mod failures;
mod support;
