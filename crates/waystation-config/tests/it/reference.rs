//! The reference: every setting, each with its default.

use std::collections::BTreeSet;

use serde_json::Value;
use waystation_config::{Loader, demo, json_schema, reference};

use crate::support::{config, registry};

#[test]
fn the_demo_has_no_faults() {
    let config = demo(registry()).unwrap_or_else(|faults| panic!("{faults}"));
    assert!(config.warnings.is_empty(), "{}", config.warnings);
    assert!(config.api.open);
    assert_eq!(config.sources[0].write_keys[0].expose(), "demo");
    assert_eq!(&*config.connections[0].name, "inspector");
    assert_eq!(config.connections[0].subscriptions.len(), 1);
}

#[test]
fn the_demo_is_not_open_to_other_machines() {
    let listen = |address: &str| Loader::new(registry()).listen(address.parse().unwrap()).demo();
    assert_eq!(listen("[::1]:9").unwrap().server.listen.to_string(), "[::1]:9");
    let faults = listen("0.0.0.0:9").unwrap_err();
    assert!(
        faults.iter().any(|fault| fault.place.key == "api.open"),
        "{faults}"
    );
}

#[test]
fn the_reference_sets_nothing_but_defaults() {
    let (demo, empty) = (demo(registry()).unwrap(), config(""));
    assert_eq!(demo.server, empty.server);
    assert_eq!(demo.ingest, empty.ingest);
    assert_eq!(demo.store, empty.store);
    assert_eq!(demo.record, empty.record);
    assert_eq!(demo.telemetry, empty.telemetry);
    assert_eq!(demo.delivery, empty.delivery);
    assert_eq!(demo.network, empty.network);
    assert!(!empty.api.open);
}

/// Every key of the schema stands in the reference, if only in a comment.
#[test]
fn the_reference_names_every_setting() {
    let schema = json_schema();
    let mut keys = BTreeSet::new();
    collect_keys(&schema["properties"], &mut keys);
    for definition in schema["$defs"].as_object().unwrap().values() {
        collect_keys(&definition["properties"], &mut keys);
    }
    let written = |key: &str| {
        reference()
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .any(|word| word == key)
    };
    let missing: Vec<&String> = keys.iter().filter(|key| !written(key)).collect();
    assert_eq!(missing, [""; 0], "settings that the reference does not name");
}

fn collect_keys(properties: &Value, keys: &mut BTreeSet<String>) {
    keys.extend(
        properties
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, _)| key.clone()),
    );
}

/// The examples of the README, put together, lack nothing but their secrets.
#[test]
fn the_examples_of_the_readme_can_be_read() {
    let readme = include_str!("../../README.md");
    let blocks = readme.split("```toml\n").skip(1);
    let examples: String = blocks.filter_map(|block| block.split("```").next()).collect();
    let faults = crate::support::loader().parse("README.md", examples).unwrap_err();
    for fault in &faults {
        let code = fault.problem.code();
        assert!(
            ["missing_variable", "unreadable_secret"].contains(&code),
            "{fault}"
        );
    }
}

/// The reference as it is read; generated, so that a setting is described in one place.
#[test]
fn the_reference_is_what_it_was() {
    insta::with_settings!({prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("reference.toml", reference());
    });
}
