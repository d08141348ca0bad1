//! Ready-made subscriptions.

use std::fmt::Write as _;

use waystation_kit::PlatformEvent;
use waystation_kit::payload::default_mapping;

use super::action::type_name;
use super::{CrateNames, SourceFile, literal};
use crate::blueprint::{Action, Blueprint, Preset, Trigger};

/// As many calls still stand in the definition itself.
const MOST_IN_PLACE: usize = 8;

/// The calls that add the presets, where they stand in the definition itself.
pub(crate) fn in_place(blueprint: &Blueprint) -> Option<Vec<String>> {
    let calls: Vec<String> = calls(blueprint);
    let is_plain = calls.iter().all(|call| call.starts_with(".preset::<"));
    (is_plain && calls.len() <= MOST_IN_PLACE).then_some(calls)
}

/// The file of presets that are too many for the definition, or have changes.
pub(crate) fn file(blueprint: &Blueprint, names: &CrateNames) -> Option<SourceFile> {
    if in_place(blueprint).is_some() {
        return None;
    }
    let mut used: Vec<String> = blueprint
        .presets
        .iter()
        .filter_map(|preset| blueprint.action(&preset.action))
        .map(type_name)
        .collect();
    used.sort();
    used.dedup();
    let text = format!(
        "//! What a workspace gets when it connects: the defaults of the actions' fields, with changes.\n\n\
         use waystation_kit::prelude::*;\n\nuse crate::{destination};\nuse crate::actions::{{{}}};\n\n\
         pub(crate) fn with_presets(definition: Definition<{destination}>) -> Definition<{destination}> {{\n    \
         definition\n{}\n}}\n",
        used.join(", "),
        calls(blueprint).join("\n"),
        destination = names.destination,
    );
    Some(SourceFile::new("src/presets.rs", text))
}

fn calls(blueprint: &Blueprint) -> Vec<String> {
    let call = |preset: &Preset| Some(call(preset, blueprint.action(&preset.action)?));
    blueprint.presets.iter().filter_map(call).collect()
}

fn call(preset: &Preset, action: &Action) -> String {
    let (name, action_type) = (literal::text(&preset.name), type_name(action));
    let changes = changes(preset, action);
    match &preset.trigger {
        Trigger::SpecificEvent(event) => {
            format!(
                ".preset_on_event::<{action_type}>({name}, {}, {changes})",
                platform_event(event)
            )
        }
        Trigger::Automatic(subscribe) if action.subscribe.as_ref() == Some(subscribe) => {
            if preset.name == action.title && changes == "MappingChanges::none()" {
                return format!(".preset::<{action_type}>()");
            }
            format!(".preset_with::<{action_type}>({name}, {changes})")
        }
        Trigger::Automatic(subscribe) => format!(
            ".preset_on::<{action_type}>({name}, PresetTrigger::Automatic {{ subscribe: {} }}, {changes})",
            literal::subscription(subscribe)
        ),
    }
}

fn platform_event(slug: &str) -> String {
    let known = [
        ("EntityAdded", PlatformEvent::EntityAdded),
        ("EntityRemoved", PlatformEvent::EntityRemoved),
        ("AudienceEntered", PlatformEvent::AudienceEntered),
        ("AudienceExited", PlatformEvent::AudienceExited),
        ("MembershipChanged", PlatformEvent::MembershipChanged),
        ("JourneyStepEntered", PlatformEvent::JourneyStepEntered),
    ];
    let known = known.into_iter().find(|(_, event)| event.slug() == slug);
    known.map_or_else(
        || literal::text(slug),
        |(name, _)| format!("PlatformEvent::{name}.slug()"),
    )
}

/// How a preset differs from the defaults of its action.
fn changes(preset: &Preset, action: &Action) -> String {
    let defaults = default_mapping(&action.fields);
    let mut code = "MappingChanges::none()".to_owned();
    for (key, mapping) in &preset.mapping {
        if defaults.get(key) != Some(mapping) {
            let _ = write!(
                code,
                "\n.set({}, {})",
                literal::text(key),
                literal::mapping(mapping, 8)
            );
        }
    }
    for key in defaults.keys().filter(|key| !preset.mapping.contains_key(*key)) {
        let _ = write!(code, "\n.without({})", literal::text(key));
    }
    code
}
