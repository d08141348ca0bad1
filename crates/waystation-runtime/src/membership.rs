//! Whether a person enters or leaves an audience (recorded in `tests/conformance/runtime`).

use serde_json::Value;
use waystation_json::{JsonObject, is_truthy, js_string};
use waystation_kit::SyncMode;

/// The feature under which old journeys count as entering.
const LEGACY_JOURNEYS: &str = "actions-legacy-journeys-audience-membership";

/// Whether the event says that its person enters (true) or leaves (false) an audience; the first rule that
/// knows wins.
#[must_use]
pub fn audience_membership(
    event: &Value,
    sync_mode: Option<SyncMode>,
    features: &JsonObject,
) -> Option<bool> {
    computed(event)
        .or_else(|| warehouse(event, sync_mode?))
        .or_else(|| {
            features
                .get(LEGACY_JOURNEYS)
                .is_some_and(is_truthy)
                .then(|| old_journey(event))?
        })
}

/// Audiences and journeys say it under the computation's own key.
fn computed(event: &Value) -> Option<bool> {
    let personas = event.get("context")?.get("personas")?;
    if !matches!(
        personas.get("computation_class")?.as_str()?,
        "audience" | "journey_step"
    ) {
        return None;
    }
    let key = personas.get("computation_key").filter(|key| is_truthy(key))?;
    value_under(event, &js_string(key))?.as_bool()
}

fn value_under<'event>(event: &'event Value, key: &str) -> Option<&'event Value> {
    match event.get("type")?.as_str()? {
        "identify" => event.get("traits")?.get(key),
        "track" => event.get("properties")?.get(key),
        _ => None,
    }
}

/// Warehouses say it by the name of the event.
fn warehouse(event: &Value, sync_mode: SyncMode) -> Option<bool> {
    if event.get("type")?.as_str()? != "track" {
        return None;
    }
    match (sync_mode, event.get("event")?.as_str()?) {
        (SyncMode::Add | SyncMode::Upsert | SyncMode::Mirror, "new")
        | (SyncMode::Update | SyncMode::Upsert | SyncMode::Mirror, "updated") => Some(true),
        (SyncMode::Delete | SyncMode::Mirror, "deleted") => Some(false),
        _ => None,
    }
}

/// Old journeys only ever add people, and do not say so.
fn old_journey(event: &Value) -> Option<bool> {
    let personas = event.get("context")?.get("personas")?;
    if personas.get("computation_class")?.as_str()? != "journey_step" {
        return None;
    }
    let key = personas.get("computation_key").map(js_string).unwrap_or_default();
    let told = value_under(event, &key).is_some_and(Value::is_boolean);
    (!told).then_some(true)
}
