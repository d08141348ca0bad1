//! Values as text and as truth.

use serde_json::Value;

use crate::number::{as_f64, number_text};

/// Whether JavaScript counts the value as true: not null, false, 0 or the empty text.
#[must_use]
pub fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => {
            let number = as_f64(number);
            number != 0.0 && !number.is_nan()
        }
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// `String(value)`: lists join their items with commas, objects become `[object Object]`.
#[must_use]
pub fn js_string(value: &Value) -> String {
    let mut text = String::new();
    push_js_string(&mut text, value);
    text
}

/// Appends `String(value)` to a text.
pub fn push_js_string(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number_text(number)),
        Value::String(text) => out.push_str(text),
        Value::Array(items) => push_joined(out, items),
        Value::Object(_) => out.push_str("[object Object]"),
    }
}

fn push_joined(out: &mut String, items: &[Value]) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        if !item.is_null() {
            push_js_string(out, item);
        }
    }
}

/// The name of the value's type in error messages: `null`, `boolean`, `number`, `string`, `array`, `object`.
#[must_use]
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The length JavaScript gives a text: its number of UTF-16 units.
#[must_use]
pub fn utf16_len(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_join_and_objects_name_their_kind() {
        assert_eq!(
            js_string(&json!([1, [2, null], {"a": 1}, "x"])),
            "1,2,,[object Object],x"
        );
    }

    #[test]
    fn astral_characters_are_two_units() {
        assert_eq!(utf16_len("a😀"), 3);
    }
}
