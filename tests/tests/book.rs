//! The examples of the book (`docs/languages/`) are run: what it says is what the code does.
//!
//! A fenced block says by its info string what it is. `json,event`, and `json,fields` in the chapter on fields, hold for
//! what follows; the others come in pairs, an input and what it gives.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use waystation_fields::{Fields, Mode, Schema};
use waystation_fql::Subscription;
use waystation_kit::Capabilities;
use waystation_liquid::{Budget, Counters, Template};
use waystation_mapping::Mapping;

#[derive(Debug)]
struct Block {
    line: usize,
    info: String,
    text: String,
}

impl Block {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("line {}: not JSON: {error}\n{}", self.line, self.text))
    }
}

fn chapter(name: &str) -> PathBuf {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/languages");
    docs.join(name)
}

fn blocks(chapter: &Path) -> Vec<Block> {
    let text = std::fs::read_to_string(chapter).unwrap();
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                open = Some(Block {
                    line: number + 1,
                    info: info.to_owned(),
                    text: String::new(),
                });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{}: a block is not closed", chapter.display());
    blocks
}

/// Runs a chapter's examples in order, and says how many there were.
fn run(name: &str, mut example: impl FnMut(&Value, &[Block]) -> usize) -> usize {
    let blocks = blocks(&chapter(name));
    let (mut subject, mut at, mut ran) = (Value::Null, 0, 0);
    while let Some(block) = blocks.get(at) {
        if matches!(block.info.as_str(), "json,event" | "json,fields") {
            subject = block.json();
            at += 1;
            continue;
        }
        let taken = example(&subject, &blocks[at..]);
        assert!(
            taken > 0,
            "{name}:{}: what is a block of `{}`?",
            block.line,
            block.info
        );
        at += taken;
        ran += 1;
    }
    ran
}

#[test]
fn the_examples_of_mappings_hold() {
    let ran = run("mappings.md", |event, blocks| match blocks {
        [mapping, payload, ..] if mapping.info == "json,mapping" && payload.info == "json,payload" => {
            let compiled = Mapping::compile(&mapping.json())
                .unwrap_or_else(|fault| panic!("line {}: {fault}", mapping.line));
            let resolved = compiled.resolve(event).unwrap();
            assert_eq!(resolved, Some(payload.json()), "line {}", mapping.line);
            2
        }
        [mapping, places, ..] if mapping.info == "json,mapping" && places.info == "text,refused" => {
            let refused = Mapping::compile(&mapping.json())
                .expect_err("it is refused")
                .to_string();
            for place in places.text.lines() {
                let name = place.trim_start_matches('/');
                assert!(
                    refused.contains(name),
                    "line {}: {refused} names no {place}",
                    places.line
                );
            }
            2
        }
        _ => 0,
    });
    assert!(ran >= 15, "only {ran} examples were found");
}

#[test]
fn the_examples_of_subscriptions_hold() {
    let ran = run("subscriptions.md", |event, blocks| {
        let block = &blocks[0];
        let parsed = Subscription::parse(block.text.trim());
        match block.info.as_str() {
            "fql,refused" => assert!(parsed.is_err(), "line {}: it is taken", block.line),
            "fql,matches" | "fql,does-not-match" => {
                let subscription = parsed.unwrap_or_else(|error| panic!("line {}: {error}", block.line));
                let expected = block.info == "fql,matches";
                assert_eq!(subscription.matches(event), expected, "line {}", block.line);
            }
            _ => return 0,
        }
        1
    });
    assert!(ran >= 10, "only {ran} examples were found");
}

#[test]
fn the_examples_of_liquid_hold() {
    let ran = run("liquid.md", |event, blocks| match blocks {
        [template, text, ..] if template.info == "liquid" && text.info == "text,gives" => {
            let compiled = Template::compile(template.text.trim_end())
                .unwrap_or_else(|error| panic!("line {}: {error}", template.line));
            let rendered = compiled.render(event, &mut Counters::default(), &mut Budget::default());
            assert_eq!(rendered.unwrap(), text.text.trim_end(), "line {}", template.line);
            2
        }
        [template, ..] if template.info == "liquid,refused" => {
            let compiled = Template::compile(template.text.trim_end());
            assert!(compiled.is_err(), "line {}: it is taken", template.line);
            1
        }
        _ => 0,
    });
    assert!(ran >= 8, "only {ran} examples were found");
}

#[test]
fn the_examples_of_fields_hold() {
    let ran = run("fields.md", |fields, blocks| {
        let [given, result, ..] = blocks else { return 0 };
        let fields: Fields = serde_json::from_value(fields.clone()).unwrap();
        let schema = Schema::compile(&fields).unwrap();
        let payload = given.json().as_object().cloned().unwrap();
        let prepared = schema.prepare(payload, Mode::Single);
        match (given.info.as_str(), result.info.as_str()) {
            ("json,given", "json,prepared") => {
                let prepared = prepared.unwrap_or_else(|errors| panic!("line {}: {errors}", given.line));
                assert_eq!(Value::Object(prepared), result.json(), "line {}", given.line);
            }
            ("json,given", "json,errors") => {
                let errors = prepared.expect_err("it is refused");
                assert_eq!(
                    serde_json::json!(errors.fields()),
                    result.json(),
                    "line {}",
                    given.line
                );
            }
            _ => return 0,
        }
        2
    });
    assert!(ran >= 4, "only {ran} examples were found");
}

