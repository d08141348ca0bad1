//! Values as HubSpot's properties hold them: texts, numbers and flags.

use std::io::{self, Write};

use serde_json::ser::{Formatter, Serializer};
use waystation_kit::json::number::f64_text;
use waystation_kit::json::{is_truthy, number_text};
use waystation_kit::prelude::*;
use waystation_kit::wire;

/// Brings values into a form that properties hold: lists are joined by semicolons, as HubSpot's own checkboxes
/// are, objects become JSON, texts lose the blanks around them, and what is `null` is left out.
#[must_use]
pub fn flatten(values: JsonObject) -> JsonObject {
    values
        .into_iter()
        .filter_map(|(name, value)| Some((name, flat(value)?)))
        .collect()
}

fn flat(value: Value) -> Option<Value> {
    Some(match value {
        Value::Null => return None,
        Value::Array(items) => {
            let texts: Vec<String> = items.iter().map(item_text).collect();
            texts.join(";").into()
        }
        Value::Object(_) => json_text(&value).into(),
        Value::String(text) => trimmed(&text).into(),
        other => other,
    })
}

fn item_text(item: &Value) -> String {
    match item {
        Value::String(text) => text.clone(),
        Value::Number(number) => number_text(number),
        other => json_text(other),
    }
}

/// A value as JSON, with the numbers of ECMAScript: `3.0` is `3`.
#[must_use]
pub fn json_text(value: &Value) -> String {
    let mut json = Vec::new();
    let written = value.serialize(&mut Serializer::with_formatter(&mut json, EcmaScriptNumbers));
    match (written, String::from_utf8(json)) {
        (Ok(()), Ok(text)) => text,
        // Values can always be written, and JSON is always a text.
        _ => value.to_string(),
    }
}

struct EcmaScriptNumbers;

impl Formatter for EcmaScriptNumbers {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(f64_text(value).as_bytes())
    }
}

/// A text without the blanks around it.
#[must_use]
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(waystation_kit::json::number::is_js_space)
}

/// Fields of a payload as properties. What is not given or empty is left out: HubSpot would wipe the property.
///
/// # Errors
/// They cannot be written as an object.
pub fn known(fields: &impl Serialize) -> Result<JsonObject> {
    let mut properties = flatten(wire::object(fields)?);
    properties.retain(|_, value| !wire::is_absent(value));
    Ok(properties)
}

/// A stage of the lifecycle as HubSpot names it: in lower case.
#[must_use]
pub fn lifecycle_stage(text: &str) -> String {
    trimmed(&text.to_lowercase()).to_owned()
}

/// Whether a property has a value that says something.
#[must_use]
pub fn says_something(value: Option<&Value>) -> bool {
    value.is_some_and(is_truthy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flattened(value: Value) -> Value {
        let values = JsonObject::from_iter([("key".to_owned(), value)]);
        flatten(values).remove("key").unwrap_or_default()
    }

    #[test]
    fn lists_are_joined_by_semicolons() {
        assert_eq!(
            flattened(json!([1, 2.50, "a b", true, null, {"b": [1]}, [1, 2]])),
            r#"1;2.5;a b;true;null;{"b":[1]};[1,2]"#
        );
        assert_eq!(flattened(json!([])), "");
    }

    #[test]
    fn objects_become_json() {
        assert_eq!(
            flattened(json!({"z": 1.0, "a": " x ", "b": 1e21})),
            r#"{"z":1,"a":" x ","b":1e+21}"#
        );
    }

    #[test]
    fn texts_lose_blanks_and_other_scalars_stay() {
        assert_eq!(flattened(json!("\u{feff} x\n")), "x");
        assert_eq!(flattened(json!(1.5)), json!(1.5));
        assert_eq!(flattened(json!(false)), json!(false));
    }

    #[test]
    fn nulls_are_left_out() {
        let values = JsonObject::from_iter([("key".to_owned(), Value::Null)]);
        assert!(flatten(values).is_empty());
    }
}
