//! The seam between what an action asks for and what goes over the wire.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use url::Url;

use crate::error::Result;
use crate::future::BoxFuture;

/// A finished request, ready for the wire.
#[derive(Debug, Clone)]
pub struct OutgoingRequest {
    /// Upper-case method.
    pub method: Method,
    /// The whole address, query included.
    pub url: Url,
    /// Every header that the destination set, authorization and content type included.
    pub headers: HeaderMap,
    /// The serialised body; `None` when there is none.
    pub body: Option<Bytes>,
    /// The limit for the whole exchange, body included; `None` leaves only the caller's deadline.
    pub time_limit: Option<Duration>,
    /// Which network addresses the request may reach.
    pub addresses: Addresses,
}

/// Which network addresses a request may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Addresses {
    /// Any that the operator allows.
    #[default]
    Any,
    /// Public ones only, unless the operator allows others: for hosts that settings or events name freely.
    PublicOnly,
}

/// What came back, before anything is made of it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The reason phrase on the wire, where the transport knows one.
    pub reason: Option<String>,
    /// The headers.
    pub headers: HeaderMap,
    /// The address that answered, after redirects.
    pub url: Url,
    /// The whole body.
    pub body: Bytes,
}

/// Sends requests. The runtime's transport goes over the network; others record, replace, refuse or
/// script the exchange. A failing status is an [`Answer`]; errors are broken exchanges only.
pub trait Transport: Send + Sync + fmt::Debug {
    /// Sends one request and reads its whole answer.
    ///
    /// # Errors
    /// [`Error::Timeout`](crate::Error::Timeout), [`Error::Network`](crate::Error::Network),
    /// [`Error::Deadline`](crate::Error::Deadline) or [`Error::Aborted`](crate::Error::Aborted).
    fn send(&self, request: OutgoingRequest) -> BoxFuture<'_, Result<Answer>>;
}
