//! The area `mapping`: a mapping applied to one event, or to a list of events.

use serde_json::{Map, Value, json};
use waystation_mapping::{Mapping, ResolveError};

use crate::Mismatch;
use crate::compare::json_equal;

/// Holds one case against our code.
///
/// # Errors
/// What was expected and what came instead.
pub fn check(case: &Value) -> Result<(), Mismatch> {
    let expected = &case["expect"];
    let actual = run(case);
    if json_equal(expected, &actual) {
        return Ok(());
    }
    Err(Mismatch {
        expected: expected.clone(),
        actual,
    })
}

/// What our code does, written as the corpus writes expectations.
fn run(case: &Value) -> Value {
    match case["op"].as_str() {
        Some("transform") => one(&case["mapping"], case.get("data")),
        Some("transform_batch") => batch(&case["mapping"], case.get("data")),
        _ => json!({"unknown op": case["op"]}),
    }
}

fn one(mapping: &Value, event: Option<&Value>) -> Value {
    let empty = Value::Object(Map::new());
    let event = event.unwrap_or(&empty);
    // The type of the data is looked at before the mapping is.
    if !event.is_object() {
        return error("runtime");
    }
    let Ok(mapping) = Mapping::compile(mapping) else {
        return error("invalid_mapping");
    };
    match mapping.resolve(event) {
        Ok(Some(payload)) => json!({"value": payload}),
        Ok(None) => json!({"absent": true}),
        Err(failure) => error(kind(&failure)),
    }
}

fn batch(mapping: &Value, events: Option<&Value>) -> Value {
    let empty = Value::Array(Vec::new());
    let Value::Array(events) = events.unwrap_or(&empty) else {
        return error("runtime");
    };
    let Ok(mapping) = Mapping::compile(mapping) else {
        return error("invalid_mapping");
    };
    match mapping.resolve_batch(events) {
        // Nothing leaves a list as null.
        Ok(payloads) => json!({"value": payloads}),
        Err(failure) => error(kind(&failure)),
    }
}

fn kind(failure: &ResolveError) -> &'static str {
    if failure.problem.is_liquid() {
        "liquid"
    } else {
        "runtime"
    }
}

fn error(kind: &str) -> Value {
    json!({"error": {"kind": kind}})
}
