//! Subscriptions: the filter language that decides which action runs
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
/// It prints back to its text: `subscription.to_string()`.
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

    /// Whether the subscription wants an event.
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
