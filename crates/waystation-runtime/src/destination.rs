//! A destination with everything compiled that can be compiled once.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;
use waystation_fields::{FieldType, Fields, Mode, Schema};
use waystation_json::JsonObject;
use waystation_kit::Secret;
use waystation_kit::any::{AnyAction, AnyDestination, AnyHook};
use waystation_kit::hooks::HookType;

use crate::error::{DefinitionError, Error, Result, SchemaSubject};

/// A destination and its schemas, ready to run.
pub struct LoadedDestination {
    definition: AnyDestination,
    settings_schema: Option<Schema>,
    audience_schema: Option<Schema>,
    actions: HashMap<&'static str, Arc<LoadedAction>>,
}

/// An action and its schemas, ready to run.
pub struct LoadedAction {
    definition: Arc<AnyAction>,
    schema: Option<Schema>,
    hook_schemas: Vec<(HookType, Schema)>,
    stage: usize,
}

impl LoadedDestination {
    /// Compiles a definition.
    ///
    /// # Errors
    /// A field definition contradicts itself.
    pub fn new(definition: AnyDestination) -> Result<Self, DefinitionError> {
        let compile = |part: &str, fields: &Fields| {
            Schema::compile(fields).map_err(|source| DefinitionError {
                destination: definition.slug,
                part: part.to_owned(),
                source: Box::new(source),
            })
        };
        let settings_schema = definition
            .authentication
            .as_ref()
            .map(|authentication| compile("settings", &authentication.fields))
            .transpose()?;
        let audience_schema = definition
            .audiences
            .as_ref()
            .filter(|audiences| !audiences.fields.is_empty())
            .map(|audiences| compile("audience settings", &audiences.fields))
            .transpose()?;
        let actions = definition
            .actions
            .iter()
            .map(|action| {
                Ok((
                    action.slug,
                    Arc::new(LoadedAction::new(
                        Arc::clone(action),
                        stage(&definition.actions, action, definition.actions.len()),
                        compile,
                    )?),
                ))
            })
            .collect::<Result<_, DefinitionError>>()?;
        Ok(Self {
            definition,
            settings_schema,
            audience_schema,
            actions,
        })
    }

    /// The definition.
    #[must_use]
    pub fn definition(&self) -> &AnyDestination {
        &self.definition
    }

    /// The action of this slug.
    #[must_use]
    pub fn action(&self, slug: &str) -> Option<&Arc<LoadedAction>> {
        self.actions.get(slug)
    }

    /// The slug of an action that looks most like the given one, for a hint in an error message.
    #[must_use]
    pub fn nearest_action(&self, slug: &str) -> Option<&'static str> {
        crate::registry::nearest(slug, self.definition.actions.iter().map(|action| action.slug))
    }

    /// Validates settings: coerces types, removes what is not declared, reports every problem.
    ///
    /// # Errors
    /// The problems.
    pub fn prepare_settings(&self, settings: JsonObject) -> Result<JsonObject> {
        match &self.settings_schema {
            Some(schema) => prepare(schema, settings, Mode::Settings, SchemaSubject::Settings),
            None => Ok(settings),
        }
    }

    /// Validates the settings of an audience; empty ones are not looked at.
    ///
    /// # Errors
    /// The problems.
    pub fn prepare_audience_settings(&self, settings: JsonObject) -> Result<JsonObject> {
        match &self.audience_schema {
            Some(schema) if !settings.is_empty() => {
                prepare(schema, settings, Mode::Settings, SchemaSubject::AudienceSettings)
            }
            _ => Ok(settings),
        }
    }

    /// Whether the runtime refreshes access tokens for this destination.
    #[must_use]
    pub fn refreshes_tokens(&self) -> bool {
        self.definition
            .authentication
            .as_ref()
            .is_some_and(|authentication| authentication.scheme.refreshes_tokens())
    }

    /// The values of settings that must never be shown.
    #[must_use]
    pub fn secrets(&self, settings: &JsonObject) -> Vec<Secret> {
        let Some(authentication) = &self.definition.authentication else {
            return Vec::new();
        };
        authentication
            .fields
            .iter()
            .filter(|(_, field)| field.field_type == FieldType::Password)
            .filter_map(|(key, _)| settings.get(key)?.as_str().map(Secret::from))
            .collect()
    }
}

impl LoadedAction {
    fn new(
        definition: Arc<AnyAction>,
        stage: usize,
        compile: impl Fn(&str, &Fields) -> Result<Schema, DefinitionError>,
    ) -> Result<Self, DefinitionError> {
        // An action without fields takes its payload as it comes: neither cleaned nor validated.
        let schema = (!definition.fields.is_empty())
            .then(|| compile(&format!("fields of {}", definition.slug), &definition.fields))
            .transpose()?;
        let hook_schemas = definition
            .hooks
            .iter()
            .filter(|hook| !hook.input_fields.is_empty())
            .map(|hook| {
                let part = format!("inputs of {} of {}", hook.hook_type.name(), definition.slug);
                Ok((hook.hook_type, compile(&part, &hook.input_fields)?))
            })
            .collect::<Result<_, DefinitionError>>()?;
        Ok(Self {
            definition,
            schema,
            hook_schemas,
            stage,
        })
    }

    /// The definition.
    #[must_use]
    pub fn definition(&self) -> &AnyAction {
        &self.definition
    }

    /// The definition, to keep.
    #[must_use]
    pub fn shared_definition(&self) -> &Arc<AnyAction> {
        &self.definition
    }

    /// When it runs among the actions of one event: those of stage 0 first, then those that
    /// [build on](waystation_kit::action::ActionInfo::AFTER) them, and so on.
    #[must_use]
    pub fn stage(&self) -> usize {
        self.stage
    }

    /// The schema of its payload, if it declares fields.
    #[must_use]
    pub fn schema(&self) -> Option<&Schema> {
        self.schema.as_ref()
    }

    /// Validates the inputs of a hook.
    ///
    /// # Errors
    /// The problems.
    pub fn prepare_hook_inputs(&self, hook: &AnyHook, inputs: Value) -> Result<Value> {
        let Some((_, schema)) = self.hook_schemas.iter().find(|(of, _)| *of == hook.hook_type) else {
            return Ok(inputs);
        };
        let inputs = match inputs {
            Value::Object(inputs) => inputs,
            _ => JsonObject::new(),
        };
        prepare(schema, inputs, Mode::Settings, SchemaSubject::HookInputs).map(Value::Object)
    }
}

fn prepare(schema: &Schema, values: JsonObject, mode: Mode, subject: SchemaSubject) -> Result<JsonObject> {
    schema
        .prepare(values, mode)
        .map_err(|errors| Error::Schema { subject, errors })
}

/// The longest way from the action to one that builds on no other, of this many steps at most: actions that build
/// on each other have no order.
fn stage(actions: &[Arc<AnyAction>], action: &AnyAction, steps: usize) -> usize {
    let Some(steps) = steps.checked_sub(1) else {
        return 0;
    };
    let before = actions.iter().filter(|other| action.after.contains(&other.slug));
    let stages = before.map(|other| stage(actions, other, steps) + 1);
    stages.max().unwrap_or_default()
}
