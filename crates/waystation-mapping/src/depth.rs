//! The bounds on nesting and size, so that no mapping can exhaust stack or memory.

use serde_json::Value;

use crate::fault::{Fault, Problem};
use crate::pointer;

/// The greatest nesting of a mapping, the depth to which serde_json reads text.
pub(crate) const MAX_DEPTH: usize = 128;

/// The greatest number of values in a mapping, lists and objects counted with what is in them. Compiled, a directive takes
/// about half a kilobyte; nobody writes ten thousand.
const MAX_VALUES: usize = 100_000;

/// The first place that is nested too deeply, or the whole mapping if it is too large.
pub(crate) fn check(mapping: &Value) -> Result<(), Fault> {
    nesting(mapping)?;
    match count(mapping) > MAX_VALUES {
        true => Err(Fault {
            path: "/".to_owned(),
            problem: Problem::TooLarge { limit: MAX_VALUES },
        }),
        false => Ok(()),
    }
}

fn count(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(count).sum::<usize>(),
        _ => 1,
    }
}

fn nesting(mapping: &Value) -> Result<(), Fault> {
    match too_deep(mapping, MAX_DEPTH) {
        None => Ok(()),
        Some(mut keys) => {
            keys.reverse();
            let mut path = String::new();
            keys.iter().for_each(|key| pointer::push(&mut path, key));
            Err(Fault {
                path,
                problem: Problem::TooDeep { limit: MAX_DEPTH },
            })
        }
    }
}

/// The keys to the first place that is too deep, innermost first.
fn too_deep(value: &Value, levels_left: usize) -> Option<Vec<String>> {
    if levels_left == 0 {
        return value_has_levels(value).then(Vec::new);
    }
    let below = |key: &dyn ToString, value| {
        let mut keys = too_deep(value, levels_left - 1)?;
        keys.push(key.to_string());
        Some(keys)
    };
    match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| below(&index, item)),
        Value::Object(members) => members.iter().find_map(|(key, member)| below(key, member)),
        _ => None,
    }
}

fn value_has_levels(value: &Value) -> bool {
    matches!(value, Value::Array(_) | Value::Object(_))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn nested(levels: usize) -> Value {
        (0..levels).fold(json!(1), |inner, _| json!({ "a": inner }))
    }

    #[test]
    fn the_number_of_values_is_bounded() {
        let values = |number: usize| json!({"a": vec![1; number - 2]});
        assert_eq!(check(&values(MAX_VALUES)), Ok(()));
        let fault = check(&values(MAX_VALUES + 1)).unwrap_err();
        assert_eq!(fault.to_string(), "/ holds more than 100000 values");
    }

    #[test]
    fn the_limit_is_the_last_depth_accepted() {
        assert_eq!(check(&nested(MAX_DEPTH)), Ok(()));
        let fault = check(&nested(MAX_DEPTH + 1)).unwrap_err();
        assert_eq!(fault.path, "/a".repeat(MAX_DEPTH));
        assert_eq!(fault.problem, Problem::TooDeep { limit: MAX_DEPTH });
    }
}
