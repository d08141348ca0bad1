//! The properties of an event, in the forms that HubSpot tells apart.

use waystation_kit::json::{js_string, number_from_f64, parse_number};
use waystation_kit::prelude::*;

use crate::dates::date_form;
use crate::flatten::{json_text, trimmed};
use crate::property_names::property_name;

/// A property of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// Its internal name.
    pub name: String,
    /// A number, a flag or a text.
    pub value: Value,
    /// The text that a number was read from: `007` is no number where HubSpot keeps texts.
    pub text: Option<String>,
}

/// What a property holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// A day or a moment.
    Date,
    /// Any text.
    Text,
}

impl Property {
    /// What it holds.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match &self.value {
            Value::Number(_) => Kind::Number,
            Value::Bool(_) => Kind::Flag,
            Value::String(text) if date_form(text).is_some() => Kind::Date,
            _ => Kind::Text,
        }
    }
}

/// Reads properties: texts that are numbers or flags count as such, lists and objects become JSON. What is `null` is
/// left out, for HubSpot cannot tell what it would be.
///
/// # Errors
/// A name cannot be the name of a property.
pub fn clean(values: JsonObject) -> Result<Vec<Property>> {
    let mut properties: Vec<Property> = Vec::with_capacity(values.len());
    for (name, value) in values {
        let name = property_name(&name)?;
        let Some((value, text)) = read(value) else {
            continue;
        };
        let property = Property { name, value, text };
        match properties
            .iter_mut()
            .find(|earlier| earlier.name == property.name)
        {
            Some(earlier) => *earlier = property,
            None => properties.push(property),
        }
    }
    Ok(properties)
}

fn read(value: Value) -> Option<(Value, Option<String>)> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(_) | Value::Number(_) => (value, None),
        Value::String(text) => read_text(trimmed(&text)),
        Value::Array(items) => match &items[..] {
            // A single value, as lists of form fields often are.
            [only] => match number(js_string(only).as_str()) {
                Some(number) => (number, None),
                None => (json_text(&Value::Array(items)).into(), None),
            },
            _ => (json_text(&Value::Array(items)).into(), None),
        },
        Value::Object(_) => (json_text(&value).into(), None),
    })
}

fn read_text(text: &str) -> (Value, Option<String>) {
    for flag in [true, false] {
        if text.eq_ignore_ascii_case(if flag { "true" } else { "false" }) {
            return (flag.into(), None);
        }
    }
    match number(text) {
        Some(number) => (number, Some(text.to_owned())),
        None => (text.into(), None),
    }
}

/// The number that a text is, if nothing is lost by keeping it as one: `02134` is a postal code, `0x1A` and `1e3` are
/// codes of some kind, and twenty digits are more than a number holds.
fn number(text: &str) -> Option<Value> {
    const DIGITS_OF_A_NUMBER: usize = 15;
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let has_leading_zero = whole.len() > 1 && whole.starts_with('0');
    let is_exact = whole.len() + fraction.len() <= DIGITS_OF_A_NUMBER;
    if !is_digits(whole) || !is_digits(fraction) || has_leading_zero || !is_exact {
        return None;
    }
    parse_number(text).map(number_from_f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(value: Value) -> Vec<Value> {
        let values = JsonObject::from_iter([("Key".to_owned(), value)]);
        let properties = clean(values).unwrap();
        properties.into_iter().map(|property| property.value).collect()
    }

    #[test]
    fn texts_that_are_numbers_or_flags_count_as_such() {
        for (given, value) in [
            (json!(" TRUE "), json!(true)),
            (json!("false"), json!(false)),
            (json!("12.50"), json!(12.5)),
            (json!("-7"), json!(-7)),
            (json!("0.5"), json!(0.5)),
            (json!("1e3"), json!("1e3")),
            (json!("0x1A"), json!("0x1A")),
            (json!("02134"), json!("02134")),
            (json!("12345678901234567890"), json!("12345678901234567890")),
            (json!("1."), json!("1.")),
            (json!("+48 600"), json!("+48 600")),
            (json!("+48600"), json!("+48600")),
            (json!("Infinity"), json!("Infinity")),
            (json!("  "), json!("")),
            (json!(" a b "), json!("a b")),
            (json!(7), json!(7)),
        ] {
            assert_eq!(cleaned(given.clone()), [value], "{given}");
        }
    }

    #[test]
    fn lists_and_objects_become_json() {
        for (given, value) in [
            (json!([1]), json!(1)),
            (json!(["5"]), json!(5)),
            (json!([]), json!("[]")),
            (json!([1, 2]), json!("[1,2]")),
            (json!([null]), json!("[null]")),
            (json!(["x"]), json!("[\"x\"]")),
            (json!({"a": 1}), json!("{\"a\":1}")),
        ] {
            assert_eq!(cleaned(given.clone()), [value], "{given}");
        }
    }

    #[test]
    fn nulls_are_left_out() {
        assert!(cleaned(Value::Null).is_empty());
    }

    #[test]
    fn of_two_names_that_become_one_the_later_wins() {
        let values = json!({"Plan": "a", "other": 1, "plan": "b"});
        let properties = clean(values.as_object().unwrap().clone()).unwrap();
        let pairs: Vec<(&str, &Value)> = properties
            .iter()
            .map(|property| (property.name.as_str(), &property.value))
            .collect();
        assert_eq!(pairs, [("plan", &json!("b")), ("other", &json!(1))]);
    }
}
