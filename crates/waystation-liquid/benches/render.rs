//! Compiling and rendering templates of the kinds that mappings use.

#![allow(clippy::expect_used)]

use divan::{Bencher, black_box};
use serde_json::{Value, json};
use waystation_liquid::{Budget, Counters, Template};

const TEMPLATES: [(&str, &str); 6] = [
    ("text", "a template without any tag"),
    ("output", "{{ properties.order.id }}"),
    (
        "filters",
        "{{ traits.email | downcase | strip | split: \"@\" | first }}",
    ),
    (
        "choice",
        "{% if properties.total > 100 and traits.plan == 'pro' %}large{% else %}small{% endif %}",
    ),
    ("date", "{{ timestamp | date: \"%Y-%m-%d\" }}"),
    (
        "lists",
        "{{ properties.products | where: \"sku\", \"b\" | first | json }}",
    ),
];

fn main() {
    divan::main();
}

fn event() -> Value {
    json!({
        "timestamp": "2024-03-07T10:00:00.000Z",
        "traits": { "email": " Ada@Example.org ", "plan": "pro" },
        "properties": {
            "order": { "id": "o-1" },
            "total": 150.5,
            "products": [{ "sku": "a" }, { "sku": "b" }, { "sku": "c" }]
        }
    })
}

fn source(name: &str) -> &'static str {
    TEMPLATES
        .iter()
        .find(|(known, _)| *known == name)
        .map_or("", |(_, source)| source)
}

#[divan::bench(args = TEMPLATES.map(|(name, _)| name))]
fn compile(bencher: Bencher<'_, '_>, name: &str) {
    bencher.bench(|| Template::compile(black_box(source(name))));
}

#[divan::bench(args = TEMPLATES.map(|(name, _)| name))]
fn render(bencher: Bencher<'_, '_>, name: &str) {
    let event = event();
    let template = Template::compile(source(name)).expect("a template");
    bencher.bench_local(|| {
        template.render(
            black_box(&event),
            &mut Counters::default(),
            &mut Budget::default(),
        )
    });
}
