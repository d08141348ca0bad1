//! Lists, and what texts have in common with them.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use super::slice::{part, slice};
use super::{Arguments, Filtered};
use crate::budget::Budget;
use crate::value::{List, PropertyKey, Text, Value, property, push_js_text, to_number, to_text};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListFilter {
    Compact,
    First,
    Join,
    Last,
    Pop,
    Push,
    Sample,
    Shift,
    Size,
    Slice,
    Sum,
    Unshift,
}

impl ListFilter {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "compact" => Self::Compact,
            "first" => Self::First,
            "join" => Self::Join,
            "last" => Self::Last,
            "pop" => Self::Pop,
            "push" => Self::Push,
            "sample" => Self::Sample,
            "shift" => Self::Shift,
            "size" => Self::Size,
            "slice" => Self::Slice,
            "sum" => Self::Sum,
            "unshift" => Self::Unshift,
            _ => return None,
        })
    }

    pub(super) fn apply<'a>(self, input: Value<'a>, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
        match self {
            Self::First => end_item(&input.plain(), End::First, arguments.budget),
            Self::Last => end_item(&input.plain(), End::Last, arguments.budget),
            Self::Join => join(&input.into_list(), arguments),
            Self::Sample => sample(input.plain(), arguments),
            Self::Size => size(&input, arguments.budget),
            Self::Slice => slice(input.plain(), arguments),
            Self::Sum => sum(&input.into_list(), arguments),
            Self::Compact | Self::Pop | Self::Push | Self::Shift | Self::Unshift => {
                let mut items = input.into_list().to_vec(arguments.budget)?;
                self.edit(&mut items, arguments.get(0));
                Ok(Value::from(items))
            }
        }
    }

    fn edit<'a>(self, items: &mut Vec<Value<'a>>, argument: Value<'a>) {
        match self {
            Self::Compact => items.retain(|item| !item.is_nil()),
            Self::Pop => drop(items.pop()),
            Self::Push => items.push(argument),
            Self::Shift if !items.is_empty() => drop(items.remove(0)),
            Self::Unshift => items.insert(0, argument),
            _ => {}
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    First,
    Last,
}

/// The item at an end of a list or text. An object counts as a list when its `length` is a number.
fn end_item<'a>(value: &Value<'a>, end: End, budget: &mut Budget) -> Filtered<'a> {
    let is_list = match value {
        Value::List(_) => true,
        Value::Text(text) => !text.is_empty(),
        Value::Object(object) => object.get("length").is_some_and(serde_json::Value::is_number),
        _ => false,
    };
    if !is_list {
        return Ok(Value::EMPTY_TEXT);
    }
    let index = match (end, property(value, &PropertyKey::Name("length".into()), budget)?) {
        (End::Last, Value::Number(length)) => length - 1.0,
        _ => 0.0,
    };
    match value {
        Value::List(_) if index < 0.0 => Ok(Value::Undefined),
        value => Ok(property(value, &PropertyKey::Index(index), budget)?),
    }
}

/// The length of lists and texts, the `length` of objects, 0 for everything else.
fn size<'a>(value: &Value<'a>, budget: &mut Budget) -> Filtered<'a> {
    Ok(
        match property(value, &PropertyKey::Name("length".into()), budget)? {
            length if length.is_js_truthy() => length,
            _ => Value::Number(0.0),
        },
    )
}

/// Items as JavaScript joins them: nil is nothing, lists inside have commas.
fn join<'a>(list: &List<'a>, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
    let separator = match arguments.get(0) {
        separator if separator.is_nil() => Text::Borrowed(" "),
        separator => to_text(&separator, arguments.budget)?,
    };
    let items = list.items(arguments.budget)?;
    let mut out = arguments.builder();
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push_str(&separator)?;
        }
        push_js_text(&mut out, &item)?;
    }
    Ok(Value::from(out.finish()))
}

/// Adds up the items, or a property of theirs; what is no number counts as 0.
fn sum<'a>(list: &List<'a>, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
    let path = match arguments.get(0) {
        path if path.is_js_truthy() => Some(to_text(&path, arguments.budget)?),
        _ => None,
    };
    let mut sum = 0.0;
    for mut item in list.items(arguments.budget)? {
        for name in path.as_deref().into_iter().flat_map(|path| path.split('.')) {
            arguments.budget.spend_step()?;
            item = property(&item, &PropertyKey::Name(name.into()), arguments.budget)?;
        }
        let number = to_number(&item, arguments.budget)?;
        sum += if number.is_nan() { 0.0 } else { number };
    }
    Ok(Value::Number(sum))
}

/// One item by chance, or so many of them.
fn sample<'a>(value: Value<'a>, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
    let mut items = match value {
        Value::Undefined | Value::Null => return Ok(Value::List(List::EMPTY)),
        Value::List(list) => list.to_vec(arguments.budget)?,
        value => {
            let text = arguments.text_of(&value)?;
            arguments.budget.spend_items(text.len())?;
            arguments
                .budget
                .spend_bytes(text.len().saturating_mul(size_of::<Value<'_>>()))?;
            text.chars()
                .map(|character| Value::from(character.to_string()))
                .collect()
        }
    };
    shuffle(&mut items);
    match arguments.get(0) {
        Value::Undefined | Value::Number(1.0) => Ok(items.into_iter().next().unwrap_or(Value::Undefined)),
        count => {
            let count = to_number(&count, arguments.budget)?;
            part(Value::from(items), 0.0, count, arguments.budget)
        }
    }
}

/// Brings the items into a random order. The keys that hash maps are seeded with are chance enough.
#[allow(clippy::cast_possible_truncation)]
fn shuffle(items: &mut [Value<'_>]) {
    let chance = RandomState::new();
    for last in (1..items.len()).rev() {
        let other = chance.hash_one(last) % (last as u64 + 1);
        items.swap(last, other as usize);
    }
}
