//! Segment's HTTP tracking API: requests come in, normalised events go out to an [`Acceptor`].
//!
//! [`router`] serves the routes that Segment's own libraries call. It finds the source by its write key, reads
//! the body within limits, gives every event the form that Segment's destinations see, and hands all events of
//! a request to the acceptor at once. Success is told to the sender only after the acceptor has said that they
//! are kept.
#![forbid(unsafe_code)]

mod acceptor;
mod rejected;
mod router;
mod settings;

pub use acceptor::{Accepted, Acceptor, EventRate, Ingested, Refused, SourceRef};
pub use rejected::Rejected;
pub use router::router;
pub use settings::IngestSettings;
