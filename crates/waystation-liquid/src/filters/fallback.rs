//! `default`.

use super::{Arguments, Filtered};
use crate::error::Failure;
use crate::value::{List, Value};

/// The first argument in place of nil, `false`, and empty texts and lists.
///
/// With `allow_false: true`, `false` stays.
pub(super) fn apply<'a>(input: Value<'a>, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
    let input = input.plain();
    let is_missing = match &input {
        Value::Text(text) => text.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Bool(false) => !allows_false(arguments.values.get(1..).unwrap_or_default())?,
        value => !value.is_truthy(),
    };
    Ok(if is_missing { arguments.get(0) } else { input })
}

/// Reads the further arguments as pairs of a name and a value.
fn allows_false(options: &[Value<'_>]) -> Result<bool, Failure> {
    let mut allows_false = false;
    for option in options {
        match option {
            Value::List(pair) => {
                if is_allow_false(pair) {
                    allows_false = pair.get(1).is_some_and(|value| value.is_js_truthy());
                }
            }
            Value::Object(_) | Value::Special(_) => {}
            _ => {
                return Err(Failure::WrongArguments {
                    filter: "default",
                    expected: "one argument and named options",
                });
            }
        }
    }
    Ok(allows_false)
}

fn is_allow_false(pair: &List<'_>) -> bool {
    matches!(pair.get(0), Some(Value::Text(name)) if *name == *"allow_false")
}
