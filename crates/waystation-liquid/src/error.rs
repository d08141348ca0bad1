//! What can go wrong, and where in the template.

use std::fmt;

use thiserror::Error;

use crate::budget::BudgetExceeded;

/// A place in a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Counts from 1.
    pub line: u32,
    /// In characters, counts from 1.
    pub column: u32,
}

impl Position {
    /// The place of a byte offset.
    pub(crate) fn of(source: &str, offset: usize) -> Self {
        let before = source.get(..offset).unwrap_or(source);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX - 1) + 1;
        Self {
            line: count(before.matches('\n').count()),
            column: count(before.get(line_start..).unwrap_or_default().chars().count()),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}, column {}", self.line, self.column)
    }
}

/// A template that cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{problem} ({position})")]
pub struct CompileError {
    /// What is wrong.
    pub problem: SyntaxProblem,
    /// Where it is.
    pub position: Position,
}

/// What is wrong with a template's text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SyntaxProblem {
    /// The whole template is too long; nothing of it was read.
    #[error("the template has {length} UTF-16 units, more than the {limit} that are allowed")]
    TooLong {
        /// Its length.
        length: usize,
        /// The greatest length.
        limit: usize,
    },
    /// An output, tag or block without its end.
    #[error("`{opening}` is not closed")]
    NotClosed {
        /// How it starts.
        opening: String,
    },
    /// `{% %}`.
    #[error("a tag needs a name")]
    MissingTagName,
    /// No such tag; also the case for `else` or `endif` out of place.
    #[error("there is no tag `{name}` here")]
    UnknownTag {
        /// As written.
        name: String,
    },
    /// A tag of Liquid that mappings may not use.
    #[error("the tag `{name}` is disabled")]
    DisabledTag {
        /// As written.
        name: String,
    },
    /// Text after a tag that takes none.
    #[error("`{tag}` takes no arguments, but `{found}` follows it")]
    UnexpectedArguments {
        /// The tag's name.
        tag: &'static str,
        /// The text.
        found: String,
    },
    /// A second `else` in an `if`.
    #[error("an `if` has one `else`")]
    SecondElse,
    /// An `elsif` after the `else` of an `if`.
    #[error("`elsif` must come before `else`")]
    ElsifAfterElse,
    /// Some other thing had to stand here.
    #[error("expected {expected}, found `{found}`")]
    Expected {
        /// What had to stand here.
        expected: &'static str,
        /// The start of what does.
        found: String,
    },
    /// `{% cycle %}`.
    #[error("`cycle` needs at least one value")]
    EmptyCycle,
    /// A line of an inline comment without its `#`.
    #[error("every line of an inline comment starts with `#`")]
    CommentLine,
    /// Blocks, ranges or brackets inside one another.
    #[error("the template is nested more than {limit} levels deep")]
    TooDeep {
        /// The greatest depth.
        limit: usize,
    },
}

/// A template that cannot be rendered against this event.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{failure} ({position})")]
pub struct RenderError {
    /// What failed.
    pub failure: Failure,
    /// The output or tag in which it failed.
    pub position: Position,
}

/// What failed while rendering.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Failure {
    /// A filter of Liquid that mappings may not use.
    #[error("the filter `{name}` is disabled")]
    DisabledFilter {
        /// Its name.
        name: &'static str,
    },
    /// A filter with too few or too many arguments.
    #[error("the filter `{filter}` takes {expected}")]
    WrongArguments {
        /// Its name.
        filter: &'static str,
        /// What it takes.
        expected: &'static str,
    },
    /// `date` with a time zone that does not exist.
    #[error("there is no time zone `{name}`")]
    UnknownTimeZone {
        /// As given.
        name: String,
    },
    /// `url_decode` on a text with a broken escape.
    #[error("the text has a malformed percent escape")]
    MalformedPercentEscape,
    /// `where` with a property that is not a path.
    #[error("`{property}` is not a property: {problem}")]
    InvalidProperty {
        /// As given.
        property: String,
        /// What is wrong with it.
        problem: SyntaxProblem,
    },
    /// A list inside itself too many times.
    #[error("the value is nested more than {limit} levels deep")]
    TooDeep {
        /// The greatest depth.
        limit: usize,
    },
    /// The template asked for too much.
    #[error(transparent)]
    BudgetExceeded(#[from] BudgetExceeded),
}

/// The start of a text, short enough for a message.
pub(crate) fn snippet(text: &str) -> String {
    const LENGTH: usize = 32;
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
