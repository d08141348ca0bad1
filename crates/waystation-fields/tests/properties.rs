//! What holds for every definition and every payload.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what broke by panicking"
)]

mod support;

use proptest::prelude::*;
use serde_json::{Map, Value};
use support::json_schema;
use support::strategies::{Requirements, fields, fields_and_payload};
use waystation_fields::{Fields, Mode, Schema};

fn compile(fields: &Fields) -> Schema {
    Schema::compile(fields).expect("the strategies make usable definitions")
}

fn mode() -> impl Strategy<Value = Mode> {
    prop_oneof![Just(Mode::Single), Just(Mode::BatchItem), Just(Mode::Settings)]
}

/// The same object with its keys, and those of the objects in it, in reverse.
fn reversed(object: &Map<String, Value>) -> Map<String, Value> {
    object
        .iter()
        .rev()
        .map(|(key, value)| (key.clone(), reversed_value(value)))
        .collect()
}

fn reversed_value(value: &Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(reversed(object)),
        Value::Array(items) => items.iter().map(reversed_value).collect(),
        scalar => scalar.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    /// Also says that nothing panics, whatever the conditions. Objects compare without regard to order.
    #[test]
    fn the_order_of_keys_does_not_matter(
        (fields, payload) in fields_and_payload(Requirements::Any), mode in mode(),
    ) {
        let schema = compile(&fields);
        prop_assert_eq!(schema.prepare(reversed(&payload), mode), schema.prepare(payload, mode));
    }

    #[test]
    fn every_error_tells_where_and_what(
        (fields, payload) in fields_and_payload(Requirements::Any), mode in mode(),
    ) {
        if let Err(errors) = compile(&fields).prepare(payload, mode) {
            prop_assert!(errors.iter().len() > 0);
            for error in errors.iter() {
                prop_assert!(error.path.starts_with('$'), "{}", error.path);
                prop_assert!(errors.fields().contains_key(&error.path));
            }
        }
    }

    /// In settings nothing counts as empty, so nothing that was prepared can go in a second round.
    #[test]
    fn prepared_settings_are_already_prepared(
        (fields, payload) in fields_and_payload(Requirements::Plain),
    ) {
        let schema = compile(&fields);
        if let Ok(prepared) = schema.prepare(payload, Mode::Settings) {
            prop_assert_eq!(schema.prepare(prepared.clone(), Mode::Settings), Ok(prepared));
        }
    }

    #[test]
    fn prepared_payloads_fit_the_exported_schema(
        (fields, payload) in fields_and_payload(Requirements::Plain), mode in mode(),
    ) {
        let schema = compile(&fields);
        // A payload without fields is left alone, although the schema allows no keys.
        if !fields.is_empty() && let Ok(prepared) = schema.prepare(payload, mode) {
            prop_assert_eq!(json_schema::mismatch(schema.to_json_schema(), &Value::Object(prepared)), None);
        }
    }

    /// Requirements are judged before coercion, so the schema only has to agree on what needs none.
    #[test]
    fn payloads_that_need_no_preparing_fit_the_exported_schema(
        (fields, payload) in fields_and_payload(Requirements::ByValue),
    ) {
        let schema = compile(&fields);
        let prepared = schema.prepare(payload.clone(), Mode::Settings);
        if prepared.is_ok_and(|prepared| prepared == payload) {
            prop_assert_eq!(json_schema::mismatch(schema.to_json_schema(), &Value::Object(payload)), None);
        }
    }

    /// And what the schema allows needs none, but for formats, which the plain reading skips.
    #[test]
    fn payloads_that_fit_the_exported_schema_need_no_preparing(
        (fields, payload) in fields_and_payload(Requirements::ByValue),
    ) {
        let schema = compile(&fields);
        if json_schema::mismatch(schema.to_json_schema(), &Value::Object(payload.clone())).is_none() {
            match schema.prepare(payload.clone(), Mode::Settings) {
                Ok(prepared) => prop_assert_eq!(prepared, payload),
                Err(errors) => prop_assert!(
                    errors.iter().all(|error| error.problem.keyword() == "format"), "{}", errors
                ),
            }
        }
    }

    #[test]
    fn fields_keep_their_json_form(fields in fields(Requirements::Any)) {
        let form = serde_json::to_value(&fields).expect("fields are JSON");
        prop_assert_eq!(serde_json::from_value::<Fields>(form).expect("the form is well formed"), fields);
    }
}
