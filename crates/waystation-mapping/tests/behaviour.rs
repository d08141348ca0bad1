//! What users of a compiled mapping rely on beyond single directives.
#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::{Value, json};
use waystation_mapping::{Kind, Mapping, Problem, ResolveProblem};

fn compiled(mapping: &Value) -> Mapping {
    Mapping::compile(mapping).unwrap()
}

#[test]
fn mappings_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Mapping>();
}

#[test]
fn nothing_leaves_no_key_but_keeps_its_place_in_a_list() {
    let mapping =
        compiled(&json!({"a": {"@path": "$.x"}, "b": {"c": {"@path": "$.x"}}, "d": [{"@path": "$.x"}, 1]}));
    assert_eq!(
        mapping.resolve(&json!({})),
        Ok(Some(json!({"b": {}, "d": [null, 1]})))
    );
}

#[test]
fn a_mapping_may_resolve_to_nothing_and_that_is_not_null() {
    let mapping = compiled(&json!({"@path": "$.x"}));
    assert_eq!(mapping.resolve(&json!({})), Ok(None));
    assert_eq!(mapping.resolve(&json!({"x": null})), Ok(Some(json!(null))));
}

#[test]
fn gaps_in_a_list_are_told_from_nulls_by_a_later_mapping() {
    let apply = json!({"l": [{"@path": "$.missing"}, {"@path": "$.null"}]});
    let mapping = json!({"gap": {"@path": "$.l[0]"}, "null": {"@path": "$.l[1]"}, "all": {"@path": "$.l"}});
    let mapping = compiled(&json!({"@transform": {"apply": apply, "mapping": mapping}}));
    assert_eq!(
        mapping.resolve(&json!({"null": null})),
        Ok(Some(json!({"null": null, "all": [null, null]})))
    );
}

#[test]
fn every_fault_is_reported_with_its_place() {
    let error = Mapping::compile(&json!({
        "a": {"@if": "x"},
        "b": {"c/d": {"@merge": {"direction": "up", "objects": [1, {"@path": 2}]}}},
        "e": {"@arrayPath": []},
    }))
    .unwrap_err();
    let paths: Vec<_> = error.faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "/a/@if",
            "/b/c~1d/@merge/direction",
            "/b/c~1d/@merge/objects/0",
            "/b/c~1d/@merge/objects/1/@path",
            "/e/@arrayPath",
        ]
    );
    assert!(
        error
            .to_string()
            .contains("/a/@if must be an object, but is a string; /b/"),
        "{error}"
    );
}

#[test]
fn errors_while_resolving_name_the_part_of_the_mapping() {
    let mapping = compiled(&json!({
        "a": [1, {"@if": {"exists": 1, "then": {"x": {"@path": {"@path": "$.p"}}}}}],
    }));
    let error = mapping.resolve(&json!({"p": 5})).unwrap_err();
    assert_eq!(error.path, "/a/1/@if/then/x/@path");
    assert_eq!(error.problem, ResolveProblem::NotText { found: Kind::Number });
}

#[test]
fn a_batch_fails_as_a_whole_and_says_for_which_event() {
    let mapping = compiled(&json!({"a": {"@case": {"operator": "title", "value": {"@path": "$.s"}}}}));
    assert_eq!(
        mapping.resolve_batch(&[json!({"s": 1}), json!({})]),
        Ok(vec![Some(json!({"a": 1})), Some(json!({}))])
    );
    let error = mapping
        .resolve_batch(&[json!({}), json!({"s": "text"})])
        .unwrap_err();
    assert_eq!(error.event, Some(1));
    assert_eq!(
        error.to_string(),
        "event 1: /a/@case needs the operator \"lower\" or \"upper\""
    );
}

#[test]
fn an_event_must_be_an_object() {
    let mapping = compiled(&json!({"a": 1}));
    let error = mapping.resolve(&json!([1])).unwrap_err();
    assert_eq!(
        error.problem,
        ResolveProblem::DataNotAnObject { found: Kind::Array }
    );
}

