//! Objects as they are sent, put together key by key.

use waystation_kit::prelude::*;

/// A JSON object being put together. What is absent is left out.
#[derive(Debug, Clone, Default)]
pub struct WireObject(JsonObject);

impl WireObject {
    /// An object with room for so many keys.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self(JsonObject::with_capacity(capacity))
    }

    /// Adds a key, or replaces its value.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    /// Adds a key if there is a value for it.
    #[must_use]
    pub fn with_some(self, key: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Adds a key if the text says something.
    #[must_use]
    pub fn with_text(self, key: &str, text: Option<String>) -> Self {
        self.with_some(key, text.filter(|text| !text.is_empty()))
    }
}

impl From<JsonObject> for WireObject {
    fn from(object: JsonObject) -> Self {
        Self(object)
    }
}

impl From<WireObject> for Value {
    fn from(object: WireObject) -> Self {
        Self::Object(object.0)
    }
}

impl From<WireObject> for JsonObject {
    fn from(object: WireObject) -> Self {
        object.0
    }
}
