//! Comparing JSON as the corpus asks for: numbers by value, object keys in any order, lists in order.

use std::fmt::Write as _;

use serde_json::Value;

/// Whether two values are equal: `1` equals `1.0`, key order is irrelevant, `"1"` is not `1`.
#[must_use]
pub fn json_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| json_equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, value)| right.get(key).is_some_and(|other| json_equal(value, other)))
        }
        _ => left == right,
    }
}

/// One place where two values differ; `None` stands for "nothing there".
#[derive(Debug, PartialEq)]
pub struct Difference<'a> {
    /// Where, as a path from the root: `$.children[0].value`.
    pub path: String,
    /// What was expected there.
    pub expected: Option<&'a Value>,
    /// What was found there.
    pub actual: Option<&'a Value>,
}

/// Every place where two values differ, in the order of the expected one.
#[must_use]
pub fn differences<'a>(expected: &'a Value, actual: &'a Value) -> Vec<Difference<'a>> {
    let mut found = Vec::new();
    collect("$", Some(expected), Some(actual), &mut found);
    found
}

fn collect<'a>(
    path: &str,
    expected: Option<&'a Value>,
    actual: Option<&'a Value>,
    found: &mut Vec<Difference<'a>>,
) {
    match (expected, actual) {
        (Some(Value::Object(left)), Some(Value::Object(right))) => {
            let only_right = right.keys().filter(|key| !left.contains_key(*key));
            for key in left.keys().chain(only_right) {
                collect(&format!("{path}.{key}"), left.get(key), right.get(key), found);
            }
        }
        (Some(Value::Array(left)), Some(Value::Array(right))) => {
            for index in 0..left.len().max(right.len()) {
                collect(
                    &format!("{path}[{index}]"),
                    left.get(index),
                    right.get(index),
                    found,
                );
            }
        }
        (Some(left), Some(right)) if json_equal(left, right) => {}
        _ => found.push(Difference {
            path: path.to_owned(),
            expected,
            actual,
        }),
    }
}

/// The differences as lines for people, the first `limit` of them.
#[must_use]
pub fn describe(expected: &Value, actual: &Value, limit: usize) -> String {
    let found = differences(expected, actual);
    let mut text = String::new();
    for difference in found.iter().take(limit) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  at {}", difference.path);
        let _ = writeln!(text, "    expected {}", shown(difference.expected));
        let _ = writeln!(text, "    actual   {}", shown(difference.actual));
    }
    if found.len() > limit {
        let _ = writeln!(text, "  and {} more differences", found.len() - limit);
    }
    text
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_compare_by_value_and_keys_in_any_order() {
        assert!(json_equal(
            &json!({"a": 1, "b": [1.0]}),
            &json!({"b": [1], "a": 1.0})
        ));
        assert!(!json_equal(&json!("1"), &json!(1)));
        assert!(!json_equal(&json!([1, 2]), &json!([2, 1])));
        assert!(!json_equal(&json!({"a": null}), &json!({})));
    }

    #[test]
    fn differences_name_their_place() {
        let (expected, actual) = (
            json!({"a": [1, {"b": 2}], "c": 0}),
            json!({"a": [1, {"b": 3}], "d": 0}),
        );
        let places: Vec<_> = differences(&expected, &actual)
            .into_iter()
            .map(|found| found.path)
            .collect();
        assert_eq!(places, ["$.a[1].b", "$.c", "$.d"]);
    }
}
