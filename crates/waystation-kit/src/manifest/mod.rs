//! Destinations as JSON: what a platform shows of a definition, and what it consists of.
//!
//! [`manifest`] has the form that Segment's development server answers with, functions left out.
//! [`structure`] says what a manifest cannot: which of those functions there are.

mod structure;

use serde_json::{Value, json};
use waystation_fields::Fields;
use waystation_json::{JsonObject, number_from_f64};

use crate::any::{
    AnyAction, AnyAudiences, AnyDestination, AnyDynamicFields, AnyHook, Authentication, Perform,
};
use crate::audience::AudienceMode;
use crate::preset::{Preset, PresetTrigger};
use crate::sync_mode::SyncModes;

pub use structure::structure;

/// Every destination runs in the cloud; the platform knows other modes.
const MODE: &str = "cloud";

/// A destination as the platform's `GET /manifest` shows it (recorded in `tests/conformance/runtime`), with the
/// name of its folder as `directoryName`.
#[must_use]
pub fn manifest(destination: &AnyDestination) -> Value {
    let (asynchronous, synchronous): (Vec<_>, Vec<_>) = destination
        .actions
        .iter()
        .partition(|action| matches!(action.perform, Perform::Asynchronous { .. }));
    let actions = |actions: Vec<&std::sync::Arc<AnyAction>>| -> JsonObject {
        actions
            .into_iter()
            .map(|action| (action.slug.to_owned(), manifest_action(action)))
            .collect()
    };
    let mut manifest = JsonObject::new();
    manifest.insert("name".into(), destination.name.into());
    manifest.insert("slug".into(), destination.registered_slug.into());
    manifest.insert("mode".into(), MODE.into());
    insert_text(&mut manifest, "description", destination.description);
    if let Some(authentication) = &destination.authentication {
        manifest.insert("authentication".into(), manifest_authentication(authentication));
    }
    if let Some(audiences) = &destination.audiences {
        insert_audiences(&mut manifest, audiences);
    }
    if !destination.presets.is_empty() {
        manifest.insert("presets".into(), destination.presets.iter().map(preset).collect());
    }
    manifest.insert("actions".into(), Value::Object(actions(synchronous)));
    if !asynchronous.is_empty() {
        manifest.insert("asyncActions".into(), Value::Object(actions(asynchronous)));
    }
    manifest.insert("directoryName".into(), destination.slug.into());
    Value::Object(manifest)
}

fn manifest_authentication(authentication: &Authentication) -> Value {
    json!({
        "scheme": authentication.scheme.name(),
        "fields": manifest_fields(&authentication.fields),
    })
}

fn insert_audiences(manifest: &mut JsonObject, audiences: &AnyAudiences) {
    if !audiences.fields.is_empty() {
        manifest.insert("audienceFields".into(), manifest_fields(&audiences.fields));
    }
    manifest.insert(
        "audienceConfig".into(),
        json!({"mode": audience_mode(audiences.mode)}),
    );
}

fn audience_mode(mode: AudienceMode) -> Value {
    match mode {
        AudienceMode::Realtime => json!({"type": "realtime"}),
        AudienceMode::Synced { full_audience_sync } => {
            json!({"type": "synced", "full_audience_sync": full_audience_sync})
        }
    }
}

fn preset(preset: &Preset) -> Value {
    let mut shown = JsonObject::new();
    shown.insert("name".into(), preset.name.into());
    if let PresetTrigger::Automatic { subscribe } = preset.trigger {
        shown.insert("subscribe".into(), subscribe.into());
    }
    shown.insert("partnerAction".into(), preset.action.into());
    shown.insert("mapping".into(), Value::Object(preset.mapping.clone()));
    match preset.trigger {
        PresetTrigger::Automatic { .. } => {
            shown.insert("type".into(), "automatic".into());
        }
        PresetTrigger::SpecificEvent { event_slug } => {
            shown.insert("type".into(), "specificEvent".into());
            shown.insert("eventSlug".into(), event_slug.into());
        }
    }
    Value::Object(shown)
}