#[test]
fn mistakes_that_are_not_checked_fail_only_where_they_are_reached() {
    let broken = json!([{"@shrug": 1}]);
    let mapping = compiled(&json!({"@if": {"exists": {"@path": "$.x"}, "then": broken, "else": "fine"}}));
    assert_eq!(mapping.resolve(&json!({})), Ok(Some(json!("fine"))));
    let error = mapping.resolve(&json!({"x": 1})).unwrap_err();
    assert_eq!(
        error.problem,
        ResolveProblem::UnknownDirective {
            name: "@shrug".into()
        }
    );
}

#[test]
fn a_mapping_inside_a_list_is_checked_where_it_is_applied() {
    let mapping =
        compiled(&json!({"l": [{"@transform": {"apply": {"a": {"@path": 5}}, "mapping": {"b": 1}}}]}));
    let error = mapping.resolve(&json!({})).unwrap_err();
    let ResolveProblem::InvalidMapping(invalid) = error.problem else {
        panic!("{error}")
    };
    assert_eq!(invalid.faults[0].path, "/a/@path");
}

#[test]
fn the_first_failing_field_in_the_order_of_the_mapping_decides() {
    let case = json!({"@case": {"operator": "nope", "value": "x"}});
    let liquid = json!({"@liquid": "{% for x in y %}{% endfor %}"});
    let error = |mapping: Value| compiled(&mapping).resolve(&json!({})).unwrap_err();
    assert!(error(json!({"a": liquid, "b": case})).problem.is_liquid());
    assert!(!error(json!({"a": case, "b": liquid})).problem.is_liquid());
}

/// A mapping of the greatest depth allowed, most of it nested directives.
fn deepest(wrap: impl Fn(Value) -> Value, levels_each: usize) -> Value {
    (0..127 / levels_each).fold(json!({"@path": "$.x"}), |inner, _| wrap(inner))
}

#[test]
fn the_deepest_mappings_resolve_on_a_small_stack() {
    for mapping in [
        deepest(|inner| json!({"a": inner}), 1),
        deepest(|inner| json!([inner]), 1),
        deepest(|inner| json!({"@literal": inner}), 1),
        deepest(|inner| json!({"@excludeWhenNull": inner}), 1),
        deepest(|inner| json!({"@if": {"exists": inner, "then": 1}}), 2),
        deepest(|inner| json!({"@if": {"exists": 1, "then": inner}}), 2),
        deepest(|inner| json!({"@json": {"mode": "decode", "value": inner}}), 2),
        deepest(|inner| json!({"@flatten": {"separator": ".", "value": inner}}), 2),
        deepest(
            |inner| json!({"@transform": {"apply": {"x": inner}, "mapping": {"@path": ""}}}),
            3,
        ),
        deepest(
            |inner| json!({"@merge": {"direction": "left", "objects": [inner]}}),
            3,
        ),
        deepest(|inner| json!({"@arrayPath": ["$.l", inner]}), 2),
    ] {
        let resolve = move || {
            let data = json!({"x": {"x": {"y": 1}}, "l": {"l": {"x": 1}}});
            compiled(&mapping).resolve(&data).map(|payload| payload.is_some())
        };
        let thread = std::thread::Builder::new()
            .stack_size(1 << 20)
            .spawn(resolve)
            .unwrap();
        assert_eq!(thread.join().unwrap(), Ok(true));
    }
}

#[test]
fn deeper_mappings_are_refused() {
    let mapping = (0..1_000).fold(json!(1), |inner, _| Value::Array(vec![inner]));
    let error = Mapping::compile(&mapping).unwrap_err();
    assert_eq!(error.faults[0].problem, Problem::TooDeep { limit: 128 });
}

