//! Fields that several actions have, and the types of their values.

use serde::{Deserializer, Serializer};
use waystation_kit::FieldValue;
use waystation_kit::batching::Batching;
use waystation_kit::fields::FieldType;
use waystation_kit::prelude::*;
use waystation_kit::wire::Absent;

/// How events are gathered: as many as a request takes objects. A purchase is one for each product.
#[must_use]
pub fn batching() -> Fields {
    Batching::of(75).fields()
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

impl UserAlias {
    /// Whether there is no alias, or one with an empty half.
    pub(crate) fn is_incomplete(alias: &Option<Self>) -> bool {
        !alias
            .as_ref()
            .is_some_and(|alias| !alias.alias_name.is_empty() && !alias.alias_label.is_empty())
    }
}

/// A [`UserAlias`] that a mapping may fill in half; then it identifies nobody and is not sent.
#[derive(Debug, Clone, Deserialize, Serialize, Payload)]
pub struct OptionalUserAlias {
    /// The alias itself.
    #[field(label = "Alias name")]
    pub alias_name: Option<String>,
    /// What kind of alias it is. A person has one alias of a kind.
    #[field(label = "Alias label")]
    pub alias_label: Option<String>,
}

impl OptionalUserAlias {
    /// Whether there is no alias, or only half of one.
    pub(crate) fn is_incomplete(alias: &Option<Self>) -> bool {
        let is_filled = |half: &Option<String>| half.as_ref().is_some_and(|half| !half.is_empty());
        !alias
            .as_ref()
            .is_some_and(|alias| is_filled(&alias.alias_name) && is_filled(&alias.alias_label))
    }
}

/// A value that may be left out, which leaves alone what Braze knows, or be null, which removes it.
///
/// Fields of this type need `#[field(allow_null)]` and
/// `#[serde(default, skip_serializing_if = "is_absent")]`.
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

impl<T: Absent> Absent for Nullable<T> {
    fn is_absent(&self) -> bool {
        match self {
            Self::Absent => true,
            Self::Null => false,
            Self::Value(value) => value.is_absent(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent | Self::Null => serializer.serialize_none(),
            Self::Value(value) => value.serialize(serializer),
        }
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
    use waystation_kit::wire::is_absent;

    use super::*;

    #[derive(Debug, Deserialize, Serialize)]
    struct Profile {
        #[serde(default, skip_serializing_if = "is_absent")]
        email: Nullable<String>,
    }

    #[test]
    fn left_out_and_null_are_told_apart_in_both_directions() {
        for (given, email) in [
            (json!({}), Nullable::Absent),
            (json!({"email": null}), Nullable::Null),
            (
                json!({"email": "a@b.example"}),
                Nullable::Value("a@b.example".to_owned()),
            ),
        ] {
            let profile: Profile = serde_json::from_value(given.clone()).unwrap();
            assert_eq!(profile.email, email);
            assert_eq!(json!(profile), given);
        }
    }

    #[test]
    fn half_an_alias_is_none() {
        let is_incomplete = |alias: Value| {
            let alias: OptionalUserAlias = serde_json::from_value(alias).unwrap();
            OptionalUserAlias::is_incomplete(&Some(alias))
        };
        assert!(!is_incomplete(json!({"alias_name": "n", "alias_label": "l"})));
        assert!(is_incomplete(json!({"alias_name": "n"})));
        assert!(is_incomplete(json!({"alias_name": "n", "alias_label": ""})));
        assert!(is_incomplete(json!({"alias_label": "l"})));
        assert!(OptionalUserAlias::is_incomplete(&None));
    }
}
