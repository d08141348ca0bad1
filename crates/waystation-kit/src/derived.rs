//! What the code written by the derive macros calls. Not for authors.

use serde_json::Value;
use waystation_fields::{Choice, Fields, Required};

use crate::payload::FieldValue;

/// The requirement that a type implies.
#[must_use]
pub const fn required(always: bool) -> Required {
    if always { Required::Always } else { Required::Never }
}

/// The default that an expression stands for.
#[must_use]
pub fn value(value: impl Into<Value>) -> Value {
    value.into()
}

/// The choice that an expression stands for.
#[must_use]
pub fn choice(choice: impl Into<Choice>) -> Choice {
    choice.into()
}

/// Appends fields; a key that is there already is defined anew in its place.
pub fn append(fields: &mut Fields, more: &Fields) {
    fields.extend(more.iter().map(|(key, field)| (key.to_owned(), field.clone())));
}

/// Appends the fields inside a type; types without declared fields add none.
pub fn append_flattened<T: FieldValue>(fields: &mut Fields) {
    if let Some(inside) = T::properties() {
        append(fields, &inside);
    }
}
