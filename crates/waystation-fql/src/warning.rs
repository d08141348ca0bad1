//! What a subscription says that its author hardly meant.

use std::fmt;

use crate::position::Position;

/// A place of a valid subscription that hardly means what it looks like.
///
/// The language forgives much: it leaves out what it does not know, and reads some slips as conditions that
/// never hold. These are for the author's eyes; they do not change what the subscription does.
///
/// ```
/// # use waystation_fql::Subscription;
/// let text = "type = \"track\" and anonymousId != null";
/// let (subscription, warnings) = Subscription::parse_with_warnings(text)?;
/// assert_eq!(subscription.to_string(), "type = \"track\"");
/// assert_eq!(warnings[0].to_string(), "line 1, column 20: `anonymousId != null` is left out: conditions \
///     ask for type, event, name, userId, properties, traits or context");
/// # Ok::<(), waystation_fql::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Where it is.
    pub position: Position,
    /// What it is.
    pub suspicion: Suspicion,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, self.suspicion)
    }
}

impl Warning {
    /// The line with a caret under the place; `text` is what was parsed.
    #[must_use]
    pub fn snippet(&self, text: &str) -> String {
        self.position.snippet(text)
    }
}

/// What hardly means what it looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suspicion {
    /// Words that are no condition.
    LeftOut {
        /// The words.
        words: String,
    },
    /// A level with both conjunctions.
    MixedConjunctions {
        /// The one that counts, because it comes last.
        used: &'static str,
    },
    /// A word in place of an operator: the condition never holds.
    UnknownOperator {
        /// The word.
        found: String,
    },
    /// Something in place of a value that is none.
    NoValue {
        /// What it is.
        found: String,
    },
    /// Single quotes, which belong to the value.
    SingleQuotes,
    /// An ordering against something that is no number: the condition never holds.
    NoNumber {
        /// What it is compared with.
        found: String,
    },
    /// A pattern that is more than a beginning or an ending.
    Pattern {
        /// The pattern.
        found: String,
    },
    /// A function of something that is no field a function can ask: the condition is left out.
    NoField {
        /// What it is.
        found: String,
    },
    /// A function call that is not `function(field, "text")`.
    MalformedCall {
        /// What stands in place of a parenthesis or of the comma.
        found: String,
    },
    /// Parentheses with no condition in them.
    EmptyGroup,
}

impl fmt::Display for Suspicion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeftOut { words } => write!(
                f,
                "`{words}` is left out: conditions ask for type, event, name, userId, properties, traits \
                 or context"
            ),
            Self::MixedConjunctions { used } => write!(
                f,
                "`and` and `or` are mixed without parentheses: the last one, `{used}`, joins them all"
            ),
            Self::UnknownOperator { found } => {
                write!(f, "{found} is no operator: the condition never holds")
            }
            Self::NoValue { found } => write!(f, "expected a value, found {found}, which is compared with"),
            Self::SingleQuotes => {
                f.write_str("the single quotes belong to the value; texts are written in double quotes")
            }
            Self::NoNumber { found } => write!(f, "{found} is no number: the condition never holds"),
            Self::Pattern { found } => write!(
                f,
                "{found} is neither \"beginning*\" nor \"*ending\"; only a star at the one or the other end \
                 stands for anything"
            ),
            Self::NoField { found } => write!(
                f,
                "the condition is left out: functions ask for event, name, userId, properties, traits or \
                 context, not for {found}"
            ),
            Self::MalformedCall { found } => {
                write!(
                    f,
                    "expected contains(field, \"text\") or match(field, \"pattern\"), found {found}"
                )
            }
            Self::EmptyGroup => f.write_str("there is no condition in this group: it never holds"),
        }
    }
}
