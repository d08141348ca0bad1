//! The schema of an action or of the settings, and what it does to a payload.

use serde_json::Value;
use waystation_json::JsonObject;

use crate::compile;
use crate::error::{SchemaError, ValidationErrors};
use crate::fields::Fields;
use crate::json_schema;
use crate::node::ObjectNode;
use crate::path::Path;
use crate::walk::{Empties, Walk};

/// The key of a payload that outlives the removal of undeclared keys with the value it came with: the
/// runtime hands authentication down in it.
const EXEMPT_KEY: &str = "dynamicAuthSettings";

/// What a payload is prepared for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The payload of one event. Empty values go first, empty texts of the payload's own fields among them.
    Single,
    /// The payload of one event of a batch. Empty values go first, but empty texts of text fields stay.
    BatchItem,
    /// Settings. Nothing is empty.
    Settings,
}

/// Compiled fields. See the [crate's documentation](crate) for what they do to a payload.
#[derive(Debug)]
pub struct Schema {
    root: ObjectNode,
    json_schema: Value,
}

impl Schema {
    /// Compiles fields. Do it once for each action.
    ///
    /// # Errors
    ///
    /// When no payload could be checked against the definition; see [`Mistake`](crate::Mistake).
    pub fn compile(fields: &Fields) -> Result<Self, SchemaError> {
        let root = compile::payload(fields)?;
        let json_schema = json_schema::of_payload(fields, &root);
        Ok(Self { root, json_schema })
    }

    /// Cleans, coerces and validates a payload. What is not changed is moved, not copied.
    ///
    /// An action without fields takes every payload as it is; settings without fields lose everything.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the payload, by field in the order of the definition.
    pub fn prepare(&self, mut payload: JsonObject, mode: Mode) -> Result<JsonObject, ValidationErrors> {
        if self.root.is_empty() && mode != Mode::Settings {
            return Ok(payload);
        }
        if mode == Mode::Single {
            payload.retain(|_, value| !matches!(value, Value::String(text) if text.is_empty()));
        }
        let exempt = self.declared_exemption(&payload);
        let empties = if mode == Mode::Settings {
            Empties::Keep
        } else {
            Empties::Remove
        };
        let mut walk = Walk::default();
        walk.object(&mut payload, &self.root, &Path::Root, empties, |key| {
            key == EXEMPT_KEY
        });
        let errors = walk.into_errors();
        if !errors.is_empty() {
            return Err(ValidationErrors::new(errors));
        }
        if let Some(exempt) = exempt {
            restore(&mut payload, exempt);
        }
        Ok(payload)
    }

    /// The JSON schema that describes prepared payloads.
    #[must_use]
    pub const fn to_json_schema(&self) -> &Value {
        &self.json_schema
    }

    /// The value of the exempt key, where fields declare it and may change it.
    fn declared_exemption(&self, payload: &JsonObject) -> Option<Value> {
        self.root
            .property(EXEMPT_KEY, 0)
            .and_then(|_| payload.get(EXEMPT_KEY).cloned())
    }
}

/// Undoes a conversion of the exempt value; changes inside of it stay.
fn restore(payload: &mut JsonObject, original: Value) {
    if let Some(value) = payload.get_mut(EXEMPT_KEY)
        && std::mem::discriminant(value) != std::mem::discriminant(&original)
    {
        *value = original;
    }
}
