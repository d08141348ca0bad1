//! Values while a template is rendered.
//!
//! They borrow from the event and from the template wherever they can; what filters make is shared by
//! reference counts, so that a variable can be read any number of times for nothing.

mod compare;
mod convert;
mod list;
mod property;
mod text;

use serde_json::Value as Json;
use waystation_json::JsonObject;
use waystation_json::number::as_f64;

pub(crate) use compare::{Ordering, compare, contains, equals};
pub(crate) use convert::{push_js_text, push_text, to_js_text, to_number, to_text};
pub(crate) use list::{List, NumberRange};
pub(crate) use property::{PropertyKey, property, root_property};
pub(crate) use text::{Text, TextBuilder, utf16_slice};

use crate::syntax::Special;

/// Lists inside lists are walked up to this depth.
pub(crate) const MAX_NESTING: usize = 200;

#[derive(Debug, Clone)]
pub(crate) enum Value<'a> {
    /// What is not there. Differs from `Null` in equality and in ordering.
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(Text<'a>),
    List(List<'a>),
    Object(&'a JsonObject),
    Special(Special),
}

impl<'a> Value<'a> {
    pub(crate) const EMPTY_TEXT: Self = Self::Text(Text::Borrowed(""));

    /// The value that a special literal stands for where it is not compared.
    pub(crate) fn plain(self) -> Self {
        match self {
            Self::Special(Special::Nil) => Self::Null,
            Self::Special(Special::Empty | Special::Blank) => Self::EMPTY_TEXT,
            value => value,
        }
    }

    pub(crate) fn is_nil(&self) -> bool {
        matches!(self, Self::Undefined | Self::Null | Self::Special(Special::Nil))
    }

    /// Liquid's truth: all but nil and `false`.
    pub(crate) fn is_truthy(&self) -> bool {
        !self.is_nil() && !matches!(self, Self::Bool(false))
    }

    /// JavaScript's truth.
    pub(crate) fn is_js_truthy(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Bool(truth) => *truth,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::List(_) | Self::Object(_) | Self::Special(_) => true,
        }
    }

    /// The list itself, nothing for nil, and a list of one for everything else.
    pub(crate) fn into_list(self) -> List<'a> {
        match self.plain() {
            Self::Undefined | Self::Null => List::EMPTY,
            Self::List(list) => list,
            value => List::from(vec![value]),
        }
    }
}

impl<'a> From<&'a Json> for Value<'a> {
    fn from(json: &'a Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(truth) => Self::Bool(*truth),
            Json::Number(number) => Self::Number(as_f64(number)),
            Json::String(text) => Self::Text(Text::Borrowed(text)),
            Json::Array(items) => Self::List(List::Json(items)),
            Json::Object(object) => Self::Object(object),
        }
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Text::from(text))
    }
}

impl<'a> From<Vec<Value<'a>>> for Value<'a> {
    fn from(items: Vec<Value<'a>>) -> Self {
        Self::List(List::from(items))
    }
}
