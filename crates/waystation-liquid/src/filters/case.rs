//! Upper and lower case.

use super::{Arguments, Filtered};
use crate::value::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CaseFilter {
    Capitalize,
    Downcase,
    Upcase,
}

impl CaseFilter {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "capitalize" => Self::Capitalize,
            "downcase" => Self::Downcase,
            "upcase" => Self::Upcase,
            _ => return None,
        })
    }

    pub(super) fn apply<'a>(self, input: &Value<'a>, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
        let text = arguments.text_of(input)?;
        arguments.budget.spend_bytes(text.len())?;
        Ok(Value::from(match self {
            Self::Capitalize => capitalize(&text),
            Self::Downcase => text.to_lowercase(),
            Self::Upcase => text.to_uppercase(),
        }))
    }
}

/// The first character in upper case unless it is a surrogate pair, all others in lower case.
fn capitalize(text: &str) -> String {
    let mut characters = text.chars();
    let Some(first) = characters.next() else {
        return String::new();
    };
    let rest = characters.as_str().to_lowercase();
    match first.len_utf16() {
        1 => first.to_uppercase().chain(rest.chars()).collect(),
        _ => format!("{first}{rest}"),
    }
}
