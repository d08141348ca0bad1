//! The currencies of shop events.

use waystation_kit::currency;
use waystation_kit::prelude::*;

/// What ISO 4217 lists and nobody pays with: currencies given up, metals, units of bonds, and none at all.
const NOT_PAID_WITH: [&str; 14] = [
    "CUC", "HRK", "SLL", "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XPD", "XPT", "XTS", "XXX", "ZWL",
];

/// The codes as the choices of a field.
#[must_use]
pub fn choices() -> Vec<Choice> {
    let codes = currency::codes().filter(|code| !NOT_PAID_WITH.contains(code));
    codes.map(Choice::from).collect()
}
