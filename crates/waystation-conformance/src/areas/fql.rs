//! The area `fql`: subscriptions from text to tree to verdict, and from tree to text.
//!
//! A case with `fql` is parsed, its tree compared and asked of events; a case with `ast` is printed.

use serde_json::{Value, json};
use waystation_fql::Subscription;

use crate::{Mismatch, compare::json_equal};

/// Holds one case against our code.
///
/// # Errors
/// What was expected and what came instead.
pub fn check(case: &Value) -> Result<(), Mismatch> {
    let (expected, actual) = match case.get("ast") {
        Some(tree) => (expected_text(case), printed(tree, case)),
        None => parsed(case),
    };
    if json_equal(&expected, &actual) {
        Ok(())
    } else {
        Err(Mismatch { expected, actual })
    }
}

fn expected_text(case: &Value) -> Value {
    let mut expected = json!({ "text": case.get("expect_fql") });
    if let Some(round_trips) = case
        .get("round_trips")
        .filter(|round_trips| **round_trips == json!(true))
    {
        expected["round_trips"] = round_trips.clone();
    }
    expected
}

/// The text of a tree, null if it has none; and, where the case says so, whether parsing it gives the tree.
fn printed(tree: &Value, case: &Value) -> Value {
    let text = Subscription::from_json(tree)
        .ok()
        .map(|subscription| subscription.to_string());
    let mut actual = json!({ "text": text });
    if case.get("round_trips") == Some(&json!(true)) {
        let again = text.and_then(|text| Subscription::parse(&text).ok());
        actual["round_trips"] = again
            .is_some_and(|again| json_equal(&again.to_json(), tree))
            .into();
    }
    actual
}

/// What is expected of parsing and matching, and what comes of it, in one form: the tree (null for an error)
/// and the answers. Where the recorded matcher throws, any answer of ours will do.
fn parsed(case: &Value) -> (Value, Value) {
    let subscription = Subscription::parse(case["fql"].as_str().unwrap_or_default()).ok();
    let checks = case["checks"].as_array().map(Vec::as_slice).unwrap_or_default();
    let tree = if case["expect_error"] == json!(true) {
        &Value::Null
    } else {
        &case["expect_ast"]
    };
    let wanted: Vec<&Value> = checks.iter().map(|check| &check["match"]).collect();
    let answers: Vec<Value> = checks
        .iter()
        .map(|check| answer(subscription.as_ref(), check))
        .collect();
    (
        json!({ "tree": tree, "matches": wanted }),
        json!({ "tree": subscription.map(|subscription| subscription.to_json()), "matches": answers }),
    )
}

fn answer(subscription: Option<&Subscription>, check: &Value) -> Value {
    let matches = subscription.is_some_and(|subscription| subscription.matches(&check["event"]));
    if check["throws"] == json!(true) {
        Value::Null
    } else {
        matches.into()
    }
}
