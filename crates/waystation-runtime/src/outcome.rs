//! What became of an event or a batch.

use std::time::Duration;

use serde_json::{Value, json};
use waystation_kit::{ItemError, ItemOutcome, Output};

use crate::error::Error;
use crate::pipeline::InvalidFilter;
use crate::retry::Attempt;

/// What one subscription came to, and how.
#[derive(Debug, Clone)]
pub struct Report<O> {
    /// The filter.
    pub subscribe: String,
    /// The slug of the action.
    pub action: String,
    /// The outcome.
    pub result: Result<O, Error>,
    /// The attempts, if it came to any.
    pub attempts: Vec<Attempt>,
    /// From the event's arrival to the result.
    pub duration: Duration,
}

/// Why a subscription did nothing: a visible outcome, never silence.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Skip {
    /// The filter is missing or unreadable.
    #[error("{0}")]
    InvalidFilter(#[from] InvalidFilter),
    /// The filter does not match the event, or no event of the batch.
    #[error("not subscribed")]
    NotSubscribed,
    /// The destination has no such action.
    #[error("the destination has no action \"{0}\"")]
    UnknownAction(String),
}

/// What became of one event.
#[derive(Debug, Clone)]
pub enum EventOutcome {
    /// Nothing was to be done.
    Skipped(Skip),
    /// The action was performed.
    Performed {
        /// Whether the payload was validated, or the action declares no fields.
        validated: bool,
        /// What the action returned.
        output: Output,
    },
}

/// What became of a batch.
#[derive(Debug, Clone)]
pub enum BatchOutcome {
    /// Nothing was to be done for any item.
    Skipped(Skip),
    /// A result for each item, in order.
    Items(Vec<ItemOutcome>),
    /// The attempt failed as a whole; the items say what is known of each.
    Failed {
        /// The failure.
        error: waystation_kit::Error,
        /// A result for each item: the findings of validation, and the failure for the rest.
        items: Vec<ItemOutcome>,
    },
}

impl EventOutcome {
    /// What the partner complained about although it took the event.
    #[must_use]
    pub fn warning(&self) -> Option<&str> {
        match self {
            Self::Skipped(_) => None,
            Self::Performed { output, .. } => output.warning(),
        }
    }

    /// The list of steps in which the platform tells an outcome (recorded in `tests/conformance/runtime`).
    #[must_use]
    pub fn to_steps(&self) -> Vec<Value> {
        match self {
            Self::Skipped(skip) => skip.to_steps(),
            Self::Performed { validated, output } => {
                let mut steps = vec![json!({"output": "Mappings resolved"})];
                if *validated {
                    steps.push(json!({"output": "Payload validated"}));
                }
                let mut last = json!({"output": "Action Executed"});
                if let Some(data) = output.clone().into_data() {
                    last["data"] = data;
                }
                steps.push(last);
                steps
            }
        }
    }
}

impl BatchOutcome {
    /// The outcome as the platform tells it: `[{multistatus}]`, or a step that says why there is none.
    #[must_use]
    pub fn to_steps(&self) -> Vec<Value> {
        match self {
            Self::Skipped(skip) => skip.to_steps(),
            Self::Items(items) | Self::Failed { items, .. } => {
                vec![json!({"multistatus": nodes(items)})]
            }
        }
    }

    /// The results, if the batch came as far as that.
    #[must_use]
    pub fn items(&self) -> Option<&[ItemOutcome]> {
        match self {
            Self::Skipped(_) => None,
            Self::Items(items) | Self::Failed { items, .. } => Some(items),
        }
    }
}

/// Results as nodes of a `multistatus` list.
#[must_use]
pub fn nodes(items: &[ItemOutcome]) -> Vec<Value> {
    items.iter().map(ItemOutcome::to_node).collect()
}

impl Skip {
    fn to_steps(&self) -> Vec<Value> {
        match self {
            Self::InvalidFilter(_) | Self::NotSubscribed => vec![json!({"output": self.on_the_platform()})],
            Self::UnknownAction(_) => Vec::new(),
        }
    }

    /// The platform's words for it, which its users may look for.
    fn on_the_platform(&self) -> String {
        match self {
            Self::InvalidFilter(InvalidFilter::Missing) => "Failed to validate subscription".into(),
            Self::InvalidFilter(InvalidFilter::Unreadable(error)) => {
                format!("Invalid subscription : {error}")
            }
            Self::NotSubscribed => "not subscribed".into(),
            Self::UnknownAction(action) => format!("the destination has no action \"{action}\""),
        }
    }

    /// What the skip means for each item of a batch.
    #[must_use]
    pub fn to_item(&self) -> ItemError {
        match self {
            Self::NotSubscribed => ItemError::payload("The event does not match the subscription"),
            other => ItemError::payload(other.on_the_platform()),
        }
    }
}
