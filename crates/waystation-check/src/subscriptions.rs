//! Subscriptions, presets, sync modes, the order of actions, tokens.

use serde_json::Value;
use waystation_fql::Subscription;
use waystation_kit::any::AnyDestination;
use waystation_kit::fields::Required;
use waystation_kit::hooks::HookType;
use waystation_kit::preset::{Preset, PresetTrigger};
use waystation_mapping::Mapping;

use crate::action;
use crate::finding::{Findings, Rule};

/// The types that events have.
const EVENT_TYPES: [&str; 6] = ["track", "identify", "group", "page", "screen", "alias"];

/// Keys of mappings that belong to the platform.
const RESERVED: &str = "__segment_internal_";

pub(crate) fn check(destination: &AnyDestination, findings: &mut Findings) {
    for action in &destination.actions {
        if let Some(subscribe) = action.subscribe {
            check_subscription(action.slug, subscribe, findings);
        }
        if let Some(modes) = &action.sync_modes
            && modes.choices.iter().all(|(mode, _)| *mode != modes.default)
        {
            let message = format!("the default sync mode {:?} is not on offer", modes.default.name());
            findings.add(Rule::SyncModesFit, action.slug, message);
        }
        for slug in action.after {
            if *slug == action.slug || self::action(destination, slug).is_none() {
                let message = format!("it builds on \"{slug}\", and there is no other action of this slug");
                findings.add(Rule::PredecessorsExist, action.slug, message);
            }
        }
    }
    for preset in &destination.presets {
        check_preset(destination, preset, findings);
    }
    let authentication = destination.authentication.as_ref();
    if authentication.is_some_and(|known| known.scheme.refreshes_tokens() && known.refresh.is_none()) {
        let message = "the scheme has tokens, and there is no `refresh_access_token`: a 401 is final";
        findings.add(Rule::TokensCanBeRefreshed, "authentication", message);
    }
}

pub(crate) fn check_subscription(place: &str, subscribe: &str, findings: &mut Findings) {
    match Subscription::parse_with_warnings(subscribe) {
        Err(error) => findings.add(Rule::SubscriptionsReadable, place, error.to_string()),
        Ok((subscription, warnings)) => {
            for warning in warnings {
                findings.add(Rule::SubscriptionsReadable, place, warning.to_string());
            }
            for unknown in unknown_types(&subscription.to_json()) {
                let message = format!(
                    "no event has the type \"{unknown}\"; there are {}",
                    EVENT_TYPES.join(", ")
                );
                findings.add(Rule::SubscriptionsReadable, place, message);
            }
        }
    }
}

/// The types of the events that a subscription compares with and that no event has.
fn unknown_types(conditions: &Value) -> Vec<String> {
    let compares = matches!(conditions["operator"].as_str(), Some("=" | "!="));
    if conditions["type"] == "event-type" && compares {
        let named = conditions["value"]
            .as_str()
            .filter(|named| !EVENT_TYPES.contains(named));
        return named.map(str::to_owned).into_iter().collect();
    }
    let children = conditions["children"].as_array();
    children.into_iter().flatten().flat_map(unknown_types).collect()
}

fn check_preset(destination: &AnyDestination, preset: &Preset, findings: &mut Findings) {
    let place = format!("preset \"{}\"", preset.name);
    if let PresetTrigger::Automatic { subscribe } = preset.trigger {
        check_subscription(&place, subscribe, findings);
    }
    let Some(action) = action(destination, preset.action) else {
        let message = format!("there is no action \"{}\"", preset.action);
        findings.add(Rule::PresetsFit, &place, message);
        return;
    };
    for key in preset.mapping.keys() {
        let reserved = key.starts_with(RESERVED) || HookType::from_name(key).is_some();
        if !reserved && action.fields.get(key).is_none() {
            let message = format!("\"{key}\" is no field of {}", action.slug);
            findings.add(Rule::PresetsFit, &place, message);
        }
    }
    let required = action
        .fields
        .iter()
        .filter(|(_, field)| field.required == Required::Always);
    let is_automatic = matches!(preset.trigger, PresetTrigger::Automatic { .. });
    for (key, _) in required.filter(|(key, _)| is_automatic && !preset.mapping.contains_key(*key)) {
        let message = format!(
            "it maps no \"{key}\", which {} requires: every event fails; give the field a default, or map it in the preset",
            action.slug
        );
        findings.add(Rule::PresetsFit, &place, message);
    }
    if let Err(error) = Mapping::compile(&Value::Object(preset.mapping.clone())) {
        let message = format!("the mapping cannot be used: {error}");
        findings.add(Rule::PresetsFit, &place, message);
    }
}
