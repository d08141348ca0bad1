//! Random fields, and payloads that have something to do with them.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use waystation_fields::{
    Choice, Condition, Conditions, FieldDefinition, FieldType, Fields, Format, Required,
};

/// Few, so that payloads meet fields and conditions meet both.
const KEYS: [&str; 5] = ["a", "b", "c", "a.b", "7"];

/// Whether fields may be conditionally required.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Requirements {
    /// Never.
    Plain,
    /// By comparisons with a value, which leave the payload as it is.
    ByValue,
    /// In every way.
    Any,
}

pub(crate) fn fields(requirements: Requirements) -> BoxedStrategy<Fields> {
    nested_fields(requirements, 2)
}

fn nested_fields(requirements: Requirements, depth: u32) -> BoxedStrategy<Fields> {
    vec((select(&KEYS[..]), field(requirements, depth)), 0..5)
        .prop_map(|fields| fields.into_iter().collect())
        .boxed()
}

fn field(requirements: Requirements, depth: u32) -> BoxedStrategy<FieldDefinition> {
    let properties = match depth {
        0 => Just(None).boxed(),
        depth => weighted(0.6, nested_fields(requirements, depth - 1)).boxed(),
    };
    let flags = (
        any::<u8>().prop_map(|chance| chance < 50),
        any::<bool>(),
        any::<bool>(),
    );
    let limits = (
        weighted(0.2, select(vec![0.0, 1.0, 2.0])),
        weighted(0.2, select(vec![0.0, 2.0, 4.0])),
    );
    (
        field_type(),
        required(requirements),
        flags,
        choices(),
        weighted(0.2, format()),
        limits,
        properties,
    )
        .prop_map(
            |(field_type, required, flags, choices, format, limits, properties)| FieldDefinition {
                required,
                multiple: flags.0,
                allow_null: flags.1,
                additional_properties: flags.2,
                choices,
                format,
                minimum: limits.0,
                maximum: limits.1,
                properties,
                ..FieldDefinition::new("Label", field_type)
            },
        )
        .boxed()
}

fn field_type() -> impl Strategy<Value = FieldType> {
    use FieldType::{Boolean, Datetime, Integer, Number, Object, Password, String, Text};
    select(vec![
        String, String, Text, Number, Integer, Datetime, Boolean, Password, Object, Object,
    ])
}

fn format() -> impl Strategy<Value = Format> {
    select(vec![
        Format::Email,
        Format::Date,
        Format::Uri,
        Format::Regex,
        Format::Ipv6,
        Format::Password,
    ])
}

fn choices() -> impl Strategy<Value = Vec<Choice>> {
    let some = vec![
        Choice::from("x"),
        Choice::from("5"),
        Choice::new("Five", 5),
        Choice::new("Yes", true),
    ];
    prop_oneof![4 => Just(Vec::new()), 1 => Just(some)]
}

fn required(requirements: Requirements) -> BoxedStrategy<Required> {
    let plain = prop_oneof![3 => Just(Required::Never), 1 => Just(Required::Always)];
    match requirements {
        Requirements::Plain => plain.boxed(),
        Requirements::ByValue => prop_oneof![3 => plain, 1 => conditions(compared().prop_map(Some))].boxed(),
        Requirements::Any => prop_oneof![3 => plain, 1 => conditions(weighted(0.6, compared()))].boxed(),
    }
}

fn conditions(value: impl Strategy<Value = Option<Value>>) -> impl Strategy<Value = Required> {
    let key = select(vec!["a", "b", "c", "a.b", "b.a", "elsewhere"]);
    let condition = (key, value, any::<bool>()).prop_map(|(key, value, is)| match (value, is) {
        (Some(value), true) => Condition::is(key, value),
        (Some(value), false) => Condition::is_not(key, value),
        (None, true) => Condition::is_unset(key),
        (None, false) => Condition::is_set(key),
    });
    (vec(condition, 1..3), any::<bool>()).prop_map(|(conditions, all)| {
        Required::When(if all {
            Conditions::all(conditions)
        } else {
            Conditions::any(conditions)
        })
    })
}

/// Values that payloads have, too.
fn compared() -> impl Strategy<Value = Value> {
    select(vec![
        json!("x"),
        json!("5"),
        json!(1),
        json!(5),
        json!(true),
        json!(""),
        json!(null),
    ])
}

/// Fields with a payload that often fits them.
pub(crate) fn fields_and_payload(
    requirements: Requirements,
) -> impl Strategy<Value = (Fields, Map<String, Value>)> {
    fields(requirements).prop_flat_map(|fields| {
        let payload = prop_oneof![4 => payload_for(&fields), 1 => any_object()];
        (Just(fields), payload)
    })
}

/// Declared keys with values of their types for the most part.
fn payload_for(fields: &Fields) -> BoxedStrategy<Map<String, Value>> {
    let declared = fields.iter().map(|(key, field)| {
        let key = key.to_owned();
        weighted(0.8, value_for(field)).prop_map(move |value| value.map(|value| (key.clone(), value)))
    });
    let undeclared = weighted(0.2, ("elsewhere|a", scalar()));
    (declared.collect::<Vec<_>>(), undeclared)
        .prop_map(|(declared, undeclared)| {
            undeclared
                .into_iter()
                .chain(declared.into_iter().flatten())
                .collect()
        })
        .boxed()
}

fn value_for(field: &FieldDefinition) -> BoxedStrategy<Value> {
    let one = match (field.field_type, &field.properties) {
        (FieldType::Object, Some(properties)) => payload_for(properties).prop_map(Value::Object).boxed(),
        (FieldType::Object, None) => any_object().prop_map(Value::Object).boxed(),
        (FieldType::Number | FieldType::Integer, _) => (0..7).prop_map(Value::from).boxed(),
        (FieldType::Boolean, _) => any::<bool>().prop_map(Value::from).boxed(),
        _ => "x|5|[a-z😀]{1,6}|a@b\\.co|2024-02-29"
            .prop_map(Value::from)
            .boxed(),
    };
    let fitting = if field.multiple {
        vec(one, 0..3).prop_map(Value::from).boxed()
    } else {
        one
    };
    prop_oneof![8 => fitting, 1 => any_value()].boxed()
}

fn any_object() -> impl Strategy<Value = Map<String, Value>> {
    vec((select(&KEYS[..]), any_value()), 0..6).prop_map(|entries| {
        entries
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect()
    })
}

fn any_value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((select(&KEYS[..]), inner), 0..4).prop_map(|entries| {
                Value::Object(
                    entries
                        .into_iter()
                        .map(|(key, value)| (key.to_owned(), value))
                        .collect(),
                )
            }),
        ]
    })
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => select(vec![
            json!(null), json!(""), json!(0), json!(1), json!(5), json!(1.5), json!(true), json!(false),
            json!("x"), json!("5"), json!("true"), json!("1e3"), json!(" "), json!("2024-02-29"),
            json!("a@b.co"), json!("https://example.com"), json!("::1"),
        ]),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => ".{0,6}".prop_map(Value::from),
    ]
}
