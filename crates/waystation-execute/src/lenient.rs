//! Reading bodies as the reference's development server does: what is absent, null, false, zero or the empty
//! text counts as not given.

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::Value;
use waystation_json::{JsonObject, is_truthy};

/// What a value of another type is told. Not the value, which may be a secret.
const NOT_AN_OBJECT: &str = "must be an object";

/// An empty object, in place of what is not given.
#[must_use]
pub fn empty_object() -> Value {
    Value::Object(JsonObject::new())
}

/// Any value; an empty object if it is not given.
///
/// # Errors
/// The value cannot be read.
pub fn value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(if is_truthy(&value) { value } else { empty_object() })
}

/// An object; an empty one if it is not given.
///
/// # Errors
/// It is something else.
pub fn object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<JsonObject, D::Error> {
    optional_object(deserializer).map(Option::unwrap_or_default)
}

/// An object; `None` if it is not given.
///
/// # Errors
/// It is something else.
pub fn optional_object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<JsonObject>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Object(object) => Ok(Some(object)),
        other if is_truthy(&other) => Err(Error::custom(NOT_AN_OBJECT)),
        _ => Ok(None),
    }
}

/// An object that is read further; `None` if it is not given.
///
/// # Errors
/// It is something else, or does not read as `T`.
pub fn optional_section<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: for<'section> Deserialize<'section>,
{
    // The path inside the section goes into the message; the one up to it is known outside.
    optional_object(deserializer)?
        .map(|section| serde_path_to_error::deserialize(Value::Object(section)).map_err(Error::custom))
        .transpose()
}

/// An object that is read further; an empty one if it is not given.
///
/// # Errors
/// It is something else, or does not read as `T`.
pub fn section<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + for<'section> Deserialize<'section>,
{
    optional_section(deserializer).map(Option::unwrap_or_default)
}

/// A text; `None` if it is not given or empty.
///
/// # Errors
/// It is something else.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(Some(text).filter(|text| !text.is_empty())),
        other if is_truthy(&other) => Err(Error::custom("must be a text")),
        _ => Ok(None),
    }
}
