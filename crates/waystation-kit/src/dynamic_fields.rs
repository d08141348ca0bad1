//! Fields whose choices are asked of the partner while a mapping is edited.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use waystation_json::JsonObject;

use crate::context::Context;
use crate::destination::Destination;
use crate::error::Result;
use crate::future::BoxFuture;

/// Asks the partner for the choices of one field.
pub type DynamicFieldHandler<D> =
    for<'a> fn(&'a Context<D>, DynamicFieldRequest) -> BoxFuture<'a, Result<DynamicFieldAnswer>>;

/// The dynamic fields of an action, by field and property.
pub struct DynamicFields<D: Destination> {
    pub(crate) handlers: Vec<(&'static str, DynamicFieldHandler<D>)>,
}

impl<D: Destination> DynamicFields<D> {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self { handlers: Vec::new() }
    }

    /// Adds a field: `list_id` for a scalar, `list.property` for a property of an object or of the objects
    /// in a list, `object.__keys__` and `object.__values__` for objects without declared properties.
    ///
    /// ```ignore
    /// DynamicFields::new().field("list_id", |cx, request| Box::pin(client::lists(cx, request)))
    /// ```
    #[must_use]
    pub fn field(mut self, path: &'static str, handler: DynamicFieldHandler<D>) -> Self {
        self.handlers.push((path, handler));
        self
    }
}

impl<D: Destination> Default for DynamicFields<D> {
    fn default() -> Self {
        Self::new()
    }
}

/// What the editor knows when it asks for choices.
#[derive(Debug, Clone, Default)]
pub struct DynamicFieldRequest {
    /// The payload so far.
    pub payload: Value,
    /// The page to show, as the previous answer named it.
    pub page: Option<String>,
    /// The page to show, from an editor that counts pages instead of asking for them by name; the first is 1.
    pub page_number: Option<u64>,
    /// What the editor sent along: a search `query`, above all.
    pub context: JsonObject,
    /// Which property of an object is meant, for `__values__`.
    pub selected_key: Option<String>,
    /// Which item of a list is meant.
    pub selected_array_index: Option<usize>,
    /// The inputs of the hook so far, for fields of a hook.
    pub hook_inputs: Option<Value>,
}

impl DynamicFieldRequest {
    /// The text that the person searches for.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.context.get("query").and_then(Value::as_str)
    }
}

/// The choices of a dynamic field.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DynamicFieldAnswer {
    /// The choices on this page.
    pub choices: Vec<DynamicChoice>,
    /// What to ask for next; `Some("")` says that this was the last page.
    #[serde(rename = "nextPage", skip_serializing_if = "Option::is_none")]
    pub next_page: Option<String>,
    /// Why there are no choices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<DynamicFieldError>,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DynamicChoice {
    /// What people read.
    pub label: String,
    /// What is put into the mapping.
    pub value: Value,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The type of the property, for `__keys__`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub field_type: Option<String>,
}

impl DynamicChoice {
    /// A choice with a label and a value.
    pub fn new(label: impl Into<String>, value: impl Into<Value>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
            description: None,
            field_type: None,
        }
    }
}

/// Why there are no choices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DynamicFieldError {
    /// For a person.
    pub message: String,
    /// The partner's status or code, as text.
    pub code: String,
}

impl DynamicFieldAnswer {
    /// Choices without further pages.
    #[must_use]
    pub fn of(choices: Vec<DynamicChoice>) -> Self {
        Self {
            choices,
            next_page: None,
            error: None,
        }
    }

    /// No choices, and why.
    pub fn failed(code: impl Into<String>, message: impl Into<String>) -> Self {
        let error = DynamicFieldError {
            message: message.into(),
            code: code.into(),
        };
        Self {
            choices: Vec::new(),
            next_page: None,
            error: Some(error),
        }
    }
}
