//! Objects as they are sent, put together key by key.

use serde_json::Value;
use waystation_json::JsonObject;

/// A JSON object being put together. What is absent is left out.
///
/// ```
/// # use waystation_kit::wire::WireObject;
/// let object = WireObject::new()
///     .with("id", 7)
///     .with_some("email", None::<String>)
///     .with_text("phone", Some(String::new()));
/// assert_eq!(serde_json::Value::from(object), serde_json::json!({"id": 7}));
/// ```
#[derive(Debug, Clone, Default)]
pub struct WireObject(JsonObject);

impl WireObject {
    /// An empty object.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_keep_their_order_and_their_last_value() {
        let object = WireObject::with_capacity(2)
            .with("b", 1)
            .with_some("a", Some("x"))
            .with_text("b", Some("2".to_owned()));
        assert_eq!(Value::from(object).to_string(), r#"{"b":"2","a":"x"}"#);
    }

    #[test]
    fn what_is_absent_leaves_no_key_and_removes_none() {
        let given: JsonObject = json!({"a": 1, "b": 2}).as_object().cloned().unwrap();
        let object = WireObject::from(given.clone())
            .with_some("a", None::<Value>)
            .with_text("b", None)
            .with_text("c", Some(String::new()));
        assert_eq!(JsonObject::from(object), given);
    }
}
