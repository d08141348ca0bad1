//! Any field definitions and any payload: compiled or refused, prepared or refused; and what was prepared is valid and
//! stays as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use waystation_fields::{Fields, Mode, Schema};

fuzz_target!(|input: &[u8]| {
    let mut values = serde_json::Deserializer::from_slice(input).into_iter::<Value>();
    let Some(Ok(fields)) = values.next() else { return };
    let Some(Ok(Value::Object(payload))) = values.next() else { return };
    let Ok(fields) = serde_json::from_value::<Fields>(fields) else { return };
    let schema = match Schema::compile(&fields) {
        Ok(schema) => schema,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    for mode in [Mode::Single, Mode::BatchItem, Mode::Settings] {
        match schema.prepare(payload.clone(), mode) {
            Ok(prepared) => match schema.prepare(prepared.clone(), mode) {
                Ok(mut again) => {
                    // `null` becomes an empty text, which goes first the second time.
                    let is_said = |_: &String, value: &mut Value| *value != "";
                    let mut prepared = prepared;
                    prepared.retain(is_said);
                    again.retain(is_said);
                    assert_eq!(again, prepared, "{mode:?}");
                }
                Err(errors) => panic!("{mode:?}: what was valid is not: {errors}"),
            },
            Err(errors) => assert!(!errors.to_string().is_empty()),
        }
    }
});
