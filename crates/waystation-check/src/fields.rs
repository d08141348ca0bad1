//! Fields: schemas, defaults, conditions, and what people are told of them.

use serde_json::Value;
use waystation_kit::any::AnyDestination;
use waystation_kit::batching::BATCH_KEYS;
use waystation_kit::fields::{Condition, FieldDefinition, FieldType, Fields, Required, Schema};
use waystation_kit::payload::default_mapping;
use waystation_mapping::Mapping;

use crate::finding::{Findings, Rule};
use crate::names::described;
use crate::{FieldList, Purpose};

pub(crate) fn check(list: &FieldList<'_>, findings: &mut Findings) {
    if let Err(error) = Schema::compile(list.fields) {
        findings.add(Rule::SchemasCompile, &list.place, error.to_string());
    }
    check_default_mapping(list, findings);
    check_level(&list.place, list.fields, list.purpose, findings);
    if let Some(Value::Array(keys)) = list
        .fields
        .get(BATCH_KEYS)
        .and_then(|field| field.default.as_ref())
    {
        for key in keys.iter().filter_map(Value::as_str) {
            if list.fields.get(key).is_none() {
                let message = format!("\"{key}\" is no field of the action");
                findings.add(
                    Rule::BatchKeysDeclared,
                    format!("{}.{BATCH_KEYS}", list.place),
                    message,
                );
            }
        }
    }
}

/// Defaults of settings and the like are values; those of payloads are mappings.
fn check_default_mapping(list: &FieldList<'_>, findings: &mut Findings) {
    if list.purpose != Purpose::Payload {
        return;
    }
    let mapping = Value::Object(default_mapping(list.fields));
    if let Err(error) = Mapping::compile(&mapping) {
        let message = format!("the default mapping cannot be used: {error}");
        findings.add(Rule::DefaultsUsable, &list.place, message);
    }
}

/// The fields of one object, and of those in it.
fn check_level(place: &str, fields: &Fields, purpose: Purpose, findings: &mut Findings) {
    for (key, field) in fields.iter() {
        let place = format!("{place}.{key}");
        if key.is_empty() || key.contains('.') || key.starts_with('@') {
            let message = "no path of a mapping leads to a key like this";
            findings.add(Rule::NamesWellFormed, &place, message);
        }
        described(&place, "label", &field.label, findings);
        if purpose != Purpose::Output {
            described(&place, "description", &field.description, findings);
        }
        check_default(&place, field, findings);
        check_conditions(&place, field, fields, findings);
        if let Some(properties) = &field.properties {
            check_level(&place, properties, purpose, findings);
        }
    }
}

fn check_default(place: &str, field: &FieldDefinition, findings: &mut Findings) {
    if field.required == Required::Always && field.hidden && field.default.is_none() {
        let message = "it is required and hidden, so nobody can fill it: give it a default or show it";
        findings.add(Rule::RequiredFieldsCanBeFilled, place, message);
    }
    let chosen = field.default.as_ref().filter(|value| !value.is_object());
    if let (Some(chosen), false) = (chosen, field.choices.is_empty()) {
        let chosen = chosen
            .as_array()
            .map_or(std::slice::from_ref(chosen), Vec::as_slice);
        for value in chosen {
            if field.choices.iter().all(|choice| choice.value != *value) {
                findings.add(
                    Rule::DefaultsUsable,
                    place,
                    format!("the default {value} is not among the choices"),
                );
            }
        }
    }
}

fn check_conditions(place: &str, field: &FieldDefinition, siblings: &Fields, findings: &mut Findings) {
    let required = match &field.required {
        Required::When(conditions) => Some(conditions),
        Required::Never | Required::Always => None,
    };
    let conditions = required.into_iter().chain(&field.depends_on);
    for condition in conditions.flat_map(|conditions| &conditions.conditions) {
        if let Condition::Field(condition) = condition {
            let asked = condition.field_key.split('.').next().unwrap_or_default();
            if siblings.get(asked).is_none() {
                let message = format!("a condition asks for \"{asked}\", and there is no such field");
                findings.add(Rule::ConditionsNameFields, place, message);
            }
        }
    }
}

/// Parts of names behind which credentials are kept.
const TELLING: [&str; 4] = ["key", "token", "secret", "password"];

/// Whether credentials among the settings are kept out of sight.
pub(crate) fn check_secrets(destination: &AnyDestination, findings: &mut Findings) {
    let Some(authentication) = &destination.authentication else {
        return;
    };
    for (key, field) in authentication.fields.iter() {
        let name = key.to_ascii_lowercase();
        let is_text = matches!(field.field_type, FieldType::String | FieldType::Text);
        // What is chosen from a list is known to everybody.
        if is_text && field.choices.is_empty() && TELLING.iter().any(|part| name.contains(part)) {
            let message = "it looks like a credential: make it a `Secret`, which is never shown";
            findings.add(Rule::SecretsAreHidden, format!("settings.{key}"), message);
        }
    }
}
