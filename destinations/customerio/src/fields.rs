//! Fields that every action has.

use waystation_kit::batching::Batching;
use waystation_kit::prelude::*;

/// How events are gathered on their way here.
#[must_use]
pub fn batching() -> Fields {
    Batching::up_to(100).at_least(2).initially(50).fields()
}
