//! Pages of choices, read as the reference's development server does; see
//! [`waystation_execute::lenient`] for the rest.

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::Value;
use waystation_json::is_truthy;

pub(crate) use waystation_execute::lenient::*;

/// The page of choices that an editor asks for.
#[derive(Debug)]
pub(crate) enum Page {
    /// By its number.
    Number(u64),
    /// By the name that the page before it gave.
    Name(String),
}

impl Default for Page {
    /// The first.
    fn default() -> Self {
        Self::Number(1)
    }
}

/// A page; the first if it is not given.
pub(crate) fn page<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Page, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(name) if !name.is_empty() => Ok(Page::Name(name)),
        other if !is_truthy(&other) => Ok(Page::default()),
        other => match other.as_u64() {
            Some(number) => Ok(Page::Number(number)),
            None => Err(Error::custom("must be a text or a whole number")),
        },
    }
}
