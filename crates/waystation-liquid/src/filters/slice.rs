//! Parts of lists and texts.

use super::{Arguments, Filtered, to_index};
use crate::budget::Budget;
use crate::error::Failure;
use crate::value::{List, Value, to_js_text, to_number, utf16_slice};

/// A part from an index on, one item or character long unless said otherwise.
pub(super) fn slice<'a>(value: Value<'a>, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
    if value.is_nil() {
        return Ok(Value::List(List::EMPTY));
    }
    let value = match value {
        Value::List(list) => Value::List(list),
        value => Value::Text(arguments.text_of(&value)?),
    };
    let Some((start, end)) = slice_bounds(&value, arguments)? else {
        return Ok(match value {
            Value::List(_) => Value::List(List::EMPTY),
            _ => Value::EMPTY_TEXT,
        });
    };
    part(value, start, end, arguments.budget)
}

/// First and last index as JavaScript computes them; nothing for a slice that starts before the value or
/// has a negative length.
#[allow(clippy::cast_precision_loss)]
fn slice_bounds<'a>(
    value: &Value<'a>,
    arguments: &mut Arguments<'_, 'a>,
) -> Result<Option<(f64, f64)>, Failure> {
    let mut begin = arguments.get(0).plain();
    let length = match arguments.get(1).plain() {
        Value::Undefined => Value::Number(1.0),
        length => length,
    };
    if to_number(&begin, arguments.budget)? < 0.0 {
        begin = add(
            &Value::Number(value_length(value) as f64),
            &begin,
            arguments.budget,
        )?;
    }
    let start = to_number(&begin, arguments.budget)?;
    let count = to_number(&length, arguments.budget)?;
    if start < 0.0 || count < 0.0 {
        return Ok(None);
    }
    arguments.budget.request_units(count)?;
    let end = add(&begin, &length, arguments.budget)?;
    Ok(Some((start, to_number(&end, arguments.budget)?)))
}

/// JavaScript's `+`: texts are joined, and so is what is a text to it.
fn add<'a>(left: &Value<'a>, right: &Value<'a>, budget: &mut Budget) -> Filtered<'a> {
    let joins = |value: &Value<'_>| matches!(value, Value::Text(_) | Value::List(_) | Value::Object(_));
    if !joins(left) && !joins(right) {
        return Ok(Value::Number(
            to_number(left, budget)? + to_number(right, budget)?,
        ));
    }
    let (left, right) = (to_js_text(left, budget)?, to_js_text(right, budget)?);
    budget.spend_bytes(left.len().saturating_add(right.len()))?;
    Ok(Value::from([&*left, &*right].concat()))
}

fn value_length(value: &Value<'_>) -> usize {
    match value {
        Value::Text(text) => text.units(),
        Value::List(list) => list.len(),
        _ => 0,
    }
}

/// The part between two indexes; negative ones count from the end.
pub(super) fn part<'a>(value: Value<'a>, start: f64, end: f64, budget: &mut Budget) -> Filtered<'a> {
    let length = value_length(&value);
    let absolute = |index: f64| {
        if index < 0.0 {
            length.saturating_sub(to_index(-index))
        } else {
            to_index(index).min(length)
        }
    };
    let range = absolute(start)..absolute(end);
    Ok(match value {
        Value::Text(text) => Value::Text(text.part(|text| utf16_slice(text, range), budget)?),
        Value::List(list) => {
            let count = range.len();
            budget.spend_items(count)?;
            budget.spend_bytes(count.saturating_mul(size_of::<Value<'_>>()))?;
            Value::from(range.filter_map(|index| list.get(index)).collect::<Vec<_>>())
        }
        value => value,
    })
}
