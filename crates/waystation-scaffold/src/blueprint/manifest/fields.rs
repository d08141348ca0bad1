//! Fields of a manifest, without what people read.

use serde_json::{Value, json};
use waystation_kit::JsonObject;
use waystation_kit::fields::{FieldDefinition, Fields};

use super::named;
use crate::error::ScaffoldError;
use crate::names;

/// What people read, and is left behind.
const TEXTS: [&str; 3] = ["label", "description", "placeholder"];

/// The fields of a list, or of an object by their keys.
pub(super) fn fields(recorded: &Value, place: &str) -> Result<Fields, ScaffoldError> {
    let mut read = Fields::new();
    for (key, field) in named(recorded, "key") {
        let place = format!("{place}.{key}");
        if read.get(&key).is_some() {
            return Err(ScaffoldError::manifest(place, "there are two fields of this key"));
        }
        let definition = definition(&key, field, &place)?;
        read.insert(key, definition);
    }
    Ok(read)
}

fn definition(key: &str, recorded: &Value, place: &str) -> Result<FieldDefinition, ScaffoldError> {
    let not_usable = |problem: String| ScaffoldError::manifest(place, problem);
    let recorded = recorded
        .as_object()
        .ok_or_else(|| not_usable("it is no object".to_owned()))?;
    let mut form = JsonObject::new();
    for (attribute, value) in recorded
        .iter()
        .filter(|(attribute, _)| !TEXTS.contains(&attribute.as_str()))
    {
        match attribute.as_str() {
            "key" | "properties" => {}
            // What allows nothing, and what nobody turned on, says nothing.
            "choices" if value.as_array().is_none_or(Vec::is_empty) => {}
            "choices" => {
                form.insert(
                    "choices".into(),
                    value.as_array().into_iter().flatten().map(choice).collect(),
                );
            }
            "hidden" => {
                form.insert("unsafe_hidden".into(), value.clone());
            }
            _ => {
                form.insert(attribute.clone(), value.clone());
            }
        }
    }
    form.insert("label".into(), names::label(key).into());
    form.insert("description".into(), description(key).into());
    let mut definition: FieldDefinition =
        serde_json::from_value(Value::Object(form)).map_err(|error| not_usable(error.to_string()))?;
    if let Some(properties) = recorded
        .get("properties")
        .filter(|properties| !properties.is_null())
    {
        definition.properties = Some(fields(properties, place)?);
    }
    Ok(definition)
}

/// A choice whose label is its value.
fn choice(recorded: &Value) -> Value {
    match recorded {
        Value::Object(labelled) => json!({"value": labelled.get("value")}),
        plain => plain.clone(),
    }
}

/// A neutral sentence about a field, of which nothing but the key is known.
fn description(key: &str) -> String {
    match key {
        "enable_batching" => "Gather events and send many at a time.".to_owned(),
        "batch_size" => "The most events to send at a time. Batches may well be smaller.".to_owned(),
        "batch_keys" | "batchKeys" => "Events share a batch if they agree in these fields.".to_owned(),
        _ => format!("{}.", names::label(key)),
    }
}