const GENERATED: &str = "<!-- generated -->\n";

type Reasons = BTreeMap<String, Vec<String>>;

/// What `differences.jsonl` says, by area and reason.
fn differences_by_area() -> BTreeMap<String, Reasons> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/differences.jsonl");
    let mut areas: BTreeMap<String, Reasons> = BTreeMap::new();
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let difference: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| difference[key].as_str().unwrap().to_owned();
        let reasons = areas.entry(area(&text("id"))).or_default();
        reasons.entry(text("reason")).or_default().push(text("id"));
    }
    areas
}

fn differences() -> String {
    let mut page = String::new();
    for (area, reasons) in differences_by_area() {
        write!(
            page,
            "\n### {area}\n\n| cases | why | for instance |\n| --: | --- | --- |\n"
        )
        .unwrap();
        for (reason, cases) in reasons {
            let reason = reason.replace('|', "\\|");
            writeln!(page, "| {} | {reason} | `{}` |", cases.len(), cases[0]).unwrap();
        }
    }
    page
}

/// The destination that a case is about, or the language.
fn area(id: &str) -> String {
    let destination = id.split_once("-v-").map(|(slug, _)| slug);
    destination.unwrap_or("The languages and the runtime").to_owned()
}

/// The destinations that are built in, and those that were recorded and are not.
fn destinations() -> String {
    let index = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/destinations/INDEX.tsv");
    let index = std::fs::read_to_string(index).unwrap();
    let different = differences_by_area();
    let mut built_in: Vec<_> = waystation_destinations::all();
    // The worked example is only there with its feature.
    built_in.retain(|destination| destination.slug != "example");
    built_in.sort_by_key(|destination| destination.slug);
    let yes = |is: bool| if is { "yes" } else { "" };

    let mut page = String::from(
        "\n| destination | slug | actions | in batches | deletes people | audiences | OAuth | choices asked | differences |\n\
         | --- | --- | --: | --: | --- | --- | --- | --- | --: |\n",
    );
    for destination in &built_in {
        let can = Capabilities::of(destination);
        let differences = different
            .get(destination.slug)
            .map_or(0, |reasons| reasons.values().map(Vec::len).sum());
        writeln!(
            page,
            "| {} | `{}` | {} | {} | {} | {} | {} | {} | {differences} |",
            destination.name,
            destination.slug,
            can.actions,
            can.batched + can.asynchronous,
            yes(can.deletes_people),
            yes(can.keeps_audiences),
            yes(can.uses_oauth),
            yes(can.has_dynamic_fields),
        )
        .unwrap();
    }
    page.push_str(
        "\n## Not built in yet\n\nRecorded, so that each can be held to what the other runtime sends; by popularity, 1 first. \
         [Write a destination](write-a-destination.md) says how to begin with its manifest.\n\n\
         | popularity | destination | slug | actions | batch | authentication | deletes people | audiences | recorded cases |\n\
         | --: | --- | --- | --: | --- | --- | --- | --- | --: |\n",
    );
    let mut missing: Vec<Vec<&str>> = index
        .lines()
        .skip(1)
        .map(|line| line.split('\t').collect())
        .collect();
    missing.retain(|row| built_in.iter().all(|destination| destination.slug != row[0]));
    missing.sort_by_key(|row| (row[14].to_owned(), row[0].to_owned()));
    for row in missing {
        let blank = |column: usize| if row[column] == "no" { "" } else { row[column] };
        writeln!(
            page,
            "| {} | {} | `{}` | {} | {} | {} | {} | {} | {} |",
            row[14],
            row[1].replace('|', "\\|"),
            row[0],
            row[2],
            blank(3),
            row[5],
            blank(6),
            blank(7),
            row[10],
        )
        .unwrap();
    }
    page
}

/// Holds the generated part of a page against what it is generated from, or writes it anew.
fn holds(page: &str, generated: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page);
    let text = std::fs::read_to_string(&file).unwrap();
    let (head, written) = text.split_once(GENERATED).expect("the page has a generated part");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, format!("{head}{GENERATED}{generated}")).unwrap();
        return;
    }
    assert!(
        written == generated,
        "docs/{page} is out of date: BLESS=1 cargo test -p waystation-tests --test book"
    );
}

#[test]
fn every_difference_from_the_peer_is_in_the_book() {
    holds("from-the-peer.md", &differences());
}

#[test]
fn every_destination_is_in_the_book() {
    holds("destinations.md", &destinations());
}

#[test]
fn every_chapter_is_in_the_summary_and_every_link_leads_somewhere() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let summary = std::fs::read_to_string(docs.join("SUMMARY.md")).unwrap();
    let mut links = 0;
    for folder in [docs.clone(), docs.join("languages")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "md") {
                continue;
            }
            let name = path.strip_prefix(&docs).unwrap().display().to_string();
            assert!(
                name == "SUMMARY.md" || summary.contains(&format!("({name})")),
                "{name} is in no table"
            );
            let text = std::fs::read_to_string(&path).unwrap();
            for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                let file = target.split('#').next().unwrap();
                if file.is_empty() || file.contains("://") || file.contains(' ') {
                    continue;
                }
                links += 1;
                let found = path.parent().unwrap().join(file);
                assert!(found.exists(), "{name}: the link to {target} leads nowhere");
            }
        }
    }
    assert!(links > 15, "only {links} links were found");
}
