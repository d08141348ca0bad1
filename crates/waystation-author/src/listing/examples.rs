//! Commands to paste: each runs an action with an invented event that its subscription matches and its fields are
//! filled from.

use serde_json::{Value, json};
use waystation_fields::{FieldDefinition, FieldType, Fields, Format, Required};
use waystation_fql::Subscription;
use waystation_json::JsonObject;
use waystation_kit::any::{AnyAction, AnyDestination};
use waystation_runtime::LoadedDestination;

use super::is_asynchronous;

/// A command for one action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The action's slug.
    pub action: &'static str,
    /// The command, ready to be pasted into a shell.
    pub command: String,
}

/// A command for each action that is not hidden. With `has_settings` the server has settings of its own, and the commands
/// bring none.
#[must_use]
pub fn examples(destination: &LoadedDestination, base_url: &str, has_settings: bool) -> Vec<Example> {
    let definition = destination.definition();
    let visible = definition.actions.iter().filter(|action| !action.hidden);
    let example = |action: &AnyAction| Example {
        action: action.slug,
        command: command(definition, action, base_url, has_settings),
    };
    visible.map(|action| example(action)).collect()
}

fn command(definition: &AnyDestination, action: &AnyAction, base_url: &str, has_settings: bool) -> String {
    let mut event = event(action.subscribe);
    let mapping = fill(&mut event, &action.fields);
    let mut body = JsonObject::new();
    body.insert("payload".to_owned(), event);
    let authentication = definition.authentication.as_ref().filter(|_| !has_settings);
    if let Some(authentication) = authentication {
        body.insert(
            "settings".to_owned(),
            example_settings(&authentication.fields).into(),
        );
    }
    if !mapping.is_empty() {
        body.insert("mapping".to_owned(), mapping.into());
    }
    let path = match is_asynchronous(action) {
        true => format!("/destinations/{}/actions/{}", definition.slug, action.slug),
        false => format!("/{}", action.slug),
    };
    let body = Value::Object(body).to_string().replace('\'', "'\\''");
    format!("curl -sS {base_url}{path} -H 'content-type: application/json' -d '{body}'")
}

/// An event that the subscription matches, as far as its type and its name go.
fn event(subscribe: Option<&str>) -> Value {
    let subscription = subscribe.and_then(|subscribe| Subscription::parse(subscribe).ok());
    let conditions = subscription
        .map(|subscription| subscription.to_json())
        .unwrap_or_default();
    let wanted = |kind: &str| wanted(&conditions, kind);
    let event_type = wanted("event-type").unwrap_or_else(|| "track".to_owned());
    let mut event = json!({
        "type": event_type,
        "messageId": "message-1",
        "userId": "user-1",
        "timestamp": "2026-01-01T12:00:00.000Z",
    });
    let more = match event_type.as_str() {
        "track" => json!({
            "event": wanted("event").unwrap_or_else(|| "Order Completed".to_owned()),
            "properties": {"total": 25, "currency": "EUR"},
        }),
        "identify" => json!({"traits": {"email": "person@example.com"}}),
        "group" => json!({"groupId": "group-1", "traits": {"name": "Example Ltd"}}),
        "alias" => json!({"previousId": "anonymous-1"}),
        _ => json!({"name": wanted("name").unwrap_or_else(|| "Home".to_owned()), "properties": {}}),
    };
    for (key, value) in more.as_object().into_iter().flatten() {
        event[key] = value.clone();
    }
    event
}

/// The value that the first comparison of this kind asks for.
fn wanted(conditions: &Value, kind: &str) -> Option<String> {
    let is_it = conditions["type"] == kind && conditions["operator"] == "=";
    if is_it && let Some(value) = conditions["value"].as_str() {
        return Some(value.to_owned());
    }
    let children = conditions["children"].as_array()?;
    children.iter().find_map(|child| wanted(child, kind))
}

/// Puts a value into the event wherever a required field takes its own from. What must be mapped by a person is returned
/// as a mapping.
fn fill(event: &mut Value, fields: &Fields) -> JsonObject {
    let mut mapping = JsonObject::new();
    for (key, field) in fields
        .iter()
        .filter(|(_, field)| field.required == Required::Always)
    {
        match &field.default {
            None => {
                mapping.insert(key.to_owned(), example_value(key, field));
            }
            Some(default) => {
                if let Some(path) = first_path(default) {
                    put(event, path, example_value(key, field));
                }
            }
        }
    }
    mapping
}

/// The first path that a default reads.
fn first_path(default: &Value) -> Option<&str> {
    match default {
        Value::Object(members) => match members.get("@path") {
            Some(path) => path.as_str(),
            None => members.values().find_map(first_path),
        },
        _ => None,
    }
}

/// Puts a value at a path of plain keys, unless there is one.
fn put(event: &mut Value, path: &str, value: Value) {
    let Some(keys) = path.strip_prefix("$.").filter(|keys| !keys.contains(['[', '\''])) else {
        return;
    };
    let mut place = event;
    for key in keys.split('.') {
        if place.is_null() {
            *place = json!({});
        }
        let Some(members) = place.as_object_mut() else {
            return;
        };
        place = members.entry(key.to_owned()).or_insert(Value::Null);
    }
    if place.is_null() {
        *place = value;
    }
}

fn example_value(key: &str, field: &FieldDefinition) -> Value {
    let one = match (field.choices.first(), field.field_type, field.format) {
        (Some(choice), ..) => choice.value.clone(),
        (None, _, Some(Format::Email)) => json!("person@example.com"),
        (None, _, Some(Format::Uri)) => json!("https://example.com/page"),
        (None, FieldType::Number | FieldType::Integer, _) => json!(1),
        (None, FieldType::Boolean, _) => json!(true),
        (None, FieldType::Object, _) => json!({}),
        (None, FieldType::Datetime, _) => json!("2026-01-01T12:00:00.000Z"),
        (None, ..) => json!(format!("{key}-1")),
    };
    match field.multiple {
        true => json!([one]),
        false => one,
    }
}

/// A value for every setting that must be given.
fn example_settings(fields: &Fields) -> JsonObject {
    let required = fields
        .iter()
        .filter(|(_, field)| field.required == Required::Always);
    required
        .map(|(key, field)| (key.to_owned(), example_setting(key, field)))
        .collect()
}

fn example_setting(key: &str, field: &FieldDefinition) -> Value {
    let known = field
        .default
        .as_ref()
        .or(field.choices.first().map(|choice| &choice.value));
    match (known, field.field_type) {
        (Some(known), _) => known.clone(),
        (None, FieldType::Number | FieldType::Integer) => json!(1),
        (None, FieldType::Boolean) => json!(true),
        (None, FieldType::Object) => json!({}),
        (None, _) => json!(format!("your {key}")),
    }
}
