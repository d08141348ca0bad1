//! The examples of the language reference in the crate's documentation, one a directive.

use serde_json::{Value, json};
use waystation_mapping::Mapping;

fn event() -> Value {
    json!({
        "event": "Order Completed",
        "userId": "u1",
        "traits": {"email": "Ada@Example.org", "phone": "(555) 0100", "title": null},
        "properties": {
            "products": [{"sku": "A", "price": 10}, {"sku": "B", "price": 2.5}],
            "address": {"city": "Paris", "geo": {"lat": 48.9}},
            "blob": "{\"id\":7}",
        },
    })
}

#[track_caller]
fn gives(mapping: &Value, expected: &Value) {
    let mapping = Mapping::compile(mapping).map_err(|error| error.to_string());
    let resolved = mapping.and_then(|mapping| mapping.resolve(&event()).map_err(|error| error.to_string()));
    assert_eq!(resolved.as_ref(), Ok(&Some(expected.clone())));
}

#[test]
fn path() {
    gives(&json!({"@path": "$.properties.products[0].sku"}), &json!("A"));
}

#[test]
fn template() {
    gives(
        &json!({"@template": "{{event}} by {{userId}}"}),
        &json!("Order Completed by u1"),
    );
}

#[test]
fn liquid() {
    gives(&json!({"@liquid": "{{ userId | upcase }}"}), &json!("U1"));
}

#[test]
fn literal() {
    gives(&json!({"@literal": false}), &json!(false));
}

#[test]
fn condition() {
    let mapping = json!({"@if": {"exists": {"@path": "$.userId"}, "then": "known", "else": "anonymous"}});
    gives(&mapping, &json!("known"));
}

#[test]
fn case() {
    let mapping = json!({"@case": {"operator": "lower", "value": {"@path": "$.traits.email"}}});
    gives(&mapping, &json!("ada@example.org"));
}

#[test]
fn replace() {
    let value = json!({"@path": "$.traits.phone"});
    let mapping = json!({"@replace": {"pattern": "(", "replacement": "", "pattern2": ")", "value": value}});
    gives(&mapping, &json!("555 0100"));
}

#[test]
fn array_path() {
    let mapping = json!({"@arrayPath": ["$.properties.products", {"id": {"@path": "$.sku"}}]});
    gives(&mapping, &json!([{"id": "A"}, {"id": "B"}]));
}

#[test]
fn flatten() {
    let mapping = json!({"@flatten": {"separator": "_", "value": {"@path": "$.properties.address"}}});
    gives(&mapping, &json!({"city": "Paris", "geo_lat": 48.9}));
}

#[test]
fn json_text() {
    let mapping = json!({"@json": {"mode": "decode", "value": {"@path": "$.properties.blob"}}});
    gives(&mapping, &json!({"id": 7}));
}

#[test]
fn merge() {
    let mapping = json!({"@merge": {"direction": "right", "objects": [{"a": 1, "b": 1}, {"b": 2}]}});
    gives(&mapping, &json!({"a": 1, "b": 2}));
}

#[test]
fn transform() {
    let apply = json!({"who": {"@path": "$.userId"}});
    let mapping = json!({"@transform": {"apply": apply, "mapping": {"id": {"@path": "$.who"}}}});
    gives(&mapping, &json!({"id": "u1"}));
}

#[test]
fn exclude_when_null() {
    let mapping = json!({"@excludeWhenNull": {"@path": "$.traits"}});
    gives(
        &mapping,
        &json!({"email": "Ada@Example.org", "phone": "(555) 0100"}),
    );
}
