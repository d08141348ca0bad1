//! What holds for every text and every event.

use proptest::{collection::vec, prelude::*};
use serde_json::{Map, Value, json};
use waystation_fql::{Subscription, tree::*};

/// Words of the language and near misses, so that random texts get past the first word.
fn word() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "type",
        "event",
        "name",
        "userId",
        "properties.a",
        "traits.b.\\0",
        "context.\\and",
        "properties",
        "anonymousId",
        "contains(",
        "match(",
        "contains",
        "!",
        "not",
        "!(",
        "(",
        ")",
        ",",
        ".",
        "[",
        "]",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "==",
        "and",
        "or",
        "OR",
        "null",
        "true",
        "false",
        "3",
        "-1.5",
        "-",
        "1e5",
        "\"x\"",
        "\"x*\"",
        "\"*x\"",
        "\"*x*\"",
        "\"\"",
        "'x'",
        "'say \"x\"'",
        "say\\ \\\"x\\\"",
        "x\\*",
        "word",
        "\\ ",
        "\r\n",
        "in",
        "contains x",
        "exists",
        "é",
        "\\😀",
    ]);
    words.prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    let glue = prop::sample::select(vec![" ", " ", " ", ""]);
    prop_oneof![
        any::<String>(),
        vec((word(), glue), 0..24).prop_map(|words| words
            .into_iter()
            .flat_map(|(word, glue)| [word, glue.to_owned()])
            .collect()),
    ]
}

/// Texts of conditions that all parse, with groups and negations.
fn condition() -> impl Strategy<Value = String> {
    let field = prop::sample::select(vec![
        "event",
        "name",
        "userId",
        "properties.a",
        "traits.b.c",
        "context.\\9",
    ]);
    let operator = prop::sample::select(vec!["=", "!=", "<", "<=", ">", ">=", "in"]);
    let value = prop::sample::select(vec![
        "x",
        "\"x y\"",
        "5",
        "-0.25",
        "true",
        "null",
        "'q \"q\"'",
        "-",
        "99999999999999999999999",
    ]);
    let argument = prop::sample::select(vec![
        "x",
        "\"x y\"",
        "\"x*\"",
        "\"*x\"",
        "\"\"",
        "5",
        "a\\*",
        "a\\\"b\\*",
    ]);
    let function = prop::sample::select(vec!["contains", "!contains", "match", "!match", "not match"]);
    let comparison = (field.clone(), operator, value)
        .prop_map(|(field, operator, value)| format!("{field} {operator} {value}"));
    let call = (function, field, argument)
        .prop_map(|(function, field, argument)| format!("{function}({field}, {argument})"));
    let leaf = prop_oneof![comparison, call, Just("()".to_owned())];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let conjunction = prop::sample::select(vec![" and ", " or ", " "]);
        let joined = vec((inner, conjunction), 1..4).prop_map(|parts| {
            let mut text: String = parts
                .into_iter()
                .flat_map(|(part, conjunction)| [part, conjunction.to_owned()])
                .collect();
            text.push_str("type = a");
            text
        });
        (prop::sample::select(vec!["", "!", "not "]), joined)
            .prop_map(|(negation, inner)| format!("{negation}({inner})"))
    })
}

fn event() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![0, 5, -1]).prop_map(Value::from),
        prop::sample::select(vec!["", "x", "x y", "5", "true", "😀"]).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let key = prop::sample::select(vec![
        "type",
        "event",
        "name",
        "userId",
        "properties",
        "traits",
        "context",
        "a",
        "b",
        "c",
        "0",
        "9",
    ]);
    scalar.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((key.clone(), inner), 0..8).prop_map(|members| {
                members
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect::<Map<_, _>>()
                    .into()
            }),
        ]
    })
}

/// Whether printing loses how a number was written: in quotes, or as a truth value.
fn orders_by_a_text(condition: &Condition) -> bool {
    match condition {
        Condition::Test(_, Test::Number { operand, .. }) => operand.spelling() != Spelling::Number,
        Condition::Test(..) | Condition::Empty => false,
        Condition::Group(group) => group.conditions.iter().any(orders_by_a_text),
        Condition::Not(condition) => orders_by_a_text(condition),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parsing_never_panics_and_errors_lie_in_the_text(text in text()) {
        match Subscription::parse_with_warnings(&text) {
            Ok((_, warnings)) => for warning in warnings {
                prop_assert!(text.is_char_boundary(warning.position.offset));
                prop_assert!(!warning.to_string().is_empty() && warning.snippet(&text).ends_with('^'));
            },
            Err(error) => {
                prop_assert!(text.is_char_boundary(error.position.offset));
                prop_assert!(error.snippet(&text).ends_with('^'));
            }
        }
    }

    #[test]
    fn conditions_of_the_language_parse(text in condition()) {
        let parsed = Subscription::parse(&format!("type = a and {text}"));
        prop_assert!(parsed.is_ok(), "{text}: {}", parsed.unwrap_err());
    }

    #[test]
    fn printing_keeps_the_tree(text in prop_oneof![text(), condition()]) {
        let Ok(subscription) = Subscription::parse(&text) else { return Ok(()) };
        let printed = subscription.to_string();
        let again = Subscription::parse(&printed);
        prop_assert!(again.is_ok(), "{text:?} prints {printed:?}: {}", again.unwrap_err());
        let again = again.unwrap();
        prop_assert_eq!(again.to_string(), printed.clone());
        if !subscription.root().conditions.iter().any(orders_by_a_text) {
            prop_assert_eq!(again, subscription, "{:?} prints {:?}", text, printed);
        }
    }

    #[test]
    fn printing_keeps_the_meaning(text in condition(), event in event()) {
        let subscription = Subscription::parse(&format!("type = a or {text}")).unwrap();
        let again = Subscription::parse(&subscription.to_string()).unwrap();
        prop_assert_eq!(again.matches(&event), subscription.matches(&event), "{}", subscription);
    }

    #[test]
    fn json_keeps_the_tree(text in prop_oneof![text(), condition()]) {
        let Ok(subscription) = Subscription::parse(&text) else { return Ok(()) };
        prop_assert_eq!(Subscription::from_json(&subscription.to_json()), Ok(subscription));
    }

    #[test]
    fn reading_any_json_as_a_tree_never_panics(tree in event()) {
        let _ = Subscription::from_json(&tree);
        let _ = Subscription::from_json(&json!({"type": "group", "operator": "and", "children": [tree]}));
    }
}
