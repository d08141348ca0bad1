//! How fast a usual mapping is compiled and applied.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use serde_json::{Value, json};
use waystation_mapping::Mapping;

fn main() {
    divan::main();
}

/// A thousand events as a website sends them.
fn events() -> Vec<Value> {
    let lines = include_str!("../../../tests/bench/events.jsonl").lines();
    lines
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .unwrap_or_default()
}

/// Ten fields as destinations declare them by default.
fn usual_mapping() -> Value {
    let either = |first: &str, second: &str| json!({"@if": {"exists": {"@path": first}, "then": {"@path": first}, "else": {"@path": second}}});
    json!({
        "id": either("$.userId", "$.anonymousId"),
        "name": {"@path": "$.event"},
        "time": {"@path": "$.timestamp"},
        "email": either("$.traits.email", "$.context.traits.email"),
        "data": {"@path": "$.properties"},
        "page": {"@template": "{{context.page.title}} ({{context.page.url}})"},
        "locale": {"@case": {"operator": "lower", "value": {"@path": "$.context.locale"}}},
        "device": {"id": {"@path": "$.context.device.id"}, "type": {"@path": "$.context.device.type"}},
        "source": {"@literal": "segment"},
        "enable_batching": true,
    })
}

fn bench_mapping(bencher: Bencher<'_, '_>, mapping: &Value) {
    let events = events();
    match Mapping::compile(mapping) {
        Ok(mapping) => bencher.counter(ItemsCount::new(events.len())).bench_local(|| {
            for event in &events {
                let _ = black_box(mapping.resolve(black_box(event)));
            }
        }),
        Err(error) => eprintln!("not measured: {error}"),
    }
}

#[divan::bench]
fn usual(bencher: Bencher<'_, '_>) {
    bench_mapping(bencher, &usual_mapping());
}

#[divan::bench]
fn paths_only(bencher: Bencher<'_, '_>) {
    bench_mapping(
        bencher,
        &json!({"id": {"@path": "$.userId"}, "name": {"@path": "$.event"}}),
    );
}

#[divan::bench]
fn whole_event(bencher: Bencher<'_, '_>) {
    bench_mapping(bencher, &json!({"@path": "$."}));
}

#[divan::bench]
fn liquid(bencher: Bencher<'_, '_>) {
    bench_mapping(
        bencher,
        &json!({"name": {"@liquid": "{{ context.page.title | upcase }}"}}),
    );
}

#[divan::bench]
fn compile(bencher: Bencher<'_, '_>) {
    let mapping = usual_mapping();
    bencher.bench_local(|| Mapping::compile(black_box(&mapping)));
}
