//! What can be wrong with a mapping before any event is looked at.

use std::fmt;

use serde_json::Value;
use thiserror::Error;

/// A mapping that was refused, with every fault found in it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct InvalidMapping {
    /// The faults in the order of the mapping; never empty.
    pub faults: Vec<Fault>,
}

impl fmt::Display for InvalidMapping {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                formatter.write_str("; ")?;
            }
            fault.fmt(formatter)?;
        }
        Ok(())
    }
}

/// One fault: where it is and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{path} {problem}")]
pub struct Fault {
    /// JSON Pointer to the place in the mapping, `/` for the whole mapping: `/email/@if/then`.
    pub path: String,
    /// What is wrong there.
    pub problem: Problem,
}

/// The ways in which a part of a mapping can be wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Problem {
    /// The mapping as a whole is `null`.
    #[error("must be a mapping object, but is null")]
    NoMapping,
    /// The value under the root directive's key has no key or several.
    #[error("must hold exactly one directive")]
    RootDirectiveNotSingle,
    /// The root directive has no object of options to put the other fields into.
    #[error("must hold a directive whose options are an object")]
    RootDirectiveWithoutOptions,
    /// A directive's key has company other than `_metadata`.
    #[error(
        "must have a single key starting with @, with nothing beside it but _metadata; it has {keys} keys"
    )]
    DirectiveNotAlone {
        /// How many keys stand there.
        keys: usize,
    },
    /// No directive has this name.
    #[error("names an unknown directive: {name}")]
    UnknownDirective {
        /// The name as written, with its `@`.
        name: String,
    },
    /// A value of another type is needed.
    #[error("must be {expected}, but is {found}")]
    WrongType {
        /// What may stand there.
        expected: Expected,
        /// What does stand there.
        found: Kind,
    },
    /// A directive lacks an option it cannot do without.
    #[error("must have the option \"{name}\"")]
    MissingOption {
        /// The option's name.
        name: &'static str,
    },
    /// A text must have at least one character.
    #[error("must not be empty")]
    EmptyText,
    /// A text is too long.
    #[error("must have at most {limit} UTF-16 units")]
    TextTooLong {
        /// The greatest length allowed, in UTF-16 units.
        limit: usize,
    },
    /// A text is none of the words allowed there.
    #[error("must be one of {}, but is {found:?}", allowed.join(", "))]
    NotOneOf {
        /// The words allowed.
        allowed: &'static [&'static str],
        /// The text that stands there.
        found: String,
    },
    /// The mapping holds so many values that it could exhaust the memory.
    #[error("holds more than {limit} values")]
    TooLarge {
        /// The greatest number allowed.
        limit: usize,
    },
    /// The mapping is nested so deeply that resolving it could exhaust the stack.
    #[error("is nested deeper than {limit} levels")]
    TooDeep {
        /// The greatest depth allowed.
        limit: usize,
    },
}

/// What may stand at a place of a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// An object without directive keys.
    Object,
    /// An object without directive keys, or a directive.
    ObjectOrDirective,
    /// A list.
    Array,
    /// A text.
    Text,
    /// A text or a directive that resolves to one.
    TextOrDirective,
    /// `true` or `false`.
    Boolean,
}

impl fmt::Display for Expected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Object => "an object",
            Self::ObjectOrDirective => "an object or a directive",
            Self::Array => "an array",
            Self::Text => "a string",
            Self::TextOrDirective => "a string or a directive",
            Self::Boolean => "a boolean",
        })
    }
}

/// The type of something met in a mapping or while resolving it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Neither a value nor null.
    Nothing,
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A list.
    Array,
    /// An object.
    Object,
    /// An object with a key that starts with `@`.
    Directive,
}

impl Kind {
    /// The type of a JSON value, directives not told apart from other objects.
    pub(crate) fn of_json(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::Text,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }

    /// The type of a value in a mapping.
    pub(crate) fn of_mapping(value: &Value) -> Self {
        match value {
            Value::Object(members) if members.keys().any(|key| key.starts_with('@')) => Self::Directive,
            other => Self::of_json(other),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Nothing => "nothing",
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::Text => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
            Self::Directive => "a directive",
        })
    }
}
