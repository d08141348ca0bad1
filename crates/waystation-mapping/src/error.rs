//! What can go wrong while an event is resolved.

use thiserror::Error;
use waystation_liquid::{CompileError, RenderError};

use crate::fault::{InvalidMapping, Kind};
use crate::pointer;

/// An event that could not be resolved.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("{}{} {problem}", event.map(|index| format!("event {index}: ")).unwrap_or_default(), pointer::shown(path))]
pub struct ResolveError {
    /// JSON Pointer to the part of the mapping that failed, empty for the mapping as a whole.
    pub path: String,
    /// The place of the event in its batch, counted from 0; `None` outside batches.
    pub event: Option<usize>,
    /// What failed there.
    pub problem: ResolveProblem,
}

/// The ways in which a part of a mapping can fail on an event.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ResolveProblem {
    /// The data to resolve against must be an object.
    #[error("needs an object as data, but got {found}")]
    DataNotAnObject {
        /// What was given.
        found: Kind,
    },
    /// No directive has this name.
    #[error("names an unknown directive: {name}")]
    UnknownDirective {
        /// The name as written, with its `@`.
        name: String,
    },
    /// A directive needs other arguments.
    #[error("needs {expected}, but has {found}")]
    WrongArguments {
        /// What the directive needs: "an object of options", "an array".
        expected: &'static str,
        /// What was written.
        found: Kind,
    },
    /// A directive lacks an option, or the option is null, false, 0 or empty where it must not be.
    #[error("needs the option {name}")]
    MissingOption {
        /// The option, or the options of which one is needed.
        name: &'static str,
    },
    /// Something must resolve to a text.
    #[error("must resolve to a string, but is {found}")]
    NotText {
        /// What it resolved to.
        found: Kind,
    },
    /// `@case` has an operator it does not know and a text to apply it to.
    #[error("needs the operator \"lower\" or \"upper\"")]
    UnknownCaseOperator,
    /// A pattern or replacement of `@replace` is too long.
    #[error("allows at most {limit} UTF-16 units for the option {name}")]
    OptionTooLong {
        /// The option.
        name: &'static str,
        /// The greatest length allowed, in UTF-16 units.
        limit: usize,
    },
    /// A mapping inside a part that is not checked beforehand is invalid.
    #[error("holds an invalid mapping: {0}")]
    InvalidMapping(InvalidMapping),
    /// The mapping makes too much of the event.
    #[error("makes more than {limit} bytes of text and data from one event")]
    TooMuchData {
        /// The greatest amount allowed, in bytes.
        limit: usize,
    },
    /// A Liquid template is no text.
    #[error("must be a Liquid template, but is {found}")]
    LiquidNotText {
        /// What was written.
        found: Kind,
    },
    /// A Liquid template cannot be read.
    #[error("is not a valid Liquid template: {0}")]
    LiquidTemplate(CompileError),
    /// A Liquid template failed on the event.
    #[error("failed to render: {0}")]
    LiquidRender(RenderError),
}

impl ResolveProblem {
    /// Whether Liquid is to blame.
    #[must_use]
    pub fn is_liquid(&self) -> bool {
        matches!(
            self,
            Self::LiquidNotText { .. } | Self::LiquidTemplate(_) | Self::LiquidRender(_)
        )
    }
}

impl From<ResolveProblem> for ResolveError {
    fn from(problem: ResolveProblem) -> Self {
        Self {
            path: String::new(),
            event: None,
            problem,
        }
    }
}

/// Adds to an error, on its way up, where it came from.
pub(crate) trait At {
    /// The error came from below this key.
    fn at(self, key: &str) -> Self;

    /// The error came from below this item of a list.
    fn at_index(self, index: usize) -> Self;
}

impl<T> At for Result<T, ResolveError> {
    #[inline]
    fn at(self, key: &str) -> Self {
        self.map_err(|error| ResolveError {
            path: pointer::child("", key) + &error.path,
            ..error
        })
    }

    #[inline]
    fn at_index(self, index: usize) -> Self {
        self.map_err(|error| ResolveError {
            path: format!("/{index}{}", error.path),
            ..error
        })
    }
}
