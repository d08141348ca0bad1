//! Values as text and as numbers.

use serde_json::Value as Json;
use waystation_json::number::{as_f64, f64_text};
use waystation_json::parse_number;

use super::{List, MAX_NESTING, Text, TextBuilder, Value};
use crate::budget::Budget;
use crate::error::Failure;

/// How lists become text.
#[derive(Clone, Copy)]
enum Style {
    /// As Liquid prints: items without a separator, nil is nothing everywhere.
    Liquid,
    /// As `String(value)` prints: items with commas, nil is nothing inside lists.
    JavaScript,
}

/// The value as Liquid prints it.
pub(crate) fn to_text<'a>(value: &Value<'a>, budget: &mut Budget) -> Result<Text<'a>, Failure> {
    build_text(value, Style::Liquid, budget)
}

/// The value as `String(value)` prints it.
pub(crate) fn to_js_text<'a>(value: &Value<'a>, budget: &mut Budget) -> Result<Text<'a>, Failure> {
    build_text(value, Style::JavaScript, budget)
}

/// Appends the value as Liquid prints it.
pub(crate) fn push_text(out: &mut TextBuilder<'_>, value: &Value<'_>) -> Result<(), Failure> {
    push(out, value, Style::Liquid, 0)
}

/// Appends the value as JavaScript's `join` prints an item: nil is nothing.
pub(crate) fn push_js_text(out: &mut TextBuilder<'_>, value: &Value<'_>) -> Result<(), Failure> {
    match value {
        Value::Undefined | Value::Null => Ok(()),
        value => push(out, value, Style::JavaScript, 0),
    }
}

fn build_text<'a>(value: &Value<'a>, style: Style, budget: &mut Budget) -> Result<Text<'a>, Failure> {
    match value {
        Value::Text(text) => {
            budget.spend_reading(text.len())?;
            Ok(text.clone())
        }
        Value::List(_) => {
            let mut out = TextBuilder::new(budget);
            push(&mut out, value, style, 0)?;
            Ok(out.finish().into())
        }
        Value::Number(number) => Ok(f64_text(*number).into()),
        value => Ok(Text::Borrowed(fixed_text(value, style))),
    }
}

fn push(out: &mut TextBuilder<'_>, value: &Value<'_>, style: Style, depth: usize) -> Result<(), Failure> {
    match value {
        Value::Text(text) => out.push_str(text)?,
        Value::Number(number) => out.push_str(&f64_text(*number))?,
        Value::List(list) => push_items(out, list, style, depth)?,
        value => out.push_str(fixed_text(value, style))?,
    }
    Ok(())
}

fn push_items(out: &mut TextBuilder<'_>, list: &List<'_>, style: Style, depth: usize) -> Result<(), Failure> {
    if depth >= MAX_NESTING {
        return Err(Failure::TooDeep { limit: MAX_NESTING });
    }
    for (index, item) in list.items(out.budget)?.enumerate() {
        match style {
            Style::Liquid => {}
            Style::JavaScript => {
                if index > 0 {
                    out.push(',')?;
                }
                if matches!(item, Value::Undefined | Value::Null) {
                    continue;
                }
            }
        }
        push(out, &item, style, depth + 1)?;
    }
    Ok(())
}

/// The text of values that have the same one always.
fn fixed_text(value: &Value<'_>, style: Style) -> &'static str {
    match (value, style) {
        (Value::Bool(true), _) => "true",
        (Value::Bool(false), _) => "false",
        (Value::Object(_), _) | (Value::Special(_), Style::JavaScript) => "[object Object]",
        (Value::Undefined, Style::JavaScript) => "undefined",
        (Value::Null, Style::JavaScript) => "null",
        _ => "",
    }
}

/// `Number(value)`.
pub(crate) fn to_number(value: &Value<'_>, budget: &mut Budget) -> Result<f64, Failure> {
    Ok(match value {
        Value::Undefined | Value::Object(_) => f64::NAN,
        Value::Null | Value::Special(_) | Value::Bool(false) => 0.0,
        Value::Bool(true) => 1.0,
        Value::Number(number) => *number,
        Value::Text(text) => {
            budget.spend_reading(text.len())?;
            parse_number(text).unwrap_or(f64::NAN)
        }
        Value::List(List::Json([Json::Number(number)])) => as_f64(number),
        Value::List(_) => parse_number(&to_js_text(value, budget)?).unwrap_or(f64::NAN),
    })
}
