//! The fields that the derive macros write, and that they agree with how serde reads the types.
#![allow(dead_code, reason = "most types are asked for their fields only")]
#![allow(clippy::panic, reason = "a test may panic, its helpers too")]

mod composition;
mod descriptions;
mod inference;

use waystation_kit::Payload;
use waystation_kit::fields::{FieldDefinition, Fields};

fn field<P: Payload>(key: &str) -> FieldDefinition {
    P::fields()
        .get(key)
        .unwrap_or_else(|| panic!("no field `{key}`"))
        .clone()
}

fn keys(fields: &Fields) -> Vec<&str> {
    fields.iter().map(|(key, _)| key).collect()
}
