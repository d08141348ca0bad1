//! Fields that every action has.

use waystation_kit::prelude::*;

/// How events are gathered on their way here. Whoever gathers them reads these; no action does.
#[derive(Debug, Deserialize, Payload)]
pub struct Batching {
    /// Gather events and send them to Customer.io many at a time.
    #[field(label = "Batch events", default = true)]
    pub enable_batching: Option<bool>,
    /// The most events to send at a time. Batches may well be smaller.
    #[field(label = "Batch size", default = 50, minimum = 2, maximum = 100)]
    pub batch_size: Option<f64>,
}
