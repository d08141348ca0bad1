//! What happens when a person saves a mapping: creating the list that events will go to, for example.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use waystation_fields::Fields;

use crate::context::Context;
use crate::destination::Destination;
use crate::dynamic_fields::DynamicFields;
use crate::error::Result;
use crate::future::BoxFuture;

/// When a hook runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HookType {
    /// A mapping is saved, whatever its source.
    OnMappingSave,
    /// A mapping of a warehouse source is saved.
    RetlOnMappingSave,
}

impl HookType {
    /// Every type.
    pub const ALL: [Self; 2] = [Self::OnMappingSave, Self::RetlOnMappingSave];

    /// The name in mappings, manifests and addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OnMappingSave => "onMappingSave",
            Self::RetlOnMappingSave => "retlOnMappingSave",
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hook| hook.name() == name)
    }
}

/// Runs a hook.
pub type HookHandler<D> = for<'a> fn(&'a Context<D>, HookRequest) -> BoxFuture<'a, Result<HookAnswer>>;

/// The hooks of an action.
pub struct Hooks<D: Destination> {
    pub(crate) hooks: Vec<Hook<D>>,
}

/// One hook.
pub struct Hook<D: Destination> {
    /// When it runs.
    pub hook_type: HookType,
    /// What people read.
    pub label: &'static str,
    /// What it does, in a sentence.
    pub description: &'static str,
    /// What the person is asked for.
    pub input_fields: Fields,
    /// The inputs whose choices are asked of the partner.
    pub dynamic_inputs: DynamicFields<D>,
    /// What the hook saves.
    pub output_types: Fields,
    /// What it does.
    pub handler: HookHandler<D>,
}

impl<D: Destination> Hooks<D> {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self { hooks: Vec::new() }
    }

    /// Adds a hook.
    #[must_use]
    pub fn hook(mut self, hook: Hook<D>) -> Self {
        self.hooks.push(hook);
        self
    }
}

impl<D: Destination> Default for Hooks<D> {
    fn default() -> Self {
        Self::new()
    }
}

/// What a hook is told.
#[derive(Debug, Clone, Default)]
pub struct HookRequest {
    /// The mapping that is being saved, as far as the editor sends it.
    pub payload: Value,
    /// The inputs, validated against the hook's input fields.
    pub inputs: Value,
    /// What the hook saved the last time.
    pub previous_outputs: Option<Value>,
    /// A page, where the editor sends one.
    pub page: Option<String>,
}

/// What a hook answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HookAnswer {
    /// What to tell the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub success_message: Option<String>,
    /// What to keep with the mapping and hand to `perform`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved_data: Option<Value>,
    /// Why nothing was saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<HookError>,
}

/// Why a hook saved nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HookError {
    /// For a person.
    pub message: String,
    /// A stable code.
    pub code: String,
}

impl HookAnswer {
    /// Saved, with a word to the person.
    pub fn saved(message: impl Into<String>, data: Value) -> Self {
        Self {
            success_message: Some(message.into()),
            saved_data: Some(data),
            error: None,
        }
    }

    /// Nothing saved, and why.
    pub fn failed(code: impl Into<String>, message: impl Into<String>) -> Self {
        let error = HookError {
            message: message.into(),
            code: code.into(),
        };
        Self {
            error: Some(error),
            ..Self::default()
        }
    }
}
