//! What takes the events: the interface to whatever keeps them.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;

use crate::rejected::Rejected;

/// Knows the sources and keeps their events.
#[async_trait]
pub trait Acceptor: Send + Sync {
    /// The source that a write key belongs to; `None` if there is none, or it takes no events.
    fn source(&self, write_key: &str) -> Option<SourceRef>;

    /// Keeps all events of a request, valid or not, or none of them. Returns when they would survive a crash:
    /// the sender is told so.
    ///
    /// # Errors
    /// Nothing was kept, and the sender shall come again.
    async fn accept(&self, source: &SourceRef, events: Vec<Ingested>) -> Result<Accepted, Refused>;

    /// Is told of so many events that were refused because the source sends more than it may.
    fn throttled(&self, source: &SourceRef, events: usize) {
        let _ = (source, events);
    }
}

/// A source, as far as taking its events is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRef {
    /// Its name, which is no secret.
    pub name: Arc<str>,
    /// How many events it may send; `None` for no limit.
    pub rate_limit: Option<EventRate>,
}

impl SourceRef {
    /// A source without a rate limit.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            rate_limit: None,
        }
    }
}

/// How many events may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventRate {
    /// On average, in a second.
    pub per_second: NonZeroU32,
    /// At once, after a pause.
    pub burst: NonZeroU32,
}

/// An event in the form that destinations see, or what was sent in place of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Ingested {
    /// The sender's id of the event, or one made up here; the same as in the event.
    pub message_id: String,
    /// Whose event it is: the user id, else the anonymous id.
    pub user: Option<String>,
    /// When the request came, in milliseconds since 1970, UTC; the same as in the event.
    pub received_at: i64,
    /// The event. What [`verdict`](Self::verdict) rejects may be any JSON value.
    pub event: Value,
    /// The event as JSON text. Everything that the ingest has no business with stands here as it was sent, to
    /// the last digit of a number.
    pub body: Bytes,
    /// Whether it can be delivered; if not, why.
    pub verdict: Result<(), Rejected>,
}

/// What became of a request's events. All of them are safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Accepted {
    /// How many were kept.
    pub kept: usize,
    /// How many were known already by their message id.
    pub duplicates: usize,
}

/// Why events were not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The queue has reached its bound.
    #[error("the queue is full")]
    Full {
        /// When to come again.
        retry_after: Duration,
    },
    /// As much waits for a connection of the source as may wait.
    #[error("a connection of the source is full")]
    ConnectionFull {
        /// When to come again.
        retry_after: Duration,
    },
    /// The store cannot be written to.
    #[error("the store cannot be written to")]
    Unavailable,
    /// The server is about to end.
    #[error("the server is shutting down")]
    ShuttingDown,
}
