//! The area `schema`: field definitions and a payload, against the prepared payload or its errors; and
//! field definitions against their JSON schema.
//!
//! Two liberties that the area's README gives are taken: the `if` errors that accompany a failed
//! condition are left out on both sides, and a definition that the peer accepts now but rejects at its
//! next step may be rejected right away.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use serde_json::{Value, json};
use waystation_fields::{FieldError, Fields, Mode, Problem, Schema};

use crate::Mismatch;
use crate::compare::json_equal;
use crate::corpus;

/// The file of definitions that cases refer to.
const DEFINITIONS: &str = "schema_shapes.jsonl";
/// The file of cases, which tells the definitions that the peer rejects.
const CASES: &str = "cases.jsonl";

/// Holds one case against our code.
///
/// # Errors
/// What was expected and what came instead.
pub fn check(case: &Value, folder: &Path) -> Result<(), Mismatch> {
    if case.get("expect").is_some() {
        check_payload(case, folder)
    } else {
        check_definition(case, folder)
    }
}

fn check_payload(case: &Value, folder: &Path) -> Result<(), Mismatch> {
    let expected = expected_outcome(&case["expect"]);
    let fields = match case["fields_ref"].as_str() {
        Some(id) => Corpus::of(folder)
            .definitions
            .get(id)
            .cloned()
            .unwrap_or_default(),
        None => case["fields"].clone(),
    };
    let actual = match compile(&fields) {
        Ok(schema) => prepare(&schema, case),
        Err(reason) => json!({"error": reason}),
    };
    compared(expected, actual)
}

/// The outcome of a case without its `if` errors, which only accompany others.
fn expected_outcome(expect: &Value) -> Value {
    let mut expect = expect.clone();
    if let Some(errors) = expect.get_mut("errors").and_then(Value::as_array_mut) {
        errors.retain(|error| error["keyword"] != "if");
    }
    expect
}

fn prepare(schema: &Schema, case: &Value) -> Value {
    let mode = match case["mode"].as_str() {
        Some("single") => Mode::Single,
        Some("batch_item") => Mode::BatchItem,
        Some("settings") => Mode::Settings,
        mode => return json!({"unknown mode": mode}),
    };
    let Some(input) = case["input"].as_object() else {
        return json!({"input is no object": case["input"]});
    };
    match schema.prepare(input.clone(), mode) {
        Ok(value) => json!({"value": value}),
        Err(errors) => json!({"errors": errors.iter().map(recorded_form).collect::<Vec<_>>()}),
    }
}

/// An error as the corpus writes it.
fn recorded_form(error: &FieldError) -> Value {
    let (detail, value) = match &error.problem {
        Problem::Required { missing } | Problem::RequiredWhen { missing, .. } => ("missing", json!(missing)),
        Problem::Type { expected } => (
            "expected",
            expected.iter().map(|expected| expected.name()).collect(),
        ),
        Problem::Choice { allowed } => ("allowed", Value::from(allowed.to_vec())),
        Problem::Maximum { limit } | Problem::Minimum { limit } => ("limit", json!(limit)),
        Problem::MaximumLength { limit } | Problem::MinimumLength { limit } => ("limit", json!(limit)),
        Problem::Format { format } => ("format", json!(format.name())),
    };
    json!({"path": error.path, "keyword": error.problem.keyword(), detail: value})
}

fn check_definition(case: &Value, folder: &Path) -> Result<(), Mismatch> {
    let fields = &case["fields"];
    let actual = match compile(fields) {
        Ok(schema) => json!({"schema": without_texts(schema.to_json_schema())}),
        Err(_) if Corpus::of(folder).rejected.contains(fields) => return Ok(()),
        Err(reason) => json!({"error": reason}),
    };
    let expected = match case.get("schema") {
        Some(schema) => json!({"schema": schema}),
        None => json!({"error": case["error"]}),
    };
    compared(expected, actual)
}

fn compile(fields: &Value) -> Result<Schema, String> {
    let fields: Fields = serde_json::from_value(fields.clone()).map_err(|error| error.to_string())?;
    Schema::compile(&fields).map_err(|error| error.to_string())
}

