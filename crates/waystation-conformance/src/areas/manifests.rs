//! The area `manifests`: what each destination consists of, against what was recorded of the peer's.
//!
//! Both sides are brought into one form, in which what means the same is the same: fields, actions and
//! presets stand under their names, in whatever order they were written; `false` says no more than an
//! absent attribute; conditions say whether all of them must hold, and are on fields unless they say
//! otherwise; and subscriptions are compared by their meaning. A setting of ours that the peer does not have must be optional.
//! A recorded preset whose action was not recorded starts a plugin that runs in browsers: no cloud destination has it.

use serde_json::{Map, Value, json};
use waystation_fql::Subscription;
use waystation_kit::manifest::structure;

use super::stage::Stage;
use crate::compare::json_equal;
use crate::{Mismatch, Verdict};

/// Holds a recorded manifest against our definition.
pub(super) fn check(stage: &Stage, recorded: &Value) -> Verdict {
    let slug = recorded["slug"].as_str().unwrap_or_default();
    let Some(destination) = stage.destination(slug) else {
        return super::no_destination(slug);
    };
    compare(recorded, &structure(destination.definition())).into()
}

/// Holds a recorded manifest against what a [`structure`] says.
///
/// # Errors
/// They differ: both are told, in one form.
pub fn compare(recorded: &Value, ours: &Value) -> Result<(), Mismatch> {
    let expected = normal_destination(recorded);
    let mut actual = normal_destination(ours);
    leave_out_additions(&expected, &mut actual);
    if json_equal(&expected, &actual) {
        return Ok(());
    }
    Err(Mismatch { expected, actual })
}

