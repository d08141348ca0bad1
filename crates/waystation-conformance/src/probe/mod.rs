//! The fictitious destination of the runtime corpus, in seven variants.
//!
//! `tests/conformance/runtime/README.md` describes it; its declarations are read from `probe.json` beside that
//! file, so that they cannot drift apart.

mod account;
mod batches;
mod declared;
mod failing;
mod fields;
mod inspect;
mod jobs;
mod results;
mod simple;
mod variants;

pub(crate) use batches::{error as multistatus_error, success as multistatus_success};
pub(crate) use variants::all;

/// Where the partner is.
pub(crate) const PARTNER: &str = "https://probe.test";

/// An address at the partner.
fn address(path: &str) -> String {
    format!("{PARTNER}{path}")
}
