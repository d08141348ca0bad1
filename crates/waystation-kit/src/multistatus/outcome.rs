//! What became of one item.

use std::time::Duration;

use serde_json::{Map, Value};

use super::words::partner_message;
use crate::error::{Error, NotSent};
use crate::error_code::ErrorCode;
use crate::retry::{is_retryable_status, wanted_wait};

/// What became of one item of a batch.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemOutcome {
    /// The partner took it.
    Success(ItemSuccess),
    /// Somebody refused it.
    Error(ItemError),
}

/// The partner took the item.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemSuccess {
    /// The status, 200 unless the partner says more.
    pub status: u16,
    /// What was sent for the item.
    pub sent: Value,
    /// What came back for it; the payload given to the action where the partner answers for all at once.
    pub body: Value,
    /// What the partner complained about although it took the item.
    pub warning: Option<String>,
}

/// Somebody refused the item.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemError {
    /// The status that fits; a retryable one is tried again.
    pub status: u16,
    /// The error type; inferred from the status when the action names none.
    pub code: ErrorCode,
    /// What was wrong, in the partner's words where it has some.
    pub message: String,
    /// What was sent for the item, if it was.
    pub sent: Option<Value>,
    /// What came back for it, or the payload given to the action.
    pub body: Option<Value>,
    /// How long the partner asks to wait before this item is tried again.
    pub retry_after: Option<Duration>,
    /// Whether the refusal is about this item, as far as anybody knows.
    pub blame: Blame,
    /// Whether the partner is known to have refused it.
    pub certainty: Certainty,
}

/// Whether the partner is known to have refused an item that counts as failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Certainty {
    /// It was refused, or never got there.
    #[default]
    Refused,
    /// It was sent, and the answer does not say what became of it: see
    /// [`Error::UnknownOutcome`](crate::Error::UnknownOutcome).
    Unknown,
}

/// What a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Blame {
    /// The item itself.
    #[default]
    Item,
    /// The whole request that carried the item: it may be innocent, and fare better in other company.
    Request,
    /// Our own code or configuration ([`Error::Internal`](crate::Error::Internal),
    /// [`Error::Miscounted`](crate::Error::Miscounted)): the same again comes to the same.
    Ourselves,
}

impl ItemSuccess {
    /// Status 200.
    #[must_use]
    pub fn new(sent: Value, body: Value) -> Self {
        Self {
            status: 200,
            sent,
            body,
            warning: None,
        }
    }

    /// Another status of success.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Says that the partner took the item and complained, in its words.
    #[must_use]
    pub fn with_warning(mut self, warning: impl Into<String>) -> Self {
        self.warning = Some(warning.into());
        self
    }

    fn to_node(&self) -> Value {
        let mut node = Map::with_capacity(3);
        node.insert("status".into(), self.status.into());
        node.insert("sent".into(), self.sent.clone());
        node.insert("body".into(), self.body.clone());
        Value::Object(node)
    }
}

impl ItemError {
    /// An error whose type is inferred from its status.
    pub fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            code: ErrorCode::from_status(status),
            message: message.into(),
            sent: None,
            body: None,
            retry_after: None,
            blame: Blame::Item,
            certainty: Certainty::Refused,
        }
    }

    /// The item was sent, and nobody knows whether the partner took it.
    pub fn unknown(message: impl Into<String>) -> Self {
        Self::from_error(&Error::invalid_response(message))
    }

    /// The item's payload does not fit.
    pub fn payload(message: impl Into<String>) -> Self {
        Self::new(400, message).with_code(ErrorCode::PAYLOAD_VALIDATION_FAILED)
    }

    /// An item for which the action reported nothing: never a success, and a fault of the destination's code, so that
    /// another attempt mends nothing.
    #[must_use]
    pub fn missing() -> Self {
        Self {
            blame: Blame::Ourselves,
            ..Self::new(500, "The destination reported no result for this item")
                .with_code(ErrorCode::MISCOUNTED_RESULTS)
        }
    }

    /// Whether the action reported nothing for the item, whether it was sent or not.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        Self {
            certainty: self.certainty,
            ..Self::missing()
        } == *self
    }

    /// What an error means for each item that it concerns, the wait that the partner asks for included.
    #[must_use]
    pub fn from_error(error: &Error) -> Self {
        let status = error.status().unwrap_or(match error {
            Error::Timeout { .. } => 504,
            Error::Network { failure, .. } => failure.item_status(),
            _ => 500,
        });
        let message = error
            .response()
            .map_or_else(|| error.to_string(), partner_message);
        let mut item = Self::new(status, message);
        if let Some(code) = error.code() {
            item.code = code;
        }
        item.retry_after = wanted_wait(error);
        if error.outcome_is_unknown() {
            item.certainty = Certainty::Unknown;
        }
        if matches!(error, Error::Internal(_) | Error::Miscounted(_)) {
            item.blame = Blame::Ourselves;
        }
        item
    }

    /// Adds a complaint about the same item: the first decides on all but the words and the longest wait.
    pub(super) fn join(&mut self, later: &Self) {
        self.message.push_str("; ");
        self.message.push_str(&later.message);
        self.retry_after = self.retry_after.max(later.retry_after);
    }

    /// Says what came back for it.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Option<Value>>) -> Self {
        self.body = body.into();
        self
    }

    /// Replaces the inferred error type.
    #[must_use]
    pub fn with_code(mut self, code: ErrorCode) -> Self {
        self.code = code;
        self
    }

    /// Says how long the partner asks to wait before this item is tried again, if it does.
    #[must_use]
    pub fn with_retry_after(mut self, wait: impl Into<Option<Duration>>) -> Self {
        self.retry_after = wait.into();
        self
    }

    /// Whether the item was sent and nobody knows whether the partner took it.
    #[must_use]
    pub fn outcome_is_unknown(&self) -> bool {
        self.certainty == Certainty::Unknown
    }

    /// Says that the refusal is about the whole request; a fault of ours remains one.
    #[must_use]
    pub fn of_whole_request(mut self) -> Self {
        if self.blame == Blame::Item {
            self.blame = Blame::Request;
        }
        self
    }

    /// Whether another attempt may fare better.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.blame != Blame::Ourselves && is_retryable_status(self.status)
    }

    /// Adds what was sent and what came back (or was given).
    #[must_use]
    pub fn with_exchange(mut self, sent: Value, body: Value) -> Self {
        self.sent = Some(sent);
        self.body = Some(body);
        self
    }

    /// Who reports it: `DESTINATION` if something was sent or came back, else `INTEGRATIONS`.
    #[must_use]
    pub fn reporter(&self) -> &'static str {
        let told = |value: &Option<Value>| {
            value
                .as_ref()
                .is_some_and(|value| value != "" && !value.is_null())
        };
        if told(&self.sent) || told(&self.body) {
            "DESTINATION"
        } else {
            "INTEGRATIONS"
        }
    }
}

