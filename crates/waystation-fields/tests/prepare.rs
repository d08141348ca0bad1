//! What becomes of payloads, rule by rule.

#![allow(clippy::expect_used, clippy::needless_pass_by_value, reason = "test code")]

use serde_json::{Value, json};
use waystation_fields::{Fields, Mode, Schema, ValidationErrors};

fn prepare(fields: Value, mode: Mode, payload: Value) -> Result<Value, ValidationErrors> {
    let fields: Fields = serde_json::from_value(fields).expect("the fields are well formed");
    let schema = Schema::compile(&fields).expect("the fields are consistent");
    let payload = payload.as_object().expect("a payload is an object").clone();
    schema.prepare(payload, mode).map(Value::Object)
}

/// Path and keyword of each error.
fn errors(fields: Value, payload: Value) -> Vec<(String, &'static str)> {
    let errors = prepare(fields, Mode::Single, payload).expect_err("the payload is wrong");
    errors
        .into_iter()
        .map(|error| (error.path, error.problem.keyword()))
        .collect()
}

fn owned<const N: usize>(errors: [(&str, &'static str); N]) -> Vec<(String, &'static str)> {
    errors.map(|(path, keyword)| (path.to_owned(), keyword)).to_vec()
}

fn field(field_type: &str) -> Value {
    json!({"label": "Label", "type": field_type})
}

fn with(mut field: Value, attributes: Value) -> Value {
    let attributes = attributes.as_object().expect("attributes are an object").clone();
    field
        .as_object_mut()
        .expect("a field is an object")
        .extend(attributes);
    field
}

#[test]
fn what_counts_as_empty_depends_on_the_mode() {
    let fields = json!({
        "text": field("string"),
        "count": field("number"),
        "note": with(field("string"), json!({"allowNull": true})),
        "list": with(field("string"), json!({"multiple": true})),
        "inner": with(field("object"), json!({"properties": {"text": field("string"), "count": field("number")}})),
        "free": field("object"),
    });
    let payload = json!({
        "text": "", "count": "", "note": null, "list": ["", null, "x"],
        "inner": {"text": "", "count": null}, "free": {"any": null},
    });
    let kept = json!({"note": null, "list": ["", "x"], "inner": {"text": ""}, "free": {"any": null}});
    assert_eq!(
        prepare(fields.clone(), Mode::Single, payload.clone()),
        Ok(kept.clone())
    );
    assert_eq!(
        prepare(fields, Mode::BatchItem, payload),
        Ok(with(kept, json!({"text": ""})))
    );
}

#[test]
fn settings_lose_no_empty_values() {
    let fields = json!({"text": field("string"), "count": field("number"), "on": field("boolean")});
    let settings = json!({"text": "", "count": null, "on": null});
    let prepared = json!({"text": "", "count": 0, "on": false});
    assert_eq!(prepare(fields, Mode::Settings, settings), Ok(prepared));
}

#[test]
fn what_is_empty_inside_the_objects_of_a_list_is_removed_as_at_the_root() {
    let item = with(
        field("object"),
        json!({"multiple": true, "additionalProperties": true, "properties": {
            "name": field("string"), "price": field("number"), "sizes": with(field("number"), json!({"multiple": true})),
        }}),
    );
    let payload = json!({"items": [
        null, "", {"name": null, "price": null, "sizes": [null, 1], "own": null}, {"name": "", "price": ""},
    ]});
    let kept = json!({"items": [{"sizes": [1], "own": null}, {"name": ""}]});
    for mode in [Mode::Single, Mode::BatchItem] {
        let prepared = prepare(json!({"items": item}), mode, payload.clone());
        assert_eq!(prepared, Ok(kept.clone()), "{mode:?}");
    }
}

#[test]
fn a_null_in_an_object_of_a_list_meets_no_requirement() {
    let city = with(field("string"), json!({"required": true}));
    let items = with(
        field("object"),
        json!({"multiple": true, "properties": {"city": city}}),
    );
    let other = with(
        field("string"),
        json!({"required": {"conditions": [
            {"fieldKey": "mode", "operator": "is", "value": "x"},
        ]}}),
    );
    for fields in [
        json!({"items": items}),
        // Conditional requirements have a removal of their own.
        json!({"items": items, "mode": field("string"), "other": other}),
    ] {
        let errors = prepare(fields, Mode::Single, json!({"items": [{"city": null}]})).unwrap_err();
        assert_eq!(errors.fields().keys().collect::<Vec<_>>(), ["$.items[0]"]);
    }
}

#[test]
fn no_fields_mean_no_preparation_but_for_settings() {
    let payload = json!({"any": "", "other": null});
    assert_eq!(
        prepare(json!({}), Mode::Single, payload.clone()),
        Ok(payload.clone())
    );
    assert_eq!(
        prepare(json!({}), Mode::BatchItem, payload.clone()),
        Ok(payload.clone())
    );
    assert_eq!(prepare(json!({}), Mode::Settings, payload), Ok(json!({})));
}

#[test]
fn authentication_survives_undeclared_and_unconverted() {
    let payload = json!({"dynamicAuthSettings": {"token": null}, "other": 1});
    let kept = json!({"dynamicAuthSettings": {"token": null}});
    assert_eq!(
        prepare(json!({"text": field("string")}), Mode::Single, payload),
        Ok(kept)
    );
    let declared = json!({"dynamicAuthSettings": field("number")});
    let payload = json!({"dynamicAuthSettings": "5"});
    assert_eq!(prepare(declared, Mode::Single, payload.clone()), Ok(payload));
}

#[test]
fn undeclared_keys_go_unless_the_object_keeps_them() {
    let properties = json!({"properties": {"a": field("string")}});
    let fields = json!({
        "closed": with(field("object"), properties.clone()),
        "open": with(with(field("object"), properties), json!({"additionalProperties": true})),
    });
    let payload = json!({"closed": {"a": "x", "b": 1}, "open": {"a": "x", "b": 1}, "b": 1});
    let prepared = json!({"closed": {"a": "x"}, "open": {"a": "x", "b": 1}});
    assert_eq!(prepare(fields, Mode::Single, payload), Ok(prepared));
}

#[test]
fn lone_objects_are_wrapped_in_root_fields_only() {
    let list = with(field("object"), json!({"multiple": true}));
    let inner = with(field("object"), json!({"properties": {"list": list}}));
    let fields = json!({"list": list, "inner": inner});
    assert_eq!(
        prepare(fields.clone(), Mode::Single, json!({"list": {}})),
        Ok(json!({"list": [{}]}))
    );
    assert_eq!(
        errors(fields, json!({"inner": {"list": {}}})),
        owned([("$.inner.list", "type")])
    );
}

#[test]
fn lengths_are_counted_in_code_points() {
    let limited = |limits| json!({"text": with(field("string"), limits)});
    let two = json!({"text": "😀é"});
    assert_eq!(
        prepare(
            limited(json!({"minimum": 2, "maximum": 2})),
            Mode::Single,
            two.clone()
        ),
        Ok(two.clone())
    );
    assert_eq!(
        errors(limited(json!({"minimum": 3})), two.clone()),
        owned([("$.text", "minLength")])
    );
    assert_eq!(
        errors(limited(json!({"maximum": 1})), two),
        owned([("$.text", "maxLength")])
    );
}

#[test]
fn errors_come_in_the_order_of_the_definition() {
    let fields = json!({
        "color": with(field("string"), json!({"choices": ["red"], "format": "email", "minimum": 9})),
        "needed": with(field("string"), json!({"required": true})),
        "inner": with(field("object"), json!({"properties": {
            "count": field("integer"), "needed": with(field("string"), json!({"required": true})),
        }})),
        "why": with(field("string"), json!({
            "required": {"conditions": [{"fieldKey": "color", "operator": "is", "value": "blue"}]},
        })),
    });
    let payload = json!({"inner": {"count": 1.5}, "color": "blue"});
    let expected = owned([
        ("$", "required"),
        ("$", "required"),
        ("$.color", "enum"),
        ("$.color", "minLength"),
        ("$.color", "format"),
        ("$.inner", "required"),
        ("$.inner.count", "type"),
    ]);
    assert_eq!(errors(fields, payload), expected);
}

#[test]
fn requirements_are_judged_before_coercion() {
    let fields = json!({
        "on": field("boolean"),
        "why": with(field("string"), json!({
            "required": {"conditions": [{"fieldKey": "on", "operator": "is", "value": true}]},
        })),
    });
    assert_eq!(
        prepare(fields.clone(), Mode::Single, json!({"on": "true"})),
        Ok(json!({"on": true}))
    );
    assert_eq!(errors(fields, json!({"on": true})), owned([("$", "required")]));
}

#[test]
fn a_conditional_message_says_why() {
    let fields = json!({"why": with(field("string"), json!({
        "required": {"conditions": [{"fieldKey": "kind", "operator": "is", "value": "card"}]},
    }))});
    let errors = prepare(fields, Mode::Single, json!({"kind": "card"})).expect_err("`why` is missing");
    let message = "The payload lacks the field `why`, which is required when `kind` is \"card\".";
    assert_eq!(errors.to_string(), message);
}
