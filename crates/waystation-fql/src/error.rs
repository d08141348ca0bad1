//! Why a text is no subscription.

use std::fmt;

use crate::position::Position;

/// Why a text is no subscription, and where in it.
///
/// ```
/// # use waystation_fql::Subscription;
/// let text = r#"type = "track" and event ~ "Signed Up""#;
/// let error = Subscription::parse(text).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "line 1, column 26: expected an operator, a value or a condition, found `~`",
/// );
/// assert_eq!(
///     error.snippet(text),
///     "type = \"track\" and event ~ \"Signed Up\"\n                         ^",
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Where the problem is.
    pub position: Position,
    /// What the problem is.
    pub problem: Problem,
}

impl std::error::Error for ParseError {}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, self.problem)
    }
}

impl ParseError {
    pub(crate) fn at(text: &str, offset: usize, problem: Problem) -> Self {
        Self {
            position: Position::of(text, offset),
            problem,
        }
    }

    /// The line of the problem with a caret under it; `text` is what was parsed.
    #[must_use]
    pub fn snippet(&self, text: &str) -> String {
        self.position.snippet(text)
    }
}

/// What is wrong with a text that is no subscription.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A character that begins nothing of the language.
    #[error("expected an operator, a value or a condition, found `{found}`")]
    UnexpectedCharacter {
        /// The character.
        found: char,
    },
    /// A name runs into a character that cannot follow one.
    #[error(
        "expected a space or an operator after the name, found `{found}`; \
             within a name it is written `\\{found}`"
    )]
    BrokenName {
        /// The character that follows the name.
        found: char,
    },
    /// A backslash with nothing behind it.
    #[error("expected a character after the backslash, found the end of the text")]
    NothingToEscape,
    /// A text in quotes does not end.
    #[error("expected a closing {quote} for the text that begins here, found the end")]
    UnclosedQuote {
        /// The quote that opened it.
        quote: char,
    },
    /// A number ends with its decimal point.
    #[error("expected a digit after the decimal point")]
    NoDecimals,
    /// A number has a second decimal point.
    #[error("expected one decimal point in the number, found a second one")]
    SecondPoint,
    /// A number beyond what a 64-bit float holds.
    #[error("expected a number below 1.8e308, found a larger one")]
    HugeNumber,
    /// An exclamation mark that is neither `!=` nor stands before a function or a group.
    #[error(
        "expected `!=` and a space, or `!` directly before contains(...), match(...) or a group, \
             found `!` followed by {found}"
    )]
    LoneExclamation {
        /// What follows it.
        found: String,
    },
    /// Something else was needed.
    #[error("expected {expected}, found {found}")]
    Unexpected {
        /// What was needed.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A parenthesis is not closed.
    #[error("expected a `)` for the group that begins here, found the end")]
    UnclosedGroup,
    /// Groups and negations within each other, too many of them.
    #[error("expected at most {limit} groups and negations within each other, found more")]
    TooDeep {
        /// The most that are allowed.
        limit: usize,
    },
    /// The text is larger than any subscription needs to be.
    #[error("expected at most {limit} bytes, found {found}")]
    TooLong {
        /// The most that are allowed.
        limit: usize,
        /// The length of the text.
        found: usize,
    },
    /// Nothing in the text is a condition.
    #[error(
        "expected at least one condition, such as type = \"track\", found none; conditions ask for \
             type, event, name, userId, properties, traits or context"
    )]
    NoCondition,
}
