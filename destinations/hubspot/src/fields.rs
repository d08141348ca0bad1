//! How records are gathered on their way here. Whoever gathers them reads these; no action does.

use waystation_kit::batching::{Batching, ENABLE_BATCHING};
use waystation_kit::prelude::*;

use crate::batch_api::RECORDS_A_REQUEST;

/// Which records are gathered. A mapping has to say how many at a time, and nobody is asked for it.
#[derive(Debug, Deserialize, Payload)]
pub struct RecordBatching {
    /// Gather records and send them to HubSpot many at a time.
    #[field(label = "Batch records", default = true, hidden)]
    pub enable_batching: Option<bool>,
    /// The most records to send at a time. Batches may well be smaller.
    #[field(label = "Batch size", default = RECORDS_A_REQUEST, hidden)]
    pub batch_size: f64,
    /// Records share a batch if they agree in these fields.
    #[field(label = "Batch keys", default = json!(["list_details"]), hidden)]
    pub batch_keys: Option<Vec<String>>,
}

/// Contacts are gathered only where a person asks for it. How many at a time is up to whoever gathers them.
#[must_use]
pub fn contact_batching() -> Fields {
    let fields = Batching::of(0).switched_off().fields();
    let switch = fields.get(ENABLE_BATCHING).cloned();
    switch.into_iter().fold(Fields::new(), |fields, switch| {
        fields.with(ENABLE_BATCHING, switch)
    })
}
