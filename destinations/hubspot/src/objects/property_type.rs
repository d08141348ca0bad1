//! The types of properties that values are held against.

use waystation_kit::prelude::*;

use crate::dates::{DateForm, date_form};

/// A type of property, with the field that people see. HubSpot has more of them; these are the ones that are created
/// for values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PropertyType {
    /// A number.
    #[serde(rename = "number:number")]
    Number,
    /// A line of text.
    #[serde(rename = "string:text")]
    Text,
    /// Several lines of text.
    #[serde(rename = "string:textarea")]
    TextArea,
    /// A moment.
    #[serde(rename = "datetime:date")]
    Moment,
    /// A day.
    #[serde(rename = "date:date")]
    Day,
    /// Yes or no.
    #[serde(rename = "enumeration:booleancheckbox")]
    Flag,
}

impl PropertyType {
    const ALL: [Self; 6] = [
        Self::Number,
        Self::Text,
        Self::TextArea,
        Self::Moment,
        Self::Day,
        Self::Flag,
    ];

    /// The type of a property for this value.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Bool(_) => Self::Flag,
            Value::Number(_) => Self::Number,
            Value::String(text) => match date_form(text) {
                Some(DateForm::Day) => Self::Day,
                Some(DateForm::Moment) => Self::Moment,
                None => Self::Text,
            },
            _ => Self::Text,
        }
    }

    /// HubSpot's names for what is kept, and for the field that people see.
    #[must_use]
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Number => ("number", "number"),
            Self::Text => ("string", "text"),
            Self::TextArea => ("string", "textarea"),
            Self::Moment => ("datetime", "date"),
            Self::Day => ("date", "date"),
            Self::Flag => ("enumeration", "booleancheckbox"),
        }
    }

    /// Reads HubSpot's names.
    #[must_use]
    pub fn from_names(kept: &str, field: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|property_type| property_type.names() == (kept, field))
    }

    /// Whether HubSpot takes a value of the other type for a property of this one. Moments may be written as numbers
    /// in a text, so texts and moments go together.
    #[must_use]
    pub fn takes(self, value: Self) -> bool {
        self == value
            || matches!(
                (self, value),
                (Self::TextArea | Self::Moment, Self::Text) | (Self::Text, Self::Moment)
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_types() {
        for (value, property_type) in [
            (json!(1.5), PropertyType::Number),
            (json!(true), PropertyType::Flag),
            (json!("2024-03-08"), PropertyType::Day),
            (json!("2024-03-08T10:00Z"), PropertyType::Moment),
            (json!("1709907751000"), PropertyType::Text),
            (json!(""), PropertyType::Text),
        ] {
            assert_eq!(PropertyType::of(&value), property_type, "{value}");
        }
    }

    #[test]
    fn texts_and_moments_go_together() {
        use PropertyType::{Day, Moment, Number, Text, TextArea};
        for (property, value) in [(Text, Moment), (Moment, Text), (TextArea, Text), (Day, Day)] {
            assert!(property.takes(value), "{property:?} takes {value:?}");
        }
        for (property, value) in [
            (Text, Day),
            (Day, Text),
            (Text, Number),
            (TextArea, Moment),
            (Moment, Day),
        ] {
            assert!(!property.takes(value), "{property:?} does not take {value:?}");
        }
    }
}
