//! Parsing whole subscriptions.

use crate::{Position, Problem, Subscription, Suspicion};

fn printed(text: &str) -> String {
    Subscription::parse(text).unwrap().to_string()
}

fn problem(text: &str) -> (Position, Problem) {
    let error = Subscription::parse(text).unwrap_err();
    (error.position, error.problem)
}

fn suspicions(text: &str) -> Vec<(usize, Suspicion)> {
    let (_, warnings) = Subscription::parse_with_warnings(text).unwrap();
    warnings
        .into_iter()
        .map(|warning| (warning.position.offset, warning.suspicion))
        .collect()
}

#[test]
fn the_last_conjunction_joins_the_level() {
    let text = "type = a or event = b and name = c";
    assert_eq!(printed(text), r#"type = "a" and event = "b" and name = "c""#);
    assert_eq!(
        suspicions(text),
        [(0, Suspicion::MixedConjunctions { used: "and" })]
    );
}

#[test]
fn groups_nest_and_hold_functions() {
    for text in [
        r#"type = "a" and (event = "b" or (name = "c" and userId != null))"#,
        r#"(contains(event, "b") or match(name, "c*")) and type = "a""#,
        r#"!(type = "a" or contains(event, "b")) and name = "c""#,
        r#"!(type = "a")"#,
    ] {
        assert_eq!(printed(text), text);
        assert_eq!(suspicions(text), []);
    }
}

#[test]
fn conjunctions_may_be_loud_and_lines_may_end_as_on_windows() {
    assert_eq!(
        printed("type = \"a\"\r\nOR type = \"b\""),
        r#"type = "a" or type = "b""#
    );
    assert_eq!(printed("type = a or(type = b)"), r#"type = "a" or type = "b""#);
    assert_eq!(printed("not type = a"), r#"!(type = "a")"#);
}

#[test]
fn what_is_no_condition_is_left_out_with_a_warning() {
    let text = "anonymousId = \"x\" and type = a, contains(type, \"b\")";
    assert_eq!(printed(text), r#"type = "a""#);
    let left_out = Suspicion::LeftOut {
        words: "anonymousId = \"x\"".to_owned(),
    };
    let no_field = Suspicion::NoField {
        found: "`type`".to_owned(),
    };
    assert_eq!(suspicions(text), [(0, left_out), (41, no_field)]);
}

#[test]
fn slips_are_warned_of() {
    let first = |text| suspicions(text).swap_remove(0);
    assert_eq!(first("event = 'x'"), (8, Suspicion::SingleQuotes));
    assert_eq!(
        first("event in x"),
        (
            6,
            Suspicion::UnknownOperator {
                found: "`in`".to_owned()
            }
        )
    );
    assert_eq!(
        first("event == x"),
        (
            7,
            Suspicion::NoValue {
                found: "`=`".to_owned()
            }
        )
    );
    assert_eq!(
        first("event ="),
        (
            7,
            Suspicion::NoValue {
                found: "the end".to_owned()
            }
        )
    );
    assert_eq!(
        first("event > x"),
        (
            8,
            Suspicion::NoNumber {
                found: "`x`".to_owned()
            }
        )
    );
    assert_eq!(first("type = a and ()"), (13, Suspicion::EmptyGroup));
    let pattern = "match(event, \"*a*\")";
    assert_eq!(
        first(pattern),
        (
            13,
            Suspicion::Pattern {
                found: "`\"*a*\"`".to_owned()
            }
        )
    );
    let call = "contains(event \"a\" b)";
    assert_eq!(
        first(call),
        (
            15,
            Suspicion::MalformedCall {
                found: "`\"a\"`".to_owned()
            }
        )
    );
}

#[test]
fn errors_point_to_their_place() {
    let at = |text| {
        let (position, problem) = problem(text);
        (position.offset, problem.to_string())
    };
    assert_eq!(at("event"), (5, "expected an operator, found the end".to_owned()));
    assert_eq!(
        at("type = a and\nevent("),
        (18, "expected an operator, found `(`".to_owned())
    );
    assert_eq!(
        at("contains(event").1,
        "expected a text as the second argument, found the end"
    );
    assert_eq!(problem("type = a and (event = b").1, Problem::UnclosedGroup);
    assert_eq!(problem("type = a and (event = b").0.offset, 13);
    assert_eq!(problem("anonymousId = x").1, Problem::NoCondition);
    assert_eq!(problem("  ").1, Problem::NoCondition);
}

#[test]
fn nesting_and_length_are_bounded() {
    let nested = |depth| format!("{}type = a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Subscription::parse(&nested(super::MAX_DEPTH)).is_ok());
    assert!(matches!(
        problem(&nested(super::MAX_DEPTH + 1)).1,
        Problem::TooDeep { .. }
    ));
    assert!(matches!(
        problem(&"!".repeat(super::MAX_LENGTH + 1)).1,
        Problem::TooLong { .. }
    ));
    let negated = format!("{}type = a", "not ".repeat(100_000));
    assert!(matches!(problem(&negated).1, Problem::TooDeep { .. }));
}
