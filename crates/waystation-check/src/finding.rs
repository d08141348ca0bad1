//! What a check finds.

use std::fmt;

/// What a definition has to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Slugs and keys are well formed, so that they can stand in addresses, mappings and paths.
    NamesWellFormed,
    /// Nothing is named twice.
    NamesUnique,
    /// Actions, fields, hooks and presets say what they are.
    Described,
    /// The definitions of fields do not contradict themselves.
    SchemasCompile,
    /// Default mappings can be compiled, and defaults that are values are among the choices.
    DefaultsUsable,
    /// A required field that nobody sees has a default.
    RequiredFieldsCanBeFilled,
    /// Conditions ask for fields that there are.
    ConditionsNameFields,
    /// Settings that look like credentials are passwords.
    SecretsAreHidden,
    /// Dynamic fields have handlers, and handlers have fields.
    DynamicFieldsHaveHandlers,
    /// Batch keys are fields of the payload.
    BatchKeysDeclared,
    /// Subscriptions can be read, mean what they look like, and compare with types that events have.
    SubscriptionsReadable,
    /// Presets map fields of an action that there is, and every field that it requires.
    PresetsFit,
    /// The default sync mode is on offer.
    SyncModesFit,
    /// Actions build on other actions that there are.
    PredecessorsExist,
    /// OAuth destinations can refresh their tokens.
    TokensCanBeRefreshed,
}

/// A mistake in a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is not kept.
    pub rule: Rule,
    /// Where: `settings.apiKey`, `trackEvent.name`, `preset "Track Event"`.
    pub place: String,
    /// What is wrong, and what to do.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({:?})", self.place, self.message, self.rule)
    }
}

/// Findings being collected.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn add(&mut self, rule: Rule, place: impl Into<String>, message: impl Into<String>) {
        self.0.push(Finding {
            rule,
            place: place.into(),
            message: message.into(),
        });
    }

    pub(crate) fn into_list(self) -> Vec<Finding> {
        self.0
    }
}
