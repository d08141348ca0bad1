//! The JSON schema.

use serde_json::json;
use waystation_config::json_schema;

#[test]
fn settings_have_descriptions_types_and_defaults() {
    let schema = json_schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["additionalProperties"], false);
    let retry = &schema["$defs"]["Retry"]["properties"];
    assert_eq!(retry["attempts"]["default"], 4);
    assert_eq!(retry["attempts"]["minimum"], 1);
    assert_eq!(retry["attempts"]["type"], "integer");
    assert_eq!(retry["budget"]["default"], "30s");
    assert_eq!(
        retry["budget"]["description"],
        "The time for all attempts and waits; no wait begins that would end after it."
    );
    assert_eq!(
        schema["$defs"]["Source"]["properties"]["write_keys"]["items"],
        json!({"$ref": "#/$defs/Secret"})
    );
    assert_eq!(
        schema["$defs"]["Source"]["properties"]["enabled"].get("default"),
        None
    );
}

#[test]
fn what_must_be_written_is_required() {
    let schema = json_schema();
    for (part, required) in [
        ("Token", json!(["scope", "token"])),
        ("Otlp", json!(["endpoint"])),
        ("Connection", json!(["destination"])),
        ("Subscription", json!(["action"])),
    ] {
        assert_eq!(schema["$defs"][part]["required"], required, "{part}");
    }
}

#[test]
fn every_setting_has_a_description_and_no_null() {
    let schema = json_schema();
    let parts = schema["$defs"].as_object().unwrap();
    for (part, definition) in parts.iter().chain([(&"the file".to_owned(), &schema)]) {
        for (key, property) in definition["properties"].as_object().into_iter().flatten() {
            assert!(
                property["description"].is_string(),
                "{part}.{key} has no description"
            );
        }
    }
    assert!(!schema.to_string().contains("\"null\""), "TOML has no null");
}
