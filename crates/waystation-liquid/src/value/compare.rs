//! Equality, order and containment.

use std::cmp;
use std::ptr;

use waystation_json::number::is_js_space;

use super::{List, MAX_NESTING, Value, to_js_text, to_number};
use crate::budget::Budget;
use crate::error::Failure;
use crate::syntax::Special;

/// The four operators of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ordering {
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
}

impl Ordering {
    /// Values that cannot be ordered satisfy no operator.
    fn accepts(self, order: Option<cmp::Ordering>) -> bool {
        match self {
            Self::Greater => order.is_some_and(cmp::Ordering::is_gt),
            Self::Less => order.is_some_and(cmp::Ordering::is_lt),
            Self::GreaterOrEqual => order.is_some_and(cmp::Ordering::is_ge),
            Self::LessOrEqual => order.is_some_and(cmp::Ordering::is_le),
        }
    }
}

/// Equality without conversion: lists item by item, objects only when they are the same object.
pub(crate) fn equals(left: &Value<'_>, right: &Value<'_>, budget: &mut Budget) -> Result<bool, Failure> {
    equals_at(left, right, 0, budget)
}

fn equals_at(
    left: &Value<'_>,
    right: &Value<'_>,
    depth: usize,
    budget: &mut Budget,
) -> Result<bool, Failure> {
    budget.spend_step()?;
    Ok(match (left, right) {
        (Value::Special(special), other) | (other, Value::Special(special)) => {
            special_equals(*special, other)
        }
        (Value::List(left), Value::List(right)) => return lists_equal(left, right, depth, budget),
        (Value::Text(left), Value::Text(right)) => {
            budget.spend_reading(left.len().min(right.len()))?;
            **left == **right
        }
        (Value::Number(left), Value::Number(right)) => left == right,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Object(left), Value::Object(right)) => ptr::eq(*left, *right),
        (Value::Null, Value::Null) | (Value::Undefined, Value::Undefined) => true,
        _ => false,
    })
}

fn lists_equal(
    left: &List<'_>,
    right: &List<'_>,
    depth: usize,
    budget: &mut Budget,
) -> Result<bool, Failure> {
    if left.len() != right.len() {
        return Ok(false);
    }
    if depth >= MAX_NESTING {
        return Err(Failure::TooDeep { limit: MAX_NESTING });
    }
    for (left, right) in left.items(budget)?.zip(right.items(budget)?) {
        if !equals_at(&left, &right, depth + 1, budget)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What equals `nil`, `empty` and `blank`. The latter two equal neither themselves nor each other.
fn special_equals(special: Special, other: &Value<'_>) -> bool {
    match special {
        Special::Nil => other.is_nil(),
        Special::Empty => is_empty(other),
        Special::Blank => is_blank(other),
    }
}

fn is_empty(value: &Value<'_>) -> bool {
    match value {
        Value::Text(text) => text.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    }
}

fn is_blank(value: &Value<'_>) -> bool {
    match value {
        Value::Text(text) => text.chars().all(is_js_space),
        Value::Bool(truth) => !truth,
        value => value.is_nil() || is_empty(value),
    }
}

/// Order as JavaScript's operators have it: two texts by their UTF-16 units, all else as numbers. The
/// special literals stand in no order.
pub(crate) fn compare(
    ordering: Ordering,
    left: &Value<'_>,
    right: &Value<'_>,
    budget: &mut Budget,
) -> Result<bool, Failure> {
    if matches!(left, Value::Special(_)) || matches!(right, Value::Special(_)) {
        return Ok(false);
    }
    let order = if is_text_like(left) && is_text_like(right) {
        let (left, right) = (to_js_text(left, budget)?, to_js_text(right, budget)?);
        Some(left.encode_utf16().cmp(right.encode_utf16()))
    } else {
        to_number(left, budget)?.partial_cmp(&to_number(right, budget)?)
    };
    Ok(ordering.accepts(order))
}

/// Lists and objects are compared by their text.
fn is_text_like(value: &Value<'_>) -> bool {
    matches!(value, Value::Text(_) | Value::List(_) | Value::Object(_))
}

/// Whether a list has an item, or a text a part.
pub(crate) fn contains(left: &Value<'_>, right: &Value<'_>, budget: &mut Budget) -> Result<bool, Failure> {
    match left.clone().plain() {
        Value::List(List::Range(range)) => Ok(match right {
            Value::Number(number) => range.contains(*number),
            _ => false,
        }),
        Value::List(list) => {
            for item in list.items(budget)? {
                if equals(&item, right, budget)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Value::Text(text) => {
            budget.spend_reading(text.len())?;
            let part = to_js_text(&right.clone().plain(), budget)?;
            Ok(text.contains(&*part))
        }
        _ => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equality_does_not_convert() {
        let budget = &mut Budget::default();
        let pairs = json!([
            [1, 1.0, true],
            [1, "1", false],
            [[1, [2]], [1, [2]], true],
            [[1], [2], false],
            [null, null, true],
            [{}, {}, false]
        ]);
        for pair in pairs.as_array().expect("pairs") {
            let (left, right) = (Value::from(&pair[0]), Value::from(&pair[1]));
            assert_eq!(equals(&left, &right, budget), Ok(pair[2] == true), "{pair}");
        }
        assert_eq!(equals(&Value::Undefined, &Value::Null, budget), Ok(false));
    }

    #[test]
    fn order_is_javascripts() {
        let budget = &mut Budget::default();
        let pairs = json!([
            ["10", 5, false],
            [null, 1, true],
            ["B", "a", true],
            [[2], "10", false],
            ["x", 1, false],
            ["\u{ffff}", "😀", false]
        ]);
        for pair in pairs.as_array().expect("pairs") {
            let (left, right) = (Value::from(&pair[0]), Value::from(&pair[1]));
            assert_eq!(
                compare(Ordering::Less, &left, &right, budget),
                Ok(pair[2] == true),
                "{pair}"
            );
        }
        assert_eq!(
            compare(Ordering::Less, &Value::Undefined, &Value::Number(1.0), budget),
            Ok(false)
        );
    }
}
