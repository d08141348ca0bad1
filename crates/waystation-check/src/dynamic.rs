//! Dynamic fields and their handlers.

use waystation_kit::any::{AnyAction, AnyDynamicFields};
use waystation_kit::fields::{FieldDefinition, FieldType, Fields};

use crate::finding::{Findings, Rule};

const KEYS: &str = "__keys__";
const VALUES: &str = "__values__";

pub(crate) fn check(action: &AnyAction, findings: &mut Findings) {
    check_fields(action.slug, &action.fields, &action.dynamic_fields, findings);
    for hook in &action.hooks {
        let place = format!("{}.{}.inputs", action.slug, hook.hook_type.name());
        check_fields(&place, &hook.input_fields, &hook.dynamic_inputs, findings);
    }
}

fn check_fields(place: &str, fields: &Fields, handlers: &AnyDynamicFields, findings: &mut Findings) {
    for (key, field) in fields.iter() {
        if field.dynamic && !is_handled(key, field, handlers) {
            let wanted = match is_free_object(field) {
                true => format!("`{key}.{KEYS}` or `{key}.{VALUES}`"),
                false => format!("`{key}`"),
            };
            let message = format!("it is dynamic, and there is no handler for {wanted}");
            findings.add(Rule::DynamicFieldsHaveHandlers, format!("{place}.{key}"), message);
        }
        for (property, definition) in field.properties.iter().flat_map(Fields::iter) {
            let path = format!("{key}.{property}");
            if definition.dynamic && handlers.get(&path).is_none() {
                let message = format!("it is dynamic, and there is no handler for `{path}`");
                findings.add(
                    Rule::DynamicFieldsHaveHandlers,
                    format!("{place}.{path}"),
                    message,
                );
            }
        }
    }
    for (path, _) in &handlers.handlers {
        if !is_declared(path, fields) {
            let message = "there is a handler, and no field of that name with `dynamic`";
            findings.add(
                Rule::DynamicFieldsHaveHandlers,
                format!("{place}.{path}"),
                message,
            );
        }
    }
}

/// An object whose keys are not declared has choices for its keys and for its values.
fn is_free_object(field: &FieldDefinition) -> bool {
    field.field_type == FieldType::Object && field.properties.is_none()
}

fn is_handled(key: &str, field: &FieldDefinition, handlers: &AnyDynamicFields) -> bool {
    let of = |part: &str| handlers.get(&format!("{key}.{part}")).is_some();
    let within = format!("{key}.");
    match field.field_type {
        FieldType::Object => {
            of(KEYS)
                || of(VALUES)
                || handlers.get(key).is_some()
                || handlers
                    .handlers
                    .iter()
                    .any(|(path, _)| path.starts_with(&within))
        }
        _ => handlers.get(key).is_some(),
    }
}

fn is_declared(path: &str, fields: &Fields) -> bool {
    let Some((key, part)) = path.split_once('.') else {
        return fields.get(path).is_some_and(|field| field.dynamic);
    };
    let Some(field) = fields.get(key) else {
        return false;
    };
    match field
        .properties
        .as_ref()
        .and_then(|properties| properties.get(part))
    {
        Some(property) => property.dynamic || field.dynamic,
        // Keys that are not declared: all of them, or one that the handler knows.
        None => field.dynamic && field.field_type == FieldType::Object,
    }
}
