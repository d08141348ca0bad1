//! Taking characters away at the ends.

use std::borrow::Cow;

use waystation_json::number::is_js_space;

use super::{Arguments, Filtered};
use crate::value::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StripFilter {
    Left,
    Right,
    Both,
}

impl StripFilter {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "lstrip" => Self::Left,
            "rstrip" => Self::Right,
            "strip" => Self::Both,
            _ => return None,
        })
    }

    /// Without an argument, or with one that JavaScript takes for false, white space goes.
    pub(super) fn apply<'a>(self, input: &Value<'a>, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
        let text = arguments.text_of(input)?;
        if !arguments.get(0).is_js_truthy() {
            return Ok(Value::Text(
                text.part(|text| self.cut(text, is_js_space), arguments.budget)?,
            ));
        }
        let set = arguments.text(0)?;
        // Every character is looked up in the whole set.
        arguments
            .budget
            .spend_reading(text.len().saturating_mul(set.len()))?;
        // Characters beyond the basic plane are two units to JavaScript, which it never finds in the set.
        let belongs = |character: char| character.len_utf16() == 1 && set.contains(character);
        Ok(Value::Text(
            text.part(|text| self.cut(text, belongs), arguments.budget)?,
        ))
    }

    fn cut(self, text: &str, belongs: impl Fn(char) -> bool) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Self::Left => text.trim_start_matches(belongs),
            Self::Right => text.trim_end_matches(belongs),
            Self::Both => text.trim_start_matches(&belongs).trim_end_matches(&belongs),
        })
    }
}