fn manifest_action(action: &AnyAction) -> Value {
    let mut shown = JsonObject::new();
    shown.insert("title".into(), action.title.into());
    insert_text(&mut shown, "description", action.description);
    if let Some(subscribe) = action.subscribe {
        shown.insert("defaultSubscription".into(), subscribe.into());
    }
    if action.hidden {
        shown.insert("hidden".into(), true.into());
    }
    if let Some(sync_modes) = &action.sync_modes {
        shown.insert("syncMode".into(), sync_mode(sync_modes));
    }
    shown.insert("fields".into(), manifest_fields(&action.fields));
    if !action.dynamic_fields.handlers.is_empty() {
        shown.insert("dynamicFields".into(), dynamic_fields(&action.dynamic_fields));
    }
    if !action.hooks.is_empty() {
        let hooks = action.hooks.iter();
        let hooks: JsonObject = hooks
            .map(|hook| (hook.hook_type.name().to_owned(), manifest_hook(hook)))
            .collect();
        shown.insert("hooks".into(), Value::Object(hooks));
    }
    Value::Object(shown)
}

fn sync_mode(modes: &SyncModes) -> Value {
    let choices = modes.choices.iter();
    json!({
        "default": modes.default.name(),
        "label": modes.label,
        "description": modes.description,
        "choices": choices.map(|(mode, label)| json!({"label": label, "value": mode.name()})).collect::<Value>(),
    })
}

fn manifest_hook(hook: &AnyHook) -> Value {
    let mut shown = JsonObject::new();
    shown.insert("label".into(), hook.label.into());
    shown.insert("description".into(), hook.description.into());
    if !hook.input_fields.is_empty() {
        shown.insert("inputFields".into(), hook_inputs(hook));
    }
    if !hook.output_types.is_empty() {
        shown.insert("outputTypes".into(), manifest_fields(&hook.output_types));
    }
    Value::Object(shown)
}

/// The inputs of a hook. On the platform a dynamic one has its handler in place of the flag, and so nothing
/// once functions are left out.
fn hook_inputs(hook: &AnyHook) -> Value {
    let mut inputs = manifest_fields(&hook.input_fields);
    for (path, _) in &hook.dynamic_inputs.handlers {
        if let Some(Value::Object(input)) = inputs.get_mut(path) {
            input.shift_remove("dynamic");
        }
    }
    inputs
}

/// The objects that hold handlers, without the handlers: `rows.column` leaves `{"rows": {}}`.
fn dynamic_fields(fields: &AnyDynamicFields) -> Value {
    let mut shown = JsonObject::new();
    for (path, _) in &fields.handlers {
        let mut level = &mut shown;
        let mut keys = path.split('.').peekable();
        while let Some(key) = keys.next() {
            if keys.peek().is_none() {
                break;
            }
            let inner = level
                .entry(key)
                .or_insert_with(|| Value::Object(JsonObject::new()));
            let Value::Object(inner) = inner else { break };
            level = inner;
        }
    }
    Value::Object(shown)
}

/// Fields in the form in which the platform's definitions are usually written: choices that are their own
/// label stand as plain texts.
fn manifest_fields(fields: &Fields) -> Value {
    fields
        .iter()
        .map(|(key, field)| {
            let mut shown = as_object(field);
            for (key, limit) in [("minimum", field.minimum), ("maximum", field.maximum)] {
                // Whole limits are written as whole numbers.
                shown.extend(limit.map(|limit| (key.to_owned(), number_from_f64(limit))));
            }
            if let Some(Value::Array(choices)) = shown.get_mut("choices") {
                for choice in choices {
                    if choice["label"] == choice["value"] {
                        *choice = choice["value"].take();
                    }
                }
            }
            if let Some(properties) = &field.properties {
                shown.insert("properties".into(), manifest_fields(properties));
            }
            (key.to_owned(), Value::Object(shown))
        })
        .collect::<JsonObject>()
        .into()
}

/// A part of a definition as JSON. Definitions hold nothing but texts, numbers and JSON, so there is always
/// one.
fn as_object(part: &impl serde::Serialize) -> JsonObject {
    match serde_json::to_value(part) {
        Ok(Value::Object(object)) => object,
        _ => JsonObject::new(),
    }
}

fn insert_text(object: &mut JsonObject, key: &str, text: &str) {
    if !text.is_empty() {
        object.insert(key.into(), text.into());
    }
}

#[cfg(test)]
mod tests;