impl ItemOutcome {
    /// The status.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Success(success) => success.status,
            Self::Error(error) => error.status,
        }
    }

    /// Whether this item is worth another attempt.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Error(error) if error.is_retryable())
    }

    /// What the partner complained about although it took the item.
    #[must_use]
    pub fn warning(&self) -> Option<&str> {
        match self {
            Self::Success(success) => success.warning.as_deref(),
            Self::Error(_) => None,
        }
    }

    /// Whether the item was sent and nobody knows whether the partner took it.
    #[must_use]
    pub fn outcome_is_unknown(&self) -> bool {
        matches!(self, Self::Error(error) if error.outcome_is_unknown())
    }

    /// Whether the runtime held the item back, so that the partner knows nothing of it.
    #[must_use]
    pub fn is_held_back(&self) -> bool {
        matches!(self, Self::Error(error) if NotSent::is_code(error.code.as_str()))
    }

    /// The item as a node of a `multistatus` list (recorded in `tests/conformance/runtime`).
    #[must_use]
    pub fn to_node(&self) -> Value {
        match self {
            Self::Success(success) => success.to_node(),
            Self::Error(error) => error.to_node(),
        }
    }
}

impl ItemError {
    fn to_node(&self) -> Value {
        let mut node = Map::with_capacity(6);
        node.insert("status".into(), self.status.into());
        node.insert("errortype".into(), self.code.as_str().into());
        node.insert("errormessage".into(), self.message.as_str().into());
        node.insert("errorreporter".into(), self.reporter().into());
        if let Some(sent) = &self.sent {
            node.insert("sent".into(), sent.clone());
        }
        if let Some(body) = &self.body {
            node.insert("body".into(), body.clone());
        }
        Value::Object(node)
    }
}

impl From<ItemSuccess> for ItemOutcome {
    fn from(success: ItemSuccess) -> Self {
        Self::Success(success)
    }
}

impl From<Error> for ItemError {
    fn from(error: Error) -> Self {
        Self::from_error(&error)
    }
}

impl From<Box<Self>> for ItemError {
    fn from(error: Box<Self>) -> Self {
        *error
    }
}

/// The failure of an item that was delivered alone.
impl From<ItemError> for Error {
    fn from(item: ItemError) -> Self {
        match (item.certainty, item.blame) {
            (_, Blame::Ourselves) if item.code == ErrorCode::MISCOUNTED_RESULTS => {
                Self::Miscounted(item.message)
            }
            (Certainty::Unknown, _) => Self::UnknownOutcome {
                message: item.message,
                answer: None,
            },
            (Certainty::Refused, Blame::Ourselves) => Self::Internal(item.message),
            (Certainty::Refused, Blame::Item | Blame::Request) => {
                Self::integration(item.message, item.code, item.status).with_retry_after(item.retry_after)
            }
        }
    }
}

impl From<ItemError> for ItemOutcome {
    fn from(error: ItemError) -> Self {
        Self::Error(error)
    }
}
