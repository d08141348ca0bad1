//! What a destination consists of, texts for people left out.

use serde_json::{Value, json};
use waystation_fields::{FieldDefinition, Fields};
use waystation_json::JsonObject;

use super::{MODE, as_object, audience_mode, preset};
use crate::any::{AnyAction, AnyAudiences, AnyDestination, AnyHook, Authentication};

/// The keys of a field that are for people and user interfaces alone.
const FOR_PEOPLE: [&str; 6] = [
    "label",
    "description",
    "placeholder",
    "defaultObjectUI",
    "displayMode",
    "disabledInputMethods",
];

/// What a destination consists of: what [`manifest`](super::manifest) says but for texts, and what it cannot
/// say because functions have no JSON (tests of credentials, batches, dynamic fields).
#[must_use]
pub fn structure(destination: &AnyDestination) -> Value {
    let mut shown = JsonObject::new();
    shown.insert("slug".into(), destination.slug.into());
    shown.insert("registeredSlug".into(), destination.registered_slug.into());
    shown.insert("name".into(), destination.name.into());
    shown.insert("mode".into(), MODE.into());
    match &destination.authentication {
        Some(known) => {
            shown.insert("authentication".into(), authentication(known));
        }
        None => {
            shown.insert("authentication".into(), Value::Null);
            shown.insert("settings".into(), json!([]));
        }
    }
    shown.insert("hasOnDelete".into(), destination.delete.is_some().into());
    if let Some(offered) = &destination.audiences {
        shown.insert("audience".into(), audience(offered));
    }
    shown.insert(
        "actions".into(),
        destination.actions.iter().map(|known| action(known)).collect(),
    );
    if !destination.presets.is_empty() {
        shown.insert("presets".into(), destination.presets.iter().map(preset).collect());
    }
    Value::Object(shown)
}

fn authentication(authentication: &Authentication) -> Value {
    json!({
        "scheme": authentication.scheme.name(),
        "settings": fields(&authentication.fields),
        "testsAuthentication": authentication.test.is_some(),
        "refreshesToken": authentication.refresh.is_some(),
    })
}

fn audience(audiences: &AnyAudiences) -> Value {
    json!({
        "mode": audience_mode(audiences.mode),
        "createAudience": audiences.create.is_some(),
        "getAudience": audiences.get.is_some(),
        "fields": fields(&audiences.fields),
    })
}

fn action(action: &AnyAction) -> Value {
    let mut shown = JsonObject::new();
    shown.insert("slug".into(), action.slug.into());
    shown.insert("title".into(), action.title.into());
    shown.insert("platform".into(), MODE.into());
    if let Some(subscribe) = action.subscribe {
        shown.insert("defaultSubscription".into(), subscribe.into());
    }
    if action.hidden {
        shown.insert("hidden".into(), true.into());
    }
    shown.insert("batch".into(), action.takes_batches().into());
    if let Some(modes) = &action.sync_modes {
        let choices: Value = modes.choices.iter().map(|(mode, _)| mode.name()).collect();
        let modes = json!({"default": modes.default.name(), "choices": choices});
        shown.insert("syncMode".into(), modes);
    }
    if !action.dynamic_fields.handlers.is_empty() {
        let paths = action.dynamic_fields.handlers.iter().map(|(path, _)| *path);
        shown.insert("dynamicFields".into(), paths.collect());
    }
    if !action.hooks.is_empty() {
        shown.insert("hooks".into(), action.hooks.iter().map(hook).collect());
    }
    shown.insert("fields".into(), fields(&action.fields));
    Value::Object(shown)
}

fn hook(hook: &AnyHook) -> Value {
    let mut shown = JsonObject::new();
    shown.insert("type".into(), hook.hook_type.name().into());
    for (key, declared) in [
        ("inputFields", &hook.input_fields),
        ("outputTypes", &hook.output_types),
    ] {
        if !declared.is_empty() {
            shown.insert(key.into(), fields(declared));
        }
    }
    Value::Object(shown)
}

fn fields(fields: &Fields) -> Value {
    fields
        .iter()
        .map(|(key, definition)| field(key, definition))
        .collect()
}

fn field(key: &str, definition: &FieldDefinition) -> Value {
    let mut shown = JsonObject::new();
    shown.insert("key".into(), key.into());
    for (attribute, value) in as_object(definition) {
        match attribute.as_str() {
            "unsafe_hidden" => shown.insert("hidden".into(), value),
            "choices" => shown.insert(
                attribute,
                definition
                    .choices
                    .iter()
                    .map(|choice| choice.value.clone())
                    .collect(),
            ),
            "properties" => shown.insert(
                attribute,
                definition.properties.as_ref().map_or(Value::Null, fields),
            ),
            known if FOR_PEOPLE.contains(&known) => None,
            _ => shown.insert(attribute, value),
        };
    }
    Value::Object(shown)
}
