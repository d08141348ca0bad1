//! What carries one request and brings back one answer.

use std::fmt;

use waystation_kit::Result;
use waystation_kit::future::BoxFuture;
use waystation_kit::request::{Answer, OutgoingRequest};

/// Carries one request and brings back one answer: no redirects, no time limit, no record, for these are
/// the same whatever the wire is.
///
/// Requests are borrowed: the record keeps the one that the destination made, and a redirect may repeat it.
pub trait Wire: Send + Sync + fmt::Debug {
    /// Sends the request and reads its whole answer. A failing status is an answer.
    ///
    /// # Errors
    /// The exchange broke: [`Error::Network`](waystation_kit::Error::Network), or
    /// [`Error::Timeout`](waystation_kit::Error::Timeout) from a partner scripted to stay silent.
    fn exchange<'a>(&'a self, request: &'a OutgoingRequest) -> BoxFuture<'a, Result<Answer>>;
}
