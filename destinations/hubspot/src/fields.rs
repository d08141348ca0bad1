//! How records are gathered on their way here.

use waystation_kit::batching::{Batching, ENABLE_BATCHING};
use waystation_kit::prelude::*;

use crate::batch_api::RECORDS_A_REQUEST;

/// Records of any type. Those about different lists would be written apart anyway.
#[must_use]
pub fn record_batching() -> Fields {
    of_records().grouped_by(["list_details"]).hidden().fields()
}

/// Contacts: only where a person asks for it. How many at a time is up to whoever gathers them.
#[must_use]
pub fn contact_batching() -> Fields {
    let fields = of_records().switched_off().fields();
    let switch = fields.get(ENABLE_BATCHING).cloned();
    switch.into_iter().fold(Fields::new(), |fields, switch| {
        fields.with(ENABLE_BATCHING, switch)
    })
}

fn of_records() -> Batching {
    Batching::up_to(RECORDS_A_REQUEST.try_into().unwrap_or(u32::MAX))
}
