//! Subscriptions: the filter language that decides which action runs.
//!
//! A subscription is a short text in Segment's filter query language, FQL. It is parsed once into a
//! [condition tree](tree) and then asked of every event:
//!
//! ```
//! use serde_json::json;
//! use waystation_fql::Subscription;
//!
//! let subscription = Subscription::parse(r#"type = "track" and properties.total >= 50"#)?;
//! assert!(subscription.matches(&json!({"type": "track", "properties": {"total": 59.9}})));
//! assert!(!subscription.matches(&json!({"type": "track", "properties": {"total": "59.9"}})));
//! # Ok::<(), waystation_fql::ParseError>(())
//! ```
//!
//! # The language
//!
//! ## Fields
//!
//! | written | asks |
//! |---|---|
//! | `type`, `event`, `name`, `userId` | that member of the event |
//! | `properties.plan`, `traits.address.city`, `context.ip` | a path below that member |
//! | `properties.product\ 1.price` | a backslash takes the next character into the name, whatever it is |
//! | `properties.items.\0.id` | an item of a list; the digit needs a backslash because names begin with a letter |
//! | `properties.items.length` | the length of a list or of a text |
//!
//! A path that meets `null`, `false`, `0` or an empty text before its end finds just that.
//!
//! ## Conditions
//!
//! | written | holds when the field is |
//! |---|---|
//! | `event = "Signed Up"` | a text, exactly this one; upper and lower case differ |
//! | `event != "Signed Up"` | anything else, missing and null included |
//! | `properties.total = 3`, `!= 3` | a number, equal or not equal; on `event`, `type`, `name` and `userId` the digits are compared as a text |
//! | `<`, `<=`, `>`, `>=` | a number in this relation to the other side, which may be in quotes |
//! | `properties.gift = true`, `= false` | this truth value, not its text; on `event`, `type` and `name` the word is compared as a text |
//! | `properties.plan = null`, `!= null` | missing or null; neither. On `event` and `type` the word is compared as a text |
//! | `contains(event, "Up")` | a text with this in it |
//! | `match(event, "Signed*")` | a text that begins so |
//! | `match(event, "*Up")` | a text that ends so |
//! | `!contains(…)`, `!match(…)` | a text of which the function does not hold |
//! | `!(…)`, `!type = "track"`, `not …` | anything for which the condition does not hold |
//!
//! Functions ask for every field but `type`.
//!
//! ## Values
//!
//! Texts stand in double quotes and have no escapes: `"C:\new"` is what it looks like. A single word may go
//! without them. Numbers are digits with an optional sign and decimal point. Operators stand between spaces.
//!
//! ## Joining conditions
//!
//! `and` and `or`, in any letter case, join the conditions of a level. There is no precedence: **the last
//! one written on a level joins all of it**, so mix them with parentheses, which may nest 64 deep. Where
//! neither is written, all conditions must hold; commas between them change nothing.
//!
//! ```
//! # use serde_json::json;
//! # use waystation_fql::Subscription;
//! let text = r#"type = "track" and (event = "Signed Up" or contains(event, "Trial"))"#;
//! let subscription = Subscription::parse(text)?;
//! assert!(subscription.matches(&json!({"type": "track", "event": "Trial Started"})));
//! assert!(!subscription.matches(&json!({"type": "page", "event": "Trial Started"})));
//! assert_eq!(subscription.to_string(), text);
//! # Ok::<(), waystation_fql::ParseError>(())
//! ```
//!
//! ## What is forgiven
//!
//! The language leaves out words that fit nowhere and conditions on fields it does not know; a word in place
//! of an operator makes a condition that never holds. Segment's own parser does the same, and subscriptions
//! in use depend on it. [`Subscription::parse_with_warnings`] names every such place. Only a text without any
//! condition, or one that cannot be cut into words, is an [error](ParseError).
//!
//! ## Beyond Segment's parser
//!
//! These differ from the parser that Segment ships for destination actions, which turns some of them into an
//! error and others, silently, into another subscription:
//!
//! | written | here | there |
//! |---|---|---|
//! | `(a or (b and c))` | nested groups | an error |
//! | `(contains(…) or b) and c` | functions in groups | the function's `)` ends the group |
//! | `!(…)`, `!type = "track"`, `not …` | negation | the negation is dropped |
//! | `OR`, `or(` | a conjunction | dropped, so all is joined by `and` |
//! | lines that end with carriage return and newline | a line end | conditions get lost |
//! | `event = nul` at the end of the text | the word `nul` | the word `n` |
//! | `properties.toString` | what the event holds | a member of every JavaScript object |
#![forbid(unsafe_code)]

mod error;
mod json;
mod matching;
mod parse;
mod path;
mod position;
mod print;
mod token;
pub mod tree;
mod vocabulary;
mod warning;

use serde_json::Value;

pub use error::{ParseError, Problem};
pub use json::TreeError;
pub use path::Path;
pub use position::Position;
pub use warning::{Suspicion, Warning};

use tree::Group;

/// A subscription, parsed once and asked of every event.
///
/// It prints back to a text that parses to the same tree; comparisons with a number in quotes print the
/// number, which asks the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    root: Group,
}

impl Subscription {
    /// Parses a subscription.
    ///
    /// # Errors
    /// [`ParseError`] with the place, what was found there and what was expected.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Self::parse_with_warnings(text).map(|(subscription, _)| subscription)
    }

    /// Parses a subscription and tells what in it hardly means what it looks like.
    ///
    /// # Errors
    /// [`ParseError`] with the place, what was found there and what was expected.
    pub fn parse_with_warnings(text: &str) -> Result<(Self, Vec<Warning>), ParseError> {
        let (root, warnings) = parse::parse(text)?;
        Ok((Self { root }, warnings))
    }

    /// Whether the subscription wants an event. Allocates nothing.
    #[must_use]
    pub fn matches(&self, event: &Value) -> bool {
        self.root.matches(event)
    }

    /// The condition tree.
    #[must_use]
    pub fn root(&self) -> &Group {
        &self.root
    }

    /// The condition tree as JSON, in the form Segment's user interface keeps it: groups
    /// `{"type": "group", "operator", "children"}` and conditions `{"type", "operator", "name", "value"}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json::group_to_json(&self.root)
    }

    /// Reads a condition tree from the JSON that [`Self::to_json`] writes.
    ///
    /// # Errors
    /// [`TreeError`] when a part of it is not what it must be.
    pub fn from_json(tree: &Value) -> Result<Self, TreeError> {
        json::group_from_json(tree).map(|root| Self { root })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscriptions_can_be_shared_between_threads() {
        fn shared<T: Send + Sync + 'static>() {}
        shared::<Subscription>();
    }
}
