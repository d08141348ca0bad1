//! Reading manifests in both forms.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use waystation_conformance::areas::compare_manifests;
use waystation_destination_kitchen_sink::KitchenSink;
use waystation_kit::Destination;
use waystation_kit::manifest::{manifest, structure};
use waystation_scaffold::{Blueprint, ScaffoldError};

pub(crate) fn read(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn every_recorded_manifest_is_read_without_loss() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/destinations/manifests");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let recorded: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let blueprint = Blueprint::from_manifest(&recorded).unwrap();
        if let Err(mismatch) = compare_manifests(&recorded, &structure(&blueprint.definition())) {
            panic!(
                "{}: expected {:#}\nbut got {:#}",
                path.display(),
                mismatch.expected,
                mismatch.actual
            );
        }
        count += 1;
    }
    assert!(count > 20, "only {count} manifests were found");
}

/// A server leaves functions out of its manifest; what is left says the same in another form.
#[test]
fn what_a_server_answers_is_read_as_well() {
    let recorded = Blueprint::from_manifest(&read("tests/manifests/kitchen-sink.json")).unwrap();
    let mut served = Blueprint::from_manifest(&manifest(&KitchenSink::definition().build())).unwrap();
    // That people are forgotten, a manifest of this form cannot say; nor which inputs of a hook are dynamic.
    served.deletes = true;
    let hooks = |blueprint: &Blueprint| blueprint.actions[0].hooks.len();
    assert_eq!(hooks(&served), hooks(&recorded));
    served.actions[0].hooks = recorded.actions[0].hooks.clone();
    let bare = |blueprint: &Blueprint| structure(&blueprint.definition());
    if let Err(mismatch) = compare_manifests(&bare(&recorded), &bare(&served)) {
        panic!("expected {:#}\nbut got {:#}", mismatch.expected, mismatch.actual);
    }
}

#[test]
fn a_manifest_that_cannot_be_used_says_where() {
    let broken = |pointer: &str, value: Value| {
        let mut manifest = read("tests/manifests/kitchen-sink.json");
        *manifest.pointer_mut(pointer).unwrap() = value;
        Blueprint::from_manifest(&manifest).unwrap_err().to_string()
    };
    for (pointer, value, told) in [
        (
            "/authentication/scheme",
            json!("magic"),
            "authentication.scheme: the scheme \"magic\" is not known",
        ),
        (
            "/actions/0/fields/1/type",
            json!("decimal"),
            "actions.upsertProfile.userId: unknown variant `decimal`",
        ),
        (
            "/actions/0/fields/1/key",
            json!("type"),
            "actions.upsertProfile.type: there are two fields of this key",
        ),
        (
            "/actions/0/hooks/0/type",
            json!("onWhim"),
            "actions.upsertProfile.hooks.onWhim: a hook of this type",
        ),
        (
            "/presets/0/partnerAction",
            json!(1),
            "presets.\"Upsert Profile\": it names no action",
        ),
    ] {
        let message = broken(pointer, value);
        assert!(message.contains(told), "{message}");
    }
    assert!(matches!(
        Blueprint::from_manifest(&json!({"slug": "Not A Slug"})),
        Err(ScaffoldError::DestinationSlug(_))
    ));
}