#[test]
fn no_mapping_blows_a_small_event_up_beyond_the_limit() {
    let both = json!({"a": {"@path": ""}, "b": {"@path": ""}});
    let twice = |inner: Value, _| json!({"@transform": {"apply": inner, "mapping": both}});
    let again = |inner: Value, _| json!({"@arrayPath": [inner, both]});
    let escape = |inner: Value, _| json!({"@json": {"mode": "encode", "value": inner}});
    let repeat =
        |inner: Value, _| json!({"@replace": {"pattern": "x", "replacement": "$`$`$`xxxx", "value": inner}});
    for mapping in [
        (0..40).fold(both.clone(), twice),
        (0..40).fold(json!({"@path": ""}), again),
        (0..60).fold(json!({"@path": ""}), escape),
        (0..60).fold(json!("xxxxxxxx"), repeat),
        (0..40).fold(
            json!({"x": 1}),
            |inner, _| json!({"@transform": {"apply": both, "mapping": inner}}),
        ),
    ] {
        let error = compiled(&mapping).resolve(&json!({"x": "\"\\"})).unwrap_err();
        assert!(
            matches!(error.problem, ResolveProblem::TooMuchData { .. }),
            "{error}"
        );
    }
}

#[test]
fn no_mapping_repeats_an_event_beyond_the_limit() {
    let text = "x".repeat(500_000);
    let event = json!({"a": text, "items": vec![0; 3_000]});
    let all: serde_json::Map<_, _> = (0..3_000)
        .map(|n| (format!("k{n}"), json!({"@path": "$.a"})))
        .collect();
    let list: Vec<Value> = all.values().cloned().collect();
    let constant = json!({"@literal": "y".repeat(100_000)});
    for mapping in [
        Value::Object(all.clone()),
        json!({"list": list}),
        json!({"@flatten": {"separator": ".", "value": all}}),
        json!({"@merge": {"direction": "right", "objects": [all, {}]}}),
        json!({"@json": {"mode": "encode", "value": all}}),
        json!({"@excludeWhenNull": all}),
        json!({"@if": {"exists": 1, "then": all}}),
        json!({"@arrayPath": ["$.items", {"n": constant}]}),
        json!({"@arrayPath": ["$.items", {"n": {"@if": {"exists": 1, "then": constant}}}]}),
        json!({"@transform": {"apply": {"b": {"@path": "$.a"}}, "mapping": {"c": list.iter().map(|_| json!({"@path": "$.b"})).collect::<Vec<_>>()}}}),
    ] {
        let error = compiled(&mapping).resolve(&event).unwrap_err();
        assert!(
            matches!(error.problem, ResolveProblem::TooMuchData { .. }),
            "{error}"
        );
    }
    // The largest events that are taken pass as they are.
    let whole = compiled(&json!({"data": {"@path": "$."}}));
    let event = json!({"texts": vec!["y".repeat(1 << 10); 4 << 10], "numbers": vec![1; 500_000]});
    assert_eq!(whole.resolve(&event).unwrap().unwrap()["data"], event);
}

#[test]
fn a_batch_may_be_bounded_as_a_whole() {
    let mapping = compiled(&json!({"a": {"@path": "$.a"}}));
    let events = vec![json!({"a": "x".repeat(1_000)}); 10];
    assert_eq!(mapping.resolve_batch_within(&events, 20_000).unwrap().len(), 10);
    let error = mapping.resolve_batch_within(&events, 5_000).unwrap_err();
    assert_eq!(
        (
            error.event,
            matches!(error.problem, ResolveProblem::TooMuchData { .. })
        ),
        (Some(4), true)
    );
}

/// `serde_json` reads the text under a name of its own as JSON and counts depth anew each time.
#[test]
fn no_text_in_an_event_nests_deep_enough_to_overflow_the_stack() {
    let mut text = "1".to_owned();
    for _ in 0..12 {
        let object = json!({"$serde_json::private::RawValue": text}).to_string();
        text = format!("{}{object}{}", "[".repeat(125), "]".repeat(125));
    }
    let mapping = compiled(&json!({"@json": {"mode": "decode", "value": {"@path": "$.text"}}}));
    assert_eq!(mapping.resolve(&json!({"text": text})), Ok(Some(json!(text))));
}
