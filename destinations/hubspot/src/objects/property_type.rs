//! The types of properties that values are held against.

use waystation_kit::json::parse_number;
use waystation_kit::prelude::*;

use crate::dates::{DateForm, date_form};

/// A type of property, with the field that people see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PropertyType {
    /// A number.
    #[serde(rename = "number:number")]
    Number,
    /// A line of text.
    #[serde(rename = "string:text")]
    Text,
    /// A moment.
    #[serde(rename = "datetime:date")]
    Moment,
    /// A day.
    #[serde(rename = "date:date")]
    Day,
    /// Yes or no.
    #[serde(rename = "enumeration:booleancheckbox")]
    Flag,
    /// Any other: several lines, HTML, telephone numbers, choices. None is created for values, and HubSpot itself
    /// knows best what goes into them.
    #[serde(rename = "other")]
    Other,
}

impl PropertyType {
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
            Self::Text | Self::Other => ("string", "text"),
            Self::Moment => ("datetime", "date"),
            Self::Day => ("date", "date"),
            Self::Flag => ("enumeration", "booleancheckbox"),
        }
    }

    /// Reads HubSpot's names.
    #[must_use]
    pub fn from_names(kept: &str, field: &str) -> Self {
        match (kept, field) {
            ("number", _) => Self::Number,
            ("string", "text") => Self::Text,
            ("datetime", _) => Self::Moment,
            ("date", _) => Self::Day,
            ("bool", _) | ("enumeration", "booleancheckbox") => Self::Flag,
            _ => Self::Other,
        }
    }

    /// Whether HubSpot can make something of the value. It converts a good deal by itself: texts keep anything, numbers
    /// may be written as texts, days and moments as Unix times.
    #[must_use]
    pub fn takes(self, value: &Value) -> bool {
        let kind = Self::of(value);
        match self {
            Self::Text | Self::Other => true,
            Self::Number => kind == Self::Number || is_number(value),
            Self::Moment => matches!(kind, Self::Moment | Self::Day | Self::Number | Self::Text),
            Self::Day => matches!(kind, Self::Day | Self::Moment | Self::Number) || is_number(value),
            Self::Flag => kind == Self::Flag,
        }
    }
}

fn is_number(value: &Value) -> bool {
    let number = value.as_str().and_then(parse_number);
    number.is_some_and(f64::is_finite)
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
    fn what_hubspot_converts_is_taken() {
        for (kept, field, value) in [
            ("string", "text", json!(7)),
            ("string", "textarea", json!("2024-03-08")),
            ("string", "html", json!("<b>x</b>")),
            ("string", "phonenumber", json!("+48 600")),
            ("enumeration", "radio", json!("a")),
            ("enumeration", "select", json!(1)),
            ("enumeration", "checkbox", json!("a;b")),
            ("enumeration", "booleancheckbox", json!(true)),
            ("bool", "booleancheckbox", json!(false)),
            ("number", "number", json!("12.5")),
            ("datetime", "date", json!("1709907751000")),
            ("datetime", "date", json!(1_709_907_751_000_i64)),
            ("datetime", "date", json!("2024-03-08")),
            ("date", "date", json!("2024-03-08")),
        ] {
            assert!(
                PropertyType::from_names(kept, field).takes(&value),
                "{kept}:{field} {value}"
            );
        }
    }

    #[test]
    fn what_hubspot_cannot_convert_is_not_taken() {
        for (kept, field, value) in [
            ("number", "number", json!("many")),
            ("number", "number", json!(true)),
            ("date", "date", json!("some day")),
            ("date", "date", json!(true)),
            ("datetime", "date", json!(false)),
            ("enumeration", "booleancheckbox", json!("2024-03-08")),
            ("enumeration", "booleancheckbox", json!(7)),
        ] {
            assert!(
                !PropertyType::from_names(kept, field).takes(&value),
                "{kept}:{field} {value}"
            );
        }
    }
}