/// Leaves optional settings of our own out of the comparison.
fn leave_out_additions(expected: &Value, actual: &mut Value) {
    let known = &expected["authentication"]["settings"];
    let settings = actual.pointer_mut("/authentication/settings");
    if let Some(settings) = settings.and_then(Value::as_object_mut) {
        settings.retain(|key, field| known.get(key).is_some() || field.get("required").is_some());
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// An object with some of its values replaced.
fn with(object: &Value, replace: impl Fn(&str, &Value) -> Option<Value>) -> Map<String, Value> {
    let pairs = object.as_object().into_iter().flatten();
    pairs
        .filter_map(|(key, value)| Some((key.clone(), replace(key, value)?)))
        .collect()
}

/// A list of objects as an object, by their names.
fn by_name(objects: &Value, name: impl Fn(&Value) -> String, normal: impl Fn(&Value) -> Value) -> Value {
    let named = list(objects).iter().map(|object| (name(object), normal(object)));
    Value::Object(named.collect())
}

fn text(object: &Value, key: &str) -> String {
    object[key].as_str().unwrap_or_default().to_owned()
}

fn normal_destination(destination: &Value) -> Value {
    let normal = with(destination, |key, value| {
        Some(match key {
            "authentication" => with(value, |key, value| Some(with_fields(key, value))).into(),
            "audience" => with(value, |key, value| Some(with_fields(key, value))).into(),
            "settings" => fields(value),
            "actions" => by_name(value, |action| text(action, "slug"), normal_action),
            "presets" => {
                let presets: Value = list(value)
                    .iter()
                    .filter(|preset| runs_here(destination, preset))
                    .cloned()
                    .collect();
                if list(&presets).is_empty() {
                    return None;
                }
                by_name(&presets, preset_name, normal_preset)
            }
            _ => value.clone(),
        })
    });
    Value::Object(normal)
}

/// Whether the action of a preset is one of the destination's.
fn runs_here(destination: &Value, preset: &Value) -> bool {
    list(&destination["actions"])
        .iter()
        .any(|action| action["slug"] == preset["partnerAction"])
}

fn with_fields(key: &str, value: &Value) -> Value {
    match key {
        "settings" | "fields" | "inputFields" | "outputTypes" => fields(value),
        _ => value.clone(),
    }
}

fn normal_action(action: &Value) -> Value {
    let normal = with(action, |key, value| {
        Some(match key {
            "defaultSubscription" => subscription(value),
            "hidden" if value == false => return None,
            "dynamicFields" => sorted(value),
            "hooks" => by_name(
                value,
                |hook| text(hook, "type"),
                |hook| with(hook, |key, value| Some(with_fields(key, value))).into(),
            ),
            _ => with_fields(key, value),
        })
    });
    Value::Object(normal)
}

/// Presets of one name differ in what they run or in what starts them.
fn preset_name(preset: &Value) -> String {
    ["name", "partnerAction", "eventSlug"]
        .map(|key| text(preset, key))
        .join("/")
}

fn normal_preset(preset: &Value) -> Value {
    let normal = with(preset, |key, value| {
        Some(match key {
            "subscribe" => subscription(value),
            _ => value.clone(),
        })
    });
    Value::Object(normal)
}

fn fields(fields: &Value) -> Value {
    by_name(fields, |field| text(field, "key"), normal_field)
}

fn normal_field(field: &Value) -> Value {
    let normal = with(field, |key, value| {
        Some(match key {
            "default" => value.clone(),
            _ if value == false => return None,
            "properties" => fields(value),
            "required" | "depends_on" => conditions(value),
            _ => value.clone(),
        })
    });
    Value::Object(normal)
}

/// All conditions must hold unless it is said that any may, and each is on a field unless it says otherwise.
fn conditions(conditions: &Value) -> Value {
    let mut conditions = conditions.clone();
    if let Some(known) = conditions.as_object_mut() {
        known.entry("match").or_insert_with(|| "all".into());
    }
    let each = conditions.get_mut("conditions").and_then(Value::as_array_mut);
    for condition in each.into_iter().flatten().filter_map(Value::as_object_mut) {
        condition.entry("type").or_insert_with(|| "field".into());
    }
    conditions
}

fn sorted(texts: &Value) -> Value {
    let mut texts = list(texts).to_vec();
    texts.sort_by_key(Value::to_string);
    Value::Array(texts)
}

/// What a subscription means; its words, blanks put in order, if it cannot be read.
fn subscription(text: &Value) -> Value {
    let text = text.as_str().unwrap_or_default();
    match Subscription::parse(text) {
        Ok(subscription) => json!({"means": subscription.to_json()}),
        Err(_) => text.split_whitespace().collect::<Vec<_>>().join(" ").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(settings: &Value, action: &Value) -> Value {
        json!({"slug": "shop", "authentication": {"scheme": "custom", "settings": settings}, "actions": [action]})
    }

    #[test]
    fn what_means_the_same_is_the_same() {
        let recorded = json!({
            "slug": "order",
            "defaultSubscription": "type = \"track\"  and event=\"Order\"",
            "fields": [
                {"key": "id", "required": false, "default": false},
                {
                    "key": "name",
                    "required": {"conditions": [{"type": "field", "fieldKey": "id", "operator": "is"}]},
                },
            ],
        });
        let ours = json!({
            "slug": "order",
            "hidden": false,
            "defaultSubscription": "type = \"track\" and event = \"Order\"",
            "fields": [
                {"key": "name", "required": {"match": "all", "conditions": [{"fieldKey": "id", "operator": "is"}]}},
                {"key": "id", "default": false},
            ],
        });
        assert!(compare(&manifest(&json!([]), &recorded), &manifest(&json!([]), &ours)).is_ok());
        for (pointer, value) in [
            ("/defaultSubscription", json!("type = \"track\"")),
            ("/fields/1/default", json!(true)),
            ("/fields/0/required/match", json!("any")),
            ("/fields/1/key", json!("identifier")),
        ] {
            let mut other = ours.clone();
            *other.pointer_mut(pointer).unwrap() = value;
            let compared = compare(&manifest(&json!([]), &recorded), &manifest(&json!([]), &other));
            assert!(compared.is_err(), "{pointer}");
        }
    }

    #[test]
    fn presets_of_plugins_in_browsers_are_none_of_a_cloud_destination() {
        let with_presets = |presets: Value| {
            let mut manifest = manifest(&json!([]), &json!({"slug": "order"}));
            manifest["presets"] = presets;
            manifest
        };
        let order = json!({"name": "Order", "partnerAction": "order", "mapping": {}});
        let plugin = json!({"name": "Plugin", "partnerAction": "browserPlugin", "mapping": {}});
        let recorded = with_presets(json!([order, plugin]));
        assert!(compare(&recorded, &with_presets(json!([order]))).is_ok());
        assert!(compare(&recorded, &with_presets(json!([]))).is_err());
        assert!(compare(&with_presets(json!([plugin])), &with_presets(json!([]))).is_ok());
    }

    #[test]
    fn settings_of_our_own_must_be_optional() {
        let action = json!({"slug": "order"});
        let recorded = manifest(&json!([{"key": "token"}]), &action);
        let more = |field: Value| manifest(&json!([{"key": "token"}, field]), &action);
        assert!(compare(&recorded, &more(json!({"key": "url", "type": "string"}))).is_ok());
        assert!(compare(&recorded, &more(json!({"key": "url", "required": true}))).is_err());
        assert!(compare(&recorded, &manifest(&json!([]), &action)).is_err());
    }
}
