//! What `probe.json` declares.

use std::sync::LazyLock;

use serde_json::Value;
use waystation_kit::fields::Fields;

static DECLARED: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../../../../tests/conformance/runtime/probe.json");
    serde_json::from_str(text).unwrap_or_default()
});

/// The fields of an action.
pub(super) fn action_fields(action: &str) -> Fields {
    let actions = ["actions", "asyncActions"];
    let found = actions
        .iter()
        .find_map(|kind| DECLARED.get(kind)?.get(action)?.get("fields"));
    fields(found)
}

/// The input fields of a hook; handlers stand where the field only has to be dynamic.
pub(super) fn hook_inputs(action: &str, hook: &str) -> Fields {
    let mut inputs = DECLARED["actions"][action]["hooks"][hook]["inputFields"].clone();
    for field in inputs
        .as_object_mut()
        .into_iter()
        .flat_map(|inputs| inputs.values_mut())
    {
        if field.get("dynamic").is_some_and(Value::is_string) {
            field["dynamic"] = Value::Bool(true);
        }
    }
    fields(Some(&inputs))
}

/// What a hook saves.
pub(super) fn hook_outputs(action: &str, hook: &str) -> Fields {
    fields(DECLARED["actions"][action]["hooks"][hook].get("outputTypes"))
}

/// The settings of a variant.
pub(super) fn settings(variant: &str) -> Fields {
    fields(DECLARED["destinations"][variant]["authentication"].get("fields"))
}

/// The audience settings of a variant.
pub(super) fn audience_fields(variant: &str) -> Fields {
    fields(DECLARED["destinations"][variant].get("audienceFields"))
}

fn fields(declared: Option<&Value>) -> Fields {
    declared
        .and_then(|declared| serde_json::from_value(declared.clone()).ok())
        .unwrap_or_default()
}

/// Declares the payload of an action: whatever came out of validation.
macro_rules! payload {
    ($name:ident, $slug:literal) => {
        #[doc = concat!("The payload of `", $slug, "`.")]
        #[derive(Debug, Clone, serde::Deserialize, serde::Serialize)]
        #[serde(transparent)]
        pub(super) struct $name(pub(super) serde_json::Value);

        impl waystation_kit::Payload for $name {
            fn fields() -> waystation_kit::fields::Fields {
                super::declared::action_fields($slug)
            }
        }
    };
}

pub(super) use payload;
