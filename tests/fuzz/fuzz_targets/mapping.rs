//! A mapping of any JSON on any event: compiled or refused, resolved or refused, the same twice over, and the
//! event untouched.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use waystation_mapping::Mapping;

fuzz_target!(|input: &[u8]| {
    let mut values = serde_json::Deserializer::from_slice(input).into_iter::<Value>();
    let Some(Ok(mapping)) = values.next() else { return };
    let event = match values.next() {
        Some(Ok(event)) => event,
        _ => serde_json::json!({
            "type": "track", "event": "Tested", "userId": "u-1",
            "properties": {"a": 1, "b": [1, "x", null, {"c": true}], "d": {"e": "f"}, "date": "2024-02-29"},
        }),
    };
    match Mapping::compile(&mapping) {
        Err(invalid) => assert!(!invalid.to_string().is_empty()),
        Ok(compiled) => {
            let before = event.clone();
            let first = compiled.resolve(&event).map_err(|error| error.to_string());
            assert_eq!(event, before, "resolving changed the event");
            // The only directive that looks at the clock is a Liquid date.
            if !mapping.to_string().contains("@liquid") {
                let second = compiled.resolve(&event).map_err(|error| error.to_string());
                assert_eq!(first, second, "resolving twice gave different results");
            }
        }
    }
});
