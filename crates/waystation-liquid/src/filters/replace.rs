//! Replacing, removing and splitting by a part of the text.

use std::mem::size_of;

use super::{Arguments, Filtered};
use crate::budget::BudgetExceeded;
use crate::value::{Text, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReplaceFilter {
    /// The first argument is replaced by the second.
    Replace(Occurrence),
    /// The argument is replaced by nothing.
    Remove(Occurrence),
    Split,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occurrence {
    All,
    First,
    Last,
}

impl ReplaceFilter {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "remove" => Self::Remove(Occurrence::All),
            "remove_first" => Self::Remove(Occurrence::First),
            "remove_last" => Self::Remove(Occurrence::Last),
            "replace" => Self::Replace(Occurrence::All),
            "replace_first" => Self::Replace(Occurrence::First),
            "replace_last" => Self::Replace(Occurrence::Last),
            "split" => Self::Split,
            _ => return None,
        })
    }

    pub(super) fn apply<'a>(self, input: &Value<'a>, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
        let text = arguments.text_of(input)?;
        let pattern = arguments.text(0)?;
        match self {
            Self::Split => split(&text, &pattern, arguments),
            Self::Remove(occurrence) => replace(text, &pattern, "", occurrence, arguments),
            Self::Replace(occurrence) => {
                let replacement = arguments.text(1)?;
                replace(text, &pattern, &replacement, occurrence, arguments)
            }
        }
    }
}

fn replace<'a>(
    text: Text<'a>,
    pattern: &str,
    replacement: &str,
    occurrence: Occurrence,
    arguments: &mut Arguments<'_, 'a>,
) -> Filtered<'a> {
    let place = match occurrence {
        Occurrence::All if pattern.is_empty() => return interleave(&text, replacement, arguments),
        Occurrence::All => return replace_all(text, pattern, replacement, arguments),
        Occurrence::First => text.find(pattern),
        Occurrence::Last => text.rfind(pattern),
    };
    let Some((before, rest)) = place.and_then(|place| text.split_at_checked(place)) else {
        return Ok(Value::Text(text));
    };
    let after = rest.get(pattern.len()..).unwrap_or_default();
    let mut out = arguments.builder();
    for part in [before, replacement, after] {
        out.push_str(part)?;
    }
    Ok(Value::from(out.finish()))
}

fn replace_all<'a>(
    text: Text<'a>,
    pattern: &str,
    replacement: &str,
    arguments: &mut Arguments<'_, 'a>,
) -> Filtered<'a> {
    if !text.contains(pattern) {
        return Ok(Value::Text(text));
    }
    let mut out = arguments.builder();
    for (index, part) in text.split(pattern).enumerate() {
        if index > 0 {
            out.push_str(replacement)?;
        }
        out.push_str(part)?;
    }
    Ok(Value::from(out.finish()))
}

/// The empty pattern stands between any two characters.
fn interleave<'a>(text: &str, separator: &str, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
    let mut out = arguments.builder();
    for (index, character) in text.chars().enumerate() {
        if index > 0 {
            out.push_str(separator)?;
        }
        out.push(character)?;
    }
    Ok(Value::from(out.finish()))
}

/// Empty parts at the end are dropped. The empty separator splits into characters.
fn split<'a>(text: &Text<'a>, separator: &str, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
    let mut parts = Parts {
        parts: Vec::new(),
        filled: 0,
        text,
        arguments,
    };
    if separator.is_empty() {
        let mut start = 0;
        for character in text.chars() {
            let end = start + character.len_utf8();
            parts.push(start, end)?;
            start = end;
        }
    } else {
        let mut start = 0;
        for (place, _) in text.match_indices(separator) {
            parts.push(start, place)?;
            start = place + separator.len();
        }
        parts.push(start, text.len())?;
    }
    let Parts {
        mut parts, filled, ..
    } = parts;
    parts.truncate(filled);
    Ok(Value::from(parts))
}

/// Parts of a text; borrowed where the text is.
struct Parts<'p, 'x, 'a> {
    parts: Vec<Value<'a>>,
    /// Count of parts up to the last that is not empty.
    filled: usize,
    text: &'p Text<'a>,
    arguments: &'p mut Arguments<'x, 'a>,
}

impl Parts<'_, '_, '_> {
    fn push(&mut self, start: usize, end: usize) -> Result<(), BudgetExceeded> {
        self.arguments.budget.spend_bytes(size_of::<Value<'_>>())?;
        let part = match self.text {
            Text::Borrowed(text) => Text::Borrowed(text.get(start..end).unwrap_or_default()),
            Text::Shared(text) => {
                self.arguments.budget.spend_bytes(end - start)?;
                Text::from(text.get(start..end).unwrap_or_default())
            }
        };
        self.parts.push(Value::Text(part));
        if end > start {
            self.filled = self.parts.len();
        }
        Ok(())
    }
}
