//! Segment's HTTP tracking API: requests come in, normalised events go out to an [`Acceptor`].
//!
//! [`router`] serves the routes that Segment's own libraries call. A request passes, in this order:
//!
//! ```text
//! body within limits > unpacked > taken apart > source by its write key > limits > rate of the source
//!   > every event given the form that destinations see, and checked > acceptor > answer
//! ```
//!
//! Success is told to the sender only after the acceptor has said that the events are kept.
#![forbid(unsafe_code)]

mod acceptor;
mod again;
mod answer;
mod body;
mod browser;
mod credentials;
mod envelope;
mod event_type;
mod fields;
mod ingest;
mod normaliser;
mod openapi;
mod rejected;
mod repair;
mod router;
mod routes;
mod sender;
mod settings;
mod shared;
mod throttle;
mod times;
mod validation;

pub use acceptor::{Accepted, Acceptor, EventRate, Ingested, Refused, SourceRef};
pub use again::{Kept, read_again};
pub use rejected::Rejected;
pub use router::router;
pub use settings::{BrowserScript, IngestSettings};
