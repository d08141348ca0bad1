//! How records are gathered on their way here.

use waystation_kit::batching::Batching;
use waystation_kit::prelude::*;

use crate::batch_api::RECORDS_A_REQUEST;

/// Records of any type. Those about different lists would be written apart anyway.
#[must_use]
pub fn record_batching() -> Fields {
    of_records().grouped_by(["list_details"]).hidden().fields()
}

/// Contacts: only where a person asks for it.
#[must_use]
pub fn contact_batching() -> Fields {
    of_records().switched_off().fields()
}

fn of_records() -> Batching {
    Batching::up_to(RECORDS_A_REQUEST.try_into().unwrap_or(u32::MAX))
}
