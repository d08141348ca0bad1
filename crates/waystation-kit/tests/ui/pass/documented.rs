//! The derives in a crate that forbids what generated code must not need.
#![deny(missing_docs, warnings, unused_qualifications)]
#![forbid(unsafe_code)]

use serde::Deserialize;
use waystation_kit::{Choices, Payload, Settings};

/// A payload.
#[derive(Debug, Deserialize, Payload)]
pub struct Event {
    /// The person.
    #[field(label = "Person ID", default = path("$.userId"))]
    pub id: Option<String>,
    /// The state.
    pub status: Status,
}

/// A state.
#[derive(Debug, Deserialize, Choices)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It can be used.
    Open,
    /// It is over.
    Closed,
}

/// Nothing to set.
#[derive(Debug, Deserialize, Settings)]
pub struct Connection {}

fn main() {
    assert_eq!(<Event as Payload>::fields().len(), 2);
    assert!(<Connection as Settings>::fields().is_empty());
    assert_eq!(Status::Open.name(), "open");
}
