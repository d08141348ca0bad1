//! Fields that several actions have.

use waystation_kit::batching::Batching;
use waystation_kit::prelude::*;

/// How events are gathered.
#[must_use]
pub fn batching() -> Fields {
    Batching::up_to(100).fields()
}
