//! A plain reading of JSON Schema, independent of the code under test: the keywords that an exported
//! schema uses, formats apart.

use serde_json::Value;

/// Why the value does not fit the schema: the keyword and the value that fails it.
pub(crate) fn mismatch(schema: &Value, value: &Value) -> Option<String> {
    let keywords = schema.as_object().expect("a schema is an object");
    let failing = keywords
        .iter()
        .find(|(keyword, wanted)| !holds(keyword, wanted, schema, value));
    failing.map(|(keyword, wanted)| format!("{keyword} {wanted} against {value}"))
}

fn fits(schema: &Value, value: &Value) -> bool {
    mismatch(schema, value).is_none()
}

fn holds(keyword: &str, wanted: &Value, schema: &Value, value: &Value) -> bool {
    let schemas = || wanted.as_array().expect("a list of schemas");
    match keyword {
        "$schema" | "title" | "description" | "default" | "format" | "then" => true,
        "type" => match wanted {
            Value::Array(types) => types.iter().any(|wanted| is_of_type(value, wanted)),
            wanted => is_of_type(value, wanted),
        },
        "enum" => schemas().iter().any(|allowed| same(allowed, value)),
        "const" => same(wanted, value),
        "minimum" => value.as_f64().is_none_or(|number| number >= number_of(wanted)),
        "maximum" => value.as_f64().is_none_or(|number| number <= number_of(wanted)),
        "minLength" => length(value).is_none_or(|length| length >= number_of(wanted)),
        "maxLength" => length(value).is_none_or(|length| length <= number_of(wanted)),
        "items" => value
            .as_array()
            .is_none_or(|items| items.iter().all(|item| fits(wanted, item))),
        "required" => value.as_object().is_none_or(|object| {
            schemas()
                .iter()
                .all(|key| object.contains_key(key.as_str().expect("a key")))
        }),
        "properties" => value.as_object().is_none_or(|object| {
            object
                .iter()
                .all(|(key, value)| wanted.get(key).is_none_or(|schema| fits(schema, value)))
        }),
        "additionalProperties" => value.as_object().is_none_or(|object| {
            wanted == true || object.keys().all(|key| schema["properties"].get(key).is_some())
        }),
        "allOf" => schemas().iter().all(|schema| fits(schema, value)),
        "anyOf" => schemas().iter().any(|schema| fits(schema, value)),
        "not" => !fits(wanted, value),
        "if" => !fits(wanted, value) || fits(&schema["then"], value),
        other => panic!("the keyword {other} is not known"),
    }
}

fn is_of_type(value: &Value, wanted: &Value) -> bool {
    match wanted.as_str().expect("a type is a text") {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("the type {other} is not known"),
    }
}

/// Equality of values whose numbers are all written alike, as in the strategies.
fn same(left: &Value, right: &Value) -> bool {
    left == right || left.as_f64().is_some_and(|number| right.as_f64() == Some(number))
}

fn number_of(limit: &Value) -> f64 {
    limit.as_f64().expect("a limit is a number")
}

#[allow(clippy::cast_precision_loss)]
fn length(value: &Value) -> Option<f64> {
    value.as_str().map(|text| text.chars().count() as f64)
}
