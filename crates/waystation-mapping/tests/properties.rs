//! Properties that hold for any mapping and any event.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use waystation_mapping::Mapping;

const KEYS: &[&str] = &[
    "a",
    "b",
    "1",
    "",
    "length",
    "__proto__",
    "_metadata",
    "__segment_internal_directive",
    "@shrug",
    "@path",
    "@template",
    "@liquid",
    "@literal",
    "@if",
    "@case",
    "@replace",
    "@arrayPath",
    "@flatten",
    "@json",
    "@merge",
    "@transform",
    "@excludeWhenNull",
    "exists",
    "blank",
    "then",
    "else",
    "operator",
    "value",
    "pattern",
    "replacement",
    "pattern2",
    "replacement2",
    "global",
    "ignorecase",
    "separator",
    "omitArrays",
    "mode",
    "direction",
    "objects",
    "apply",
    "mapping",
];

const TEXTS: &[&str] = &[
    "",
    "$.a",
    "a.b[0]",
    "$.b['1']",
    "{{a}}{{{b}}}",
    "{{b.a}}",
    "{{{",
    "lower",
    "upper",
    "encode",
    "decode",
    "left",
    "right",
    ".",
    "$&$`$'",
    "é",
    "{{ a }}",
    "{% increment a %}",
    "{% broken",
    "{\"a\":[1]}",
    "elevenchars",
];

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-2i64..3).prop_map(Value::from),
        select(TEXTS).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ]
}

/// JSON whose keys and texts are mostly those the language knows.
fn json_value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(6, 48, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((select(KEYS), inner), 0..4).prop_map(|members| members
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect()),
        ]
    })
}

/// A mapping that is mostly valid: directives whose options have the right names and types.
fn mapping() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        scalar(),
        select(TEXTS).prop_map(|path| json!({"@path": path})),
        select(TEXTS).prop_map(|template| json!({"@template": template})),
        select(TEXTS).prop_map(|template| json!({"@liquid": template})),
    ];
    leaf.prop_recursive(5, 32, 3, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            pair.clone().prop_map(|(a, b)| json!({"a": a, "b": b})),
            pair.clone()
                .prop_map(|(a, b)| json!({"@if": {"exists": a, "then": b}})),
            pair.clone()
                .prop_map(|(a, b)| json!({"@if": {"blank": {"@literal": a}, "then": 1, "else": b}})),
            pair.clone()
                .prop_map(|(a, b)| json!({"@merge": {"direction": "left", "objects": [{"a": a}, {"b": b}]}})),
            pair.clone()
                .prop_map(|(a, b)| json!({"@transform": {"apply": {"a": a}, "mapping": {"b": b}}})),
            pair.prop_map(|(a, b)| json!({"@arrayPath": [{"@literal": a}, {"b": b}]})),
            inner
                .clone()
                .prop_map(|a| json!({"@case": {"operator": "upper", "value": {"@literal": a}}})),
            inner
                .clone()
                .prop_map(|a| json!({"@replace": {"pattern": "a", "value": {"@literal": a}}})),
            inner
                .clone()
                .prop_map(|a| json!({"@json": {"mode": "encode", "value": {"@literal": a}}})),
            inner
                .clone()
                .prop_map(|a| json!({"@flatten": {"separator": ".", "value": a}})),
            inner.prop_map(|a| json!({"@excludeWhenNull": a})),
        ]
    })
}

fn event() -> impl Strategy<Value = Value> {
    (json_value(), json_value()).prop_map(|(a, b)| json!({"a": a, "b": b}))
}

proptest! {
    #[test]
    fn compiling_never_panics_and_a_refusal_names_its_faults(source in json_value()) {
        if let Err(error) = Mapping::compile(&source) {
            prop_assert!(!error.faults.is_empty());
            prop_assert!(error.faults.iter().all(|fault| fault.path.starts_with('/')), "{error}");
        }
    }

    #[test]
    fn resolving_never_panics_and_gives_the_same_again(source in prop_oneof![json_value(), mapping()], event in event()) {
        if let Ok(mapping) = Mapping::compile(&source) {
            prop_assert_eq!(mapping.resolve(&event), mapping.resolve(&event));
        }
    }

    #[test]
    fn a_batch_gives_what_its_events_give_alone(source in mapping(), events in vec(event(), 0..4)) {
        if let Ok(mapping) = Mapping::compile(&source) {
            let alone: Result<Vec<_>, _> = events.iter().map(|event| mapping.resolve(event)).collect();
            let batch = mapping.resolve_batch(&events);
            prop_assert_eq!(alone.map_err(|error| error.problem), batch.map_err(|error| error.problem));
        }
    }

    #[test]
    fn a_mapping_without_directives_resolves_to_itself(a in scalar(), b in vec(scalar(), 0..4)) {
        let source = json!({"a": a, "b": {"c": b}});
        let mapping = Mapping::compile(&source).unwrap();
        prop_assert_eq!(mapping.resolve(&json!({})), Ok(Some(source)));
    }

    #[test]
    fn replacing_a_pattern_by_itself_changes_nothing(text in ".{1,30}", pattern in "[a-z.*]{1,3}") {
        let value = json!({"@path": "$.text"});
        let mapping = json!({"@replace": {"pattern": pattern, "replacement": pattern, "value": value}});
        let mapping = Mapping::compile(&mapping).unwrap();
        prop_assert_eq!(mapping.resolve(&json!({"text": text})), Ok(Some(json!(text))));
    }

    #[test]
    fn json_text_is_read_back_as_it_was(value in json_value()) {
        let encode = json!({"@json": {"mode": "encode", "value": {"@path": "$.v"}}});
        let mapping = Mapping::compile(&json!({"@json": {"mode": "decode", "value": encode}})).unwrap();
        let back = mapping.resolve(&json!({"v": value})).unwrap().unwrap();
        prop_assert_eq!(normal(&back), normal(&value));
    }
}

/// Numbers as floats, so that `1` and `1.0` are equal.
fn normal(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => items.iter().map(normal).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), normal(value)))
            .collect(),
        other => other.clone(),
    }
}
