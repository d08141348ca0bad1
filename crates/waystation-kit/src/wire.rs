//! What is sent, by serde: payloads, or small structs beside them, derive `Serialize`, and a field is named once.
//!
//! * [`is_absent`] is the one rule of what is left out;
//! * [`value`] and [`object`] turn a struct into JSON;
//! * [`merged`] adds what senders put in besides the named fields;
//! * [`without_nulls`] leaves out what is `null` inside.
//!
//! ```
//! use serde::Serialize;
//! use waystation_kit::wire::{is_absent, value};
//!
//! #[derive(Serialize)]
//! struct Contact<'a> {
//!     id: u32,
//!     #[serde(skip_serializing_if = "is_absent")]
//!     email: &'a Option<String>,
//!     #[serde(skip_serializing_if = "is_absent", rename = "phoneNumber")]
//!     phone: Option<&'a str>,
//! }
//!
//! let contact = Contact { id: 7, email: &Some(String::new()), phone: Some("+49 30 1") };
//! assert_eq!(value(&contact)?, serde_json::json!({"id": 7, "phoneNumber": "+49 30 1"}));
//! # Ok::<_, waystation_kit::Error>(())
//! ```

use serde::{Deserialize as _, Serialize};
use serde_json::Value;
use waystation_json::JsonObject;

use crate::error::{Error, Result};

/// What may say nothing.
pub trait Absent {
    /// Whether it says nothing.
    fn is_absent(&self) -> bool;
}

/// Whether a value says nothing: it is missing, `null`, an empty text, an empty list or an empty object. For
/// `#[serde(skip_serializing_if = "is_absent")]`.
#[must_use]
pub fn is_absent<T: Absent + ?Sized>(value: &T) -> bool {
    value.is_absent()
}

impl<T: Absent> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.as_ref().is_none_or(Absent::is_absent)
    }
}

impl<T: Absent + ?Sized> Absent for &T {
    fn is_absent(&self) -> bool {
        (**self).is_absent()
    }
}

impl Absent for str {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl Absent for String {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl Absent for JsonObject {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl Absent for Value {
    fn is_absent(&self) -> bool {
        match self {
            Self::Null => true,
            Self::String(text) => text.is_empty(),
            Self::Array(items) => items.is_empty(),
            Self::Object(object) => object.is_empty(),
            Self::Bool(_) | Self::Number(_) => false,
        }
    }
}

macro_rules! never_absent {
    ($($known:ty),* $(,)?) => {
        $(impl Absent for $known {
            fn is_absent(&self) -> bool {
                false
            }
        })*
    };
}

never_absent!(bool, i32, i64, u16, u32, u64, usize, f64, serde_json::Number);

/// Reads a list leniently: what cannot be read is left out, and so is a list that is none. For
/// `#[serde(default, deserialize_with = "readable")]`, where one odd entry must not hide the others.
///
/// ```
/// use serde::Deserialize;
/// use waystation_kit::wire::readable;
///
/// #[derive(Deserialize)]
/// struct Answer {
///     #[serde(default, deserialize_with = "readable")]
///     ids: Vec<u32>,
/// }
/// let read = |json| serde_json::from_str::<Answer>(json).map(|answer| answer.ids);
/// assert_eq!(read(r#"{"ids": [1, null, "x", 2]}"#)?, [1, 2]);
/// assert!(read(r#"{"ids": null}"#)?.is_empty());
/// # Ok::<_, serde_json::Error>(())
/// ```
///
/// # Errors
/// The input is no JSON.
pub fn readable<'de, T, D>(deserializer: D) -> std::result::Result<Vec<T>, D::Error>
where
    T: serde::de::DeserializeOwned,
    D: serde::Deserializer<'de>,
{
    let Value::Array(entries) = Value::deserialize(deserializer)? else {
        return Ok(Vec::new());
    };
    Ok(entries
        .into_iter()
        .filter_map(|entry| serde_json::from_value(entry).ok())
        .collect())
}

/// What is sent for a payload, as JSON.
///
/// # Errors
/// It cannot be written as JSON; [`Error::payload`].
pub fn value(payload: &(impl Serialize + ?Sized)) -> Result<Value> {
    serde_json::to_value(payload).map_err(|error| Error::payload(error.to_string()))
}

/// What is sent for a payload that is written as an object.
///
/// # Errors
/// It cannot be written as JSON, or not as an object.
pub fn object(payload: &(impl Serialize + ?Sized)) -> Result<JsonObject> {
    match value(payload)? {
        Value::Object(object) => Ok(object),
        other => Err(Error::internal(format!("{other} is no object"))),
    }
}

/// Named fields with what senders put in besides: a name that is taken stays as it is, and `null` is left out.
///
/// ```
/// # use serde_json::json;
/// # use waystation_kit::wire::merged;
/// let named = json!({"id": 7}).as_object().cloned().unwrap_or_default();
/// let extra = json!({"id": 8, "plan": "pro", "city": null}).as_object().cloned().unwrap_or_default();
/// assert_eq!(json!(merged(named, extra)), json!({"id": 7, "plan": "pro"}));
/// ```
#[must_use]
pub fn merged(mut named: JsonObject, extra: JsonObject) -> JsonObject {
    for (key, value) in extra {
        if !value.is_null() && !named.contains_key(&key) {
            named.insert(key, value);
        }
    }
    named
}

/// The value without what is `null` inside of its objects, at any depth; lists keep their length.
///
/// ```
/// # use serde_json::json;
/// # use waystation_kit::wire::without_nulls;
/// let items = json!([{"id": 1, "price": null}, null]);
/// assert_eq!(without_nulls(items), json!([{"id": 1}, null]));
/// ```
#[must_use]
pub fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let kept = object.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}
