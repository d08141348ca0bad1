//! A configuration of any text: read, or refused with faults that say where and what, within a moment.
#![no_main]

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use waystation_config::Loader;
use waystation_kit::services::Environment;
use waystation_runtime::Registry;

static REGISTRY: LazyLock<Registry> =
    LazyLock::new(|| Registry::new(waystation_destinations::all()).expect("a registry"));

fuzz_target!(|text: &str| {
    // Secrets in files are the operator's, and none of this machine's.
    if text.contains("file") {
        return;
    }
    let environment = BTreeMap::from([("KEY".to_owned(), "key-123456".to_owned())]);
    let loader = Loader::new(&REGISTRY).environment(Environment::Fixed(Arc::new(environment)));
    let started = Instant::now();
    match loader.parse("waystation.toml", text) {
        Ok(config) => {
            for warning in config.warnings.iter() {
                assert!(!warning.to_string().is_empty());
            }
            assert!(config.changes_to(&config).is_empty(), "a configuration differs from itself");
        }
        Err(faults) => assert!(!faults.to_string().is_empty()),
    }
    assert!(started.elapsed() < Duration::from_secs(10), "it takes too long");
});
