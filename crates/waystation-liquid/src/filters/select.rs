//! `where`.

use super::{Arguments, Filtered};
use crate::budget::Budget;
use crate::error::Failure;
use crate::evaluate::{Evaluator, Item};
use crate::parser::expressions::property_path;
use crate::syntax::{Path, PropertyPath};
use crate::value::{Value, equals};

/// The items whose property equals a value, or is true when no value is given.
pub(super) fn apply<'a>(
    input: Value<'a>,
    known: Option<&'a PropertyPath>,
    arguments: &mut Arguments<'_, 'a>,
) -> Filtered<'a> {
    let name = arguments.text(0)?;
    let computed = if known.is_none() {
        Some(property_path(&name))
    } else {
        None
    };
    let path = match known.or(computed.as_ref()) {
        Some(Err(problem)) => {
            return Err(Failure::InvalidProperty {
                property: name.to_string(),
                problem: problem.clone(),
            });
        }
        Some(Ok(path)) => path.as_ref(),
        None => None,
    };
    let expected = arguments.get(1);
    let list = input.into_list();
    let mut selected = Vec::new();
    for item in list.items(arguments.budget)? {
        if matches(&item, path, &expected, arguments.budget)? {
            arguments.budget.spend_bytes(size_of::<Value<'_>>())?;
            selected.push(item);
        }
    }
    Ok(Value::from(selected))
}

fn matches<'p>(
    item: &Value<'p>,
    path: Option<&'p Path>,
    expected: &Value<'p>,
    budget: &mut Budget,
) -> Result<bool, Failure> {
    let value = match path {
        Some(path) => Evaluator {
            environment: &Item(item.clone()),
            budget,
        }
        .path(path)?,
        None => Value::Undefined,
    };
    match expected {
        Value::Undefined => Ok(value.is_truthy()),
        expected => equals(&value, expected, budget),
    }
}
