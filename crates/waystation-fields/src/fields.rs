//! The ordered list of fields.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::definition::FieldDefinition;

/// The fields of an action, of the settings, of a hook's inputs or of an object, in their order.
///
/// The JSON form is an object from key to definition.
///
/// ```
/// use waystation_fields::{FieldDefinition, FieldType, Fields};
///
/// let fields = Fields::new()
///     .with("email", FieldDefinition::new("Email", FieldType::String))
///     .with("age", FieldDefinition::new("Age", FieldType::Integer));
/// assert_eq!(fields.iter().map(|(key, _)| key).collect::<Vec<_>>(), ["email", "age"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields(Vec<(Cow<'static, str>, FieldDefinition)>);

impl Fields {
    /// No fields.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Sets the definition of a key: in place if the key is there, else at the end.
    pub fn insert(&mut self, key: impl Into<Cow<'static, str>>, definition: FieldDefinition) {
        let key = key.into();
        match self.0.iter_mut().find(|(other, _)| *other == key) {
            Some((_, known)) => *known = definition,
            None => self.0.push((key, definition)),
        }
    }

    /// The same fields with one more, as [`Fields::insert`] adds it.
    #[must_use]
    pub fn with(mut self, key: impl Into<Cow<'static, str>>, definition: FieldDefinition) -> Self {
        self.insert(key, definition);
        self
    }

    /// The definition of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&FieldDefinition> {
        self.0
            .iter()
            .find(|(other, _)| other == key)
            .map(|(_, definition)| definition)
    }

    /// The keys and definitions in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &FieldDefinition)> {
        self.0.iter().map(|(key, definition)| (key.as_ref(), definition))
    }

    /// The number of fields.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no fields.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K: Into<Cow<'static, str>>> Extend<(K, FieldDefinition)> for Fields {
    fn extend<I: IntoIterator<Item = (K, FieldDefinition)>>(&mut self, fields: I) {
        for (key, definition) in fields {
            self.insert(key, definition);
        }
    }
}

impl<K: Into<Cow<'static, str>>> FromIterator<(K, FieldDefinition)> for Fields {
    fn from_iter<I: IntoIterator<Item = (K, FieldDefinition)>>(fields: I) -> Self {
        let mut collected = Self::new();
        collected.extend(fields);
        collected
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (key, definition) in self.iter() {
            map.serialize_entry(key, definition)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object from field key to field definition")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::new();
        while let Some(key) = map.next_key::<String>()? {
            // The value is read apart from its definition so that an error can name the field.
            let definition = FieldDefinition::deserialize(map.next_value::<Value>()?)
                .map_err(|error| A::Error::custom(format_args!("field `{key}`: {error}")))?;
            fields.insert(key, definition);
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::FieldType;

    #[test]
    fn inserting_twice_keeps_the_place() {
        let mut fields = Fields::new()
            .with("a", FieldDefinition::new("A", FieldType::String))
            .with("b", FieldDefinition::new("B", FieldType::String));
        fields.insert("a", FieldDefinition::new("A", FieldType::Number));
        assert_eq!(fields.len(), 2);
        let first = fields.iter().next().map(|(key, field)| (key, field.field_type));
        assert_eq!(first, Some(("a", FieldType::Number)));
    }

    #[test]
    fn a_wrong_definition_names_its_field() {
        let error = serde_json::from_value::<Fields>(json!({"a": {"label": "A", "type": "string"}, "b": {
            "label": "B", "type": "object", "properties": {"c": {"label": "C", "type": "decimal"}},
        }}))
        .unwrap_err()
        .to_string();
        assert!(
            error.contains("`b`") && error.contains("`c`") && error.contains("decimal"),
            "{error}"
        );
    }
}