/// A JSON schema without the texts for people, which the corpus leaves out.
fn without_texts(schema: &Value) -> Value {
    let Value::Object(keywords) = schema else {
        return schema.clone();
    };
    let mut kept = keywords.clone();
    kept.retain(|keyword, _| keyword != "title" && keyword != "description");
    if let Some(items) = kept.get_mut("items") {
        *items = without_texts(items);
    }
    if let Some(Value::Object(properties)) = kept.get_mut("properties") {
        properties
            .values_mut()
            .for_each(|property| *property = without_texts(property));
    }
    Value::Object(kept)
}

/// Equal, or both a rejection of the definition, whatever its reason.
fn compared(expected: Value, actual: Value) -> Result<(), Mismatch> {
    let both_rejected = expected.get("error").is_some() && actual.get("error").is_some();
    if both_rejected || json_equal(&expected, &actual) {
        Ok(())
    } else {
        Err(Mismatch { expected, actual })
    }
}

/// What a case needs to know of other lines in its folder.
#[derive(Default)]
struct Corpus {
    /// The definitions by their ids.
    definitions: HashMap<String, Value>,
    /// The definitions that the peer rejects when they are used.
    rejected: Vec<Value>,
}

impl Corpus {
    /// Reads a folder the first time it is asked for.
    fn of(folder: &Path) -> Arc<Self> {
        static FOLDERS: LazyLock<Mutex<HashMap<PathBuf, Arc<Corpus>>>> = LazyLock::new(Mutex::default);
        let mut folders = FOLDERS.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(
            folders
                .entry(folder.to_owned())
                .or_insert_with(|| Arc::new(Self::read(folder))),
        )
    }

    /// A file that is missing gives no lines: the cases that need it fail on their own.
    fn read(folder: &Path) -> Self {
        let lines = |name| {
            corpus::read_lines(&folder.join(name))
                .unwrap_or_default()
                .into_iter()
        };
        let definitions = lines(DEFINITIONS).filter_map(|(_, mut line)| {
            let id = line["id"].as_str()?.to_owned();
            Some((id, line["fields"].take()))
        });
        let definitions: HashMap<String, Value> = definitions.collect();
        let rejecting = lines(CASES).filter(|(_, case)| case["expect"].get("error").is_some());
        let rejected = rejecting.map(|(_, mut case)| match case["fields_ref"].as_str() {
            Some(id) => definitions.get(id).cloned().unwrap_or_default(),
            None => case["fields"].take(),
        });
        Self {
            rejected: rejected.collect(),
            definitions,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(input: &Value, expect: &Value) -> Value {
        let fields = json!({"n": {"label": "n", "type": "number", "maximum": 5, "required": true}});
        json!({"fields": fields, "mode": "single", "input": input, "expect": expect})
    }

    #[test]
    fn values_and_errors_are_compared() {
        let folder = Path::new("nowhere");
        let too_great = json!({"errors": [{"path": "$.n", "keyword": "maximum", "limit": 5}]});
        assert!(check(&case(&json!({"n": "5"}), &json!({"value": {"n": 5.0}})), folder).is_ok());
        assert!(check(&case(&json!({"n": 6}), &too_great), folder).is_ok());
        assert!(check(&case(&json!({"n": 5}), &too_great), folder).is_err());
        assert!(check(&case(&json!({"n": 6}), &json!({"value": {"n": 6}})), folder).is_err());
    }

    #[test]
    fn definitions_are_compared_without_texts() {
        let fields = json!({"title": {"label": "T", "type": "string"}});
        let mut shape = json!({"fields": fields, "schema": {
            "$schema": "http://json-schema.org/schema#", "type": "object", "additionalProperties": false,
            "required": [], "properties": {"title": {"type": "string"}},
        }});
        assert!(check(&shape, Path::new("nowhere")).is_ok());
        shape["schema"]["properties"] = json!({});
        assert!(check(&shape, Path::new("nowhere")).is_err());
    }
}
