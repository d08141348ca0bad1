//! How fast subscriptions are parsed, and asked of the recorded events.

use std::{fs, path::Path};

use divan::{Bencher, black_box, counter::ItemsCount};
use serde_json::Value;
use waystation_fql::Subscription;

/// Names and texts, from the commonest to one that asks every kind of question.
const SUBSCRIPTIONS: [(&str, &str); 4] = [
    ("type", r#"type = "track""#),
    (
        "type_and_event",
        r#"type = "track" and event = "Order Completed""#,
    ),
    (
        "group",
        r#"type = "identify" or type = "group" or (type = "track" and properties.total >= 50)"#,
    ),
    (
        "everything",
        r#"type = "track" and (contains(event, "Order") or !match(context.page.url, "*/checkout")) and
           traits.plan != "free" and context.device.type != null and properties.products.\0.price > 10"#,
    ),
];

fn main() {
    divan::main();
}

#[divan::bench(args = names())]
fn matches(bencher: Bencher<'_, '_>, name: &str) {
    let (subscription, events) = (parsed(text(name)), events());
    bencher.counter(ItemsCount::new(events.len())).bench_local(|| {
        events
            .iter()
            .filter(|event| subscription.matches(black_box(event)))
            .count()
    });
}

#[divan::bench(args = names())]
fn parse(bencher: Bencher<'_, '_>, name: &str) {
    let text = text(name);
    bencher.bench_local(|| parsed(black_box(text)));
}

fn names() -> impl Iterator<Item = &'static str> {
    SUBSCRIPTIONS.into_iter().map(|(name, _)| name)
}

fn text(name: &str) -> &'static str {
    SUBSCRIPTIONS
        .into_iter()
        .find(|(other, _)| *other == name)
        .map_or("", |(_, text)| text)
}

fn parsed(text: &str) -> Subscription {
    Subscription::parse(text).unwrap_or_else(|error| unreachable!("{error}\n{}", error.snippet(text)))
}

fn events() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/bench/events.jsonl");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| unreachable!("{}: {error}", path.display()));
    text.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}
