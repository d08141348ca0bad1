//! Runs the recorded Liquid cases whose mapping is one template under one key.

#![allow(clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use waystation_liquid::{Budget, Counters, Template};

/// Accidents of the recorded engine may differ in one case of ten.
const QUIRK_SHARE: (usize, usize) = (9, 10);

struct Tally {
    tier: &'static str,
    passed: usize,
    failures: Vec<String>,
}

impl Tally {
    fn new(tier: &'static str) -> Self {
        Self {
            tier,
            passed: 0,
            failures: Vec::new(),
        }
    }

    fn add(&mut self, id: &str, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(difference) => self.failures.push(format!("{id}: {difference}")),
        }
    }

    fn total(&self) -> usize {
        self.passed + self.failures.len()
    }

    fn report(&self) -> String {
        format!(
            "{}: {} of {} pass\n{}",
            self.tier,
            self.passed,
            self.total(),
            self.failures.join("\n")
        )
    }
}

#[test]
fn recorded_templates_render_as_recorded() {
    let (mut core, mut quirk) = (Tally::new("core"), Tally::new("quirk"));
    for file in case_files() {
        let lines = fs::read_to_string(&file).expect("a case file");
        for line in lines.lines() {
            let case: Value = serde_json::from_str(line).expect("a case is JSON");
            let Some((key, source)) = single_template(&case["mapping"]) else {
                continue;
            };
            let outcome = compare(&case, key, source);
            let tally = if case["tier"] == "core" {
                &mut core
            } else {
                &mut quirk
            };
            tally.add(case["id"].as_str().unwrap_or_default(), outcome);
        }
    }
    assert!(
        core.total() > 900,
        "the case files were not found: {}",
        core.total()
    );
    println!("{}\n{}", core.report(), quirk.report());
    assert!(core.failures.is_empty(), "{}", core.report());
    assert!(
        quirk.passed * QUIRK_SHARE.1 >= quirk.total() * QUIRK_SHARE.0,
        "{}",
        quirk.report()
    );
}

fn case_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/mapping");
    let entries = fs::read_dir(folder).expect("the folder of recorded cases");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("liquid_") && name.ends_with(".jsonl")
    });
    files
}

/// The key and template of `{"key": {"@liquid": "template"}}`.
fn single_template(mapping: &Value) -> Option<(&str, &str)> {
    let mapping = mapping.as_object().filter(|mapping| mapping.len() == 1)?;
    let (key, directive) = mapping.iter().next()?;
    let directive = directive.as_object().filter(|directive| directive.len() == 1)?;
    Some((key, directive.get("@liquid")?.as_str()?))
}

fn compare(case: &Value, key: &str, source: &str) -> Result<(), String> {
    let empty = Value::Object(serde_json::Map::new());
    let event = case.get("data").unwrap_or(&empty);
    let rendered = Template::compile(source)
        .map_err(|error| error.to_string())
        .and_then(|template| {
            template
                .render(event, &mut Counters::default(), &mut Budget::default())
                .map_err(|error| error.to_string())
        });
    let expected = &case["expect"];
    match (
        rendered,
        expected["value"].get(key),
        expected["error"].get("kind"),
    ) {
        (Ok(text), Some(Value::String(expected)), _) if text == *expected => Ok(()),
        (Err(_), _, Some(kind)) if kind == "liquid" => Ok(()),
        (rendered, ..) => Err(format!("{source:?} gave {rendered:?}, expected {expected}")),
    }
}
