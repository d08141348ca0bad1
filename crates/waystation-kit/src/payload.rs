//! Typed payloads and settings, and the fields they stand for.

use std::collections::{BTreeMap, HashMap};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use waystation_fields::{Choice, FieldType, Fields};
use waystation_json::JsonObject;

use crate::base_url::BaseUrl;
use crate::secret::Secret;

/// A typed payload of an action: the one definition of its fields. Derive it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no payload: nothing says which fields it has",
    label = "no `Payload`",
    note = "write `#[derive(Debug, Deserialize, Payload)]` before the struct"
)]
pub trait Payload: DeserializeOwned + Send + Sync + 'static {
    /// The fields, in the order of the struct.
    fn fields() -> Fields;
}

/// The typed settings of a destination. Derive it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are no settings: nothing says which fields they have",
    label = "no `Settings`",
    note = "write `#[derive(Debug, Deserialize, Settings)]` before the struct; `NoSettings` is for a destination without any"
)]
pub trait Settings: DeserializeOwned + Send + Sync + 'static {
    /// The fields, in the order of the struct.
    fn fields() -> Fields;
}

/// A destination without settings.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
pub struct NoSettings {}

impl Settings for NoSettings {
    fn fields() -> Fields {
        Fields::new()
    }
}

/// The mapping that an action starts with: the defaults of its fields, fields without one left out.
#[must_use]
pub fn default_mapping(fields: &Fields) -> JsonObject {
    fields
        .iter()
        .filter_map(|(key, field)| Some((key.to_owned(), field.default.clone()?)))
        .collect()
}

/// What a Rust type says about the field it stands for; the derive macros ask it.
///
/// A type of your own needs no more than its [`FieldType`]:
///
/// ```
/// use waystation_kit::FieldValue;
/// use waystation_kit::fields::FieldType;
///
/// struct Cents(i64);
///
/// impl FieldValue for Cents {
///     const TYPE: FieldType = FieldType::Integer;
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the type of a field",
    label = "no `FieldValue`",
    note = "derive `Payload` for a nested struct and `Choices` for an enum, or implement `FieldValue`"
)]
pub trait FieldValue {
    /// The field's type.
    const TYPE: FieldType;
    /// Whether the field is a list.
    const MULTIPLE: bool = false;
    /// Whether a payload without the field is invalid.
    const REQUIRED: bool = true;

    /// The only values allowed; empty when any is.
    #[must_use]
    fn choices() -> Vec<Choice> {
        Vec::new()
    }

    /// The fields inside, for objects that declare them.
    #[must_use]
    fn properties() -> Option<Fields> {
        None
    }
}

macro_rules! field_values {
    ($($rust:ty => $field:ident),* $(,)?) => {
        $(impl FieldValue for $rust { const TYPE: FieldType = FieldType::$field; })*
    };
}

field_values! {
    String => String,
    Secret => Password,
    BaseUrl => String,
    bool => Boolean,
    f32 => Number,
    f64 => Number,
    serde_json::Number => Number,
    i8 => Integer,
    i16 => Integer,
    i32 => Integer,
    i64 => Integer,
    isize => Integer,
    u8 => Integer,
    u16 => Integer,
    u32 => Integer,
    u64 => Integer,
    usize => Integer,
    Map<String, Value> => Object,
    Value => Object,
    Datetime => Datetime,
}

impl<T> FieldValue for BTreeMap<String, T> {
    const TYPE: FieldType = FieldType::Object;
}

impl<T, S> FieldValue for HashMap<String, T, S> {
    const TYPE: FieldType = FieldType::Object;
}

impl<T: FieldValue> FieldValue for Option<T> {
    const TYPE: FieldType = T::TYPE;
    const MULTIPLE: bool = T::MULTIPLE;
    const REQUIRED: bool = false;

    fn choices() -> Vec<Choice> {
        T::choices()
    }

    fn properties() -> Option<Fields> {
        T::properties()
    }
}

impl<T: FieldValue> FieldValue for Vec<T> {
    const TYPE: FieldType = T::TYPE;
    const MULTIPLE: bool = true;

    fn choices() -> Vec<Choice> {
        T::choices()
    }

    fn properties() -> Option<Fields> {
        T::properties()
    }
}

impl<T: FieldValue> FieldValue for Box<T> {
    const TYPE: FieldType = T::TYPE;
    const MULTIPLE: bool = T::MULTIPLE;
    const REQUIRED: bool = T::REQUIRED;

    fn choices() -> Vec<Choice> {
        T::choices()
    }

    fn properties() -> Option<Fields> {
        T::properties()
    }
}

/// A point in time as a sender writes it: a text that can be read as a date, or a number.
#[derive(Debug, Clone, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(untagged)]
pub enum Datetime {
    /// An ISO 8601 text, or anything else that JavaScript reads as a date.
    Text(String),
    /// A number; whether it counts seconds or milliseconds is the sender's secret.
    Number(serde_json::Number),
}

impl Datetime {
    /// The value as it came.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::Text(text) => Value::String(text.clone()),
            Self::Number(number) => Value::Number(number.clone()),
        }
    }
}
