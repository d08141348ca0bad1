//! The samples under `tests/generated`: members of the workspace, with tests of their own.
//!
//! `cargo run -p waystation-scaffold --example samples` writes them anew.

use std::fs;
use std::path::{Path, PathBuf};

use waystation_conformance::areas::compare_manifests;
use waystation_destination_kitchen_sink::KitchenSink;
use waystation_kit::Destination;
use waystation_kit::manifest::structure;
use waystation_scaffold::{Blueprint, Credentials, render};

use crate::manifests::read;

fn folder(slug: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/generated")
        .join(slug)
}

fn assert_written(blueprint: &Blueprint) {
    let folder = folder(&blueprint.slug);
    for file in render(blueprint).unwrap() {
        let path = folder.join(&file.path);
        let there = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            there,
            file.text,
            "{} is not what the scaffold writes: `cargo run -p waystation-scaffold --example samples`",
            path.display()
        );
    }
}

#[test]
fn a_sample_from_a_manifest_is_what_the_scaffold_writes() {
    assert_written(&Blueprint::from_manifest(&read("tests/manifests/kitchen-sink.json")).unwrap());
}

#[test]
fn samples_from_names_are_what_the_scaffold_writes() {
    for (slug, credentials, actions) in [
        (
            "sample-key",
            Credentials::Key,
            &["trackEvent", "upsertContact"][..],
        ),
        ("sample-oauth", Credentials::OAuth2, &["trackEvent"]),
    ] {
        let actions: Vec<String> = actions.iter().map(|action| (*action).to_owned()).collect();
        assert_written(&Blueprint::new(slug, credentials, &actions).unwrap());
    }
}

#[test]
fn the_compiled_sample_is_equal_to_its_manifest() {
    let ours = structure(&KitchenSink::definition().build());
    if let Err(mismatch) = compare_manifests(&read("tests/manifests/kitchen-sink.json"), &ours) {
        panic!(
            "expected {:#}\nbut the sample has {:#}",
            mismatch.expected, mismatch.actual
        );
    }
}

#[test]
fn texts_of_a_manifest_are_not_taken_over() {
    let mut manifest = read("tests/manifests/kitchen-sink.json");
    let field = &mut manifest["actions"][0]["fields"][1];
    for key in ["label", "description", "placeholder"] {
        field[key] = "Words of somebody else".into();
    }
    let files = render(&Blueprint::from_manifest(&manifest).unwrap()).unwrap();
    assert!(
        files
            .iter()
            .all(|file| !file.text.contains("Words of somebody else"))
    );
}
