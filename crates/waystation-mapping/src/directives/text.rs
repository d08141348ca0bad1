//! Texts that a directive needs and another directive may give.

use serde_json::Value;

use crate::error::{ResolveError, ResolveProblem};
use crate::node::Node;
use crate::resolved::Resolved;

/// Something read from a text: once if the mapping holds the text, otherwise for every event.
#[derive(Debug)]
pub(super) enum FromText<T> {
    Known(T),
    Resolved(Box<Node>),
}

impl<T> FromText<T> {
    /// Reads the text a mapping holds, or compiles what is to give it.
    pub(super) fn compile(source: &Value, read: impl FnOnce(&str) -> T) -> Self {
        match source {
            Value::String(text) => Self::Known(read(text)),
            other => Self::Resolved(Box::new(Node::compile(other))),
        }
    }
}

/// The text that something resolved to.
pub(super) fn text_of<'t>(resolved: &'t Resolved<'_>) -> Result<&'t str, ResolveError> {
    resolved.as_text().ok_or_else(|| {
        ResolveProblem::NotText {
            found: resolved.kind(),
        }
        .into()
    })
}
