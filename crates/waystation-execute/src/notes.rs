//! What is odd about a request and keeps nothing from being done: names that mean nothing.

use waystation_fields::Fields;
use waystation_json::JsonObject;
use waystation_kit::hooks::HookType;
use waystation_runtime::LoadedDestination;
use waystation_runtime::destination::LoadedAction;
use waystation_runtime::registry::nearest;

/// Keys of mappings that belong to the platform.
const RESERVED: &str = "__segment_internal_";

/// A sentence for each key of a mapping that is no field of the action: what is mapped to it goes nowhere.
#[must_use]
pub fn of_mapping(mapping: &JsonObject, action: &LoadedAction) -> Vec<String> {
    let definition = action.definition();
    let is_known = |key: &str| {
        let is_reserved = key.starts_with(RESERVED) || HookType::from_name(key).is_some();
        is_reserved || definition.fields.get(key).is_some()
    };
    let unknown = mapping.keys().filter(|key| !is_known(key));
    unknown
        .map(|key| {
            let nearest = nearest(key, definition.fields.iter().map(|(known, _)| known));
            format!(
                "\"{key}\" in the mapping is no field of {}{}",
                definition.slug,
                question(nearest)
            )
        })
        .collect()
}

/// A sentence for each setting that is not known and looks like one that was not given. Others are left alone:
/// platforms keep things of their own among the settings.
#[must_use]
pub fn of_settings(settings: &JsonObject, destination: &LoadedDestination) -> Vec<String> {
    let authentication = destination.definition().authentication.as_ref();
    let Some(fields) = authentication.map(|authentication| &authentication.fields) else {
        return Vec::new();
    };
    let unknown = settings.keys().filter(|key| fields.get(key).is_none());
    let not_given = |fields: &Fields| -> Vec<String> {
        let absent = fields.iter().filter(|(known, _)| !settings.contains_key(*known));
        absent.map(|(known, _)| known.to_owned()).collect()
    };
    let not_given = not_given(fields);
    let meant = unknown.filter_map(|key| Some((key, nearest(key, not_given.iter().map(String::as_str))?)));
    meant
        .map(|(key, meant)| {
            format!(
                "\"{key}\" is no setting of {}{}",
                destination.definition().slug,
                question(Some(meant))
            )
        })
        .collect()
}

fn question(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || ".".to_owned(),
        |nearest| format!(": did you mean \"{nearest}\"?"),
    )
}
