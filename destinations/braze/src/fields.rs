//! Fields that several actions have, and the types of their values.

use serde::Deserializer;
use waystation_kit::FieldValue;
use waystation_kit::fields::FieldType;
use waystation_kit::prelude::*;

/// How events are gathered on their way here. Whoever gathers them reads these; no action does.
#[derive(Debug, Deserialize, Payload)]
pub struct Batching {
    /// Gather events and send them to Braze many at a time.
    #[field(label = "Batch events", default = true)]
    pub enable_batching: Option<bool>,
    /// The most events to send at a time. A request takes 75 objects, and a purchase is one for each product.
    #[field(label = "Batch size", hidden, default = 75)]
    pub batch_size: Option<f64>,
}

/// How items are gathered on their way here. Whoever gathers them reads these; the action does not.
#[derive(Debug, Deserialize, Payload)]
pub struct CatalogBatching {
    /// Gather items and send them to Braze many at a time.
    #[field(label = "Batch items", default = true)]
    pub enable_batching: Option<bool>,
    /// The most items to send at a time. A request takes 50.
    #[field(label = "Batch size", hidden, minimum = 1, maximum = 50, default = 50)]
    pub batch_size: Option<f64>,
}

/// A name for a person besides the external ID
/// ([reference](https://www.braze.com/docs/api/objects_filters/user_alias_object/)).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, Payload)]
pub struct UserAlias {
    /// The alias itself.
    #[field(label = "Alias name")]
    pub alias_name: String,
    /// What kind of alias it is. A person has one alias of a kind.
    #[field(label = "Alias label")]
    pub alias_label: String,
}

impl From<UserAlias> for Value {
    fn from(alias: UserAlias) -> Self {
        json!({"alias_name": alias.alias_name, "alias_label": alias.alias_label})
    }
}

/// A [`UserAlias`] that a mapping may fill in half; then it identifies nobody.
#[derive(Debug, Clone, Deserialize, Payload)]
pub struct OptionalUserAlias {
    /// The alias itself.
    #[field(label = "Alias name")]
    pub alias_name: Option<String>,
    /// What kind of alias it is. A person has one alias of a kind.
    #[field(label = "Alias label")]
    pub alias_label: Option<String>,
}

impl OptionalUserAlias {
    /// The alias, if both halves are there and not empty.
    #[must_use]
    pub fn complete(self) -> Option<UserAlias> {
        let filled = |half: Option<String>| half.filter(|half| !half.is_empty());
        Some(UserAlias {
            alias_name: filled(self.alias_name)?,
            alias_label: filled(self.alias_label)?,
        })
    }
}

/// A value that may be left out, which leaves alone what Braze knows, or be null, which removes it.
///
/// Fields of this type need `#[serde(default)]` and `#[field(allow_null)]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Nullable<T> {
    /// Left out.
    #[default]
    Absent,
    /// Null.
    Null,
    /// A value.
    Value(T),
}

impl<T> Nullable<T> {
    /// Changes the value, if there is one.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Nullable<U> {
        match self {
            Self::Absent => Nullable::Absent,
            Self::Null => Nullable::Null,
            Self::Value(value) => Nullable::Value(change(value)),
        }
    }

    /// As [`map`](Self::map), where a value may turn out to be none.
    #[must_use]
    pub fn and_then<U>(self, change: impl FnOnce(T) -> Option<U>) -> Nullable<U> {
        match self {
            Self::Absent => Nullable::Absent,
            Self::Null => Nullable::Null,
            Self::Value(value) => change(value).map_or(Nullable::Absent, Nullable::Value),
        }
    }

    /// The value, if there is one.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }
}

impl<T> Nullable<T> {
    /// The value, if there is one.
    #[must_use]
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }
}

impl<T: Into<Value>> Nullable<T> {
    /// What to send: nothing, null or the value.
    #[must_use]
    pub fn into_wire(self) -> Option<Value> {
        match self {
            Self::Absent => None,
            Self::Null => Some(Value::Null),
            Self::Value(value) => Some(value.into()),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

impl<T: FieldValue> FieldValue for Nullable<T> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Profile {
        #[serde(default)]
        email: Nullable<String>,
    }

    #[test]
    fn left_out_and_null_are_told_apart() {
        let email = |profile: Value| serde_json::from_value::<Profile>(profile).unwrap().email;
        assert_eq!(email(json!({})), Nullable::Absent);
        assert_eq!(email(json!({"email": null})), Nullable::Null);
        assert_eq!(
            email(json!({"email": "a@b.example"})),
            Nullable::Value("a@b.example".to_owned())
        );
    }

    #[test]
    fn half_an_alias_is_none() {
        let alias = |name: Option<&str>, label: Option<&str>| {
            OptionalUserAlias {
                alias_name: name.map(str::to_owned),
                alias_label: label.map(str::to_owned),
            }
            .complete()
        };
        assert!(alias(Some("n"), Some("l")).is_some());
        assert_eq!(alias(Some("n"), None), None);
        assert_eq!(alias(Some("n"), Some("")), None);
        assert_eq!(alias(None, Some("l")), None);
    }
}
