//! Objects as Klaviyo takes them: resources of [JSON:API](https://jsonapi.org), put together key by key.

use waystation_kit::prelude::*;

/// A JSON object being put together. What is absent is left out.
#[derive(Debug, Clone, Default)]
pub struct WireObject(JsonObject);

impl WireObject {
    /// An empty object.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
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
}

impl From<JsonObject> for WireObject {
    fn from(object: JsonObject) -> Self {
        Self(object)
    }
}

impl From<WireObject> for JsonObject {
    fn from(object: WireObject) -> Self {
        object.0
    }
}

impl From<WireObject> for Value {
    fn from(object: WireObject) -> Self {
        Self::Object(object.0)
    }
}

/// A resource that Klaviyo has no ID for yet.
#[must_use]
pub fn resource(kind: &str, attributes: impl Into<Value>) -> Value {
    WireObject::new()
        .with("type", kind)
        .with("attributes", attributes)
        .into()
}

/// A resource that Klaviyo knows, by its ID alone.
#[must_use]
pub fn identifier(kind: &str, id: &str) -> Value {
    json!({"type": kind, "id": id})
}

/// What every body and every relationship is wrapped in.
#[must_use]
pub fn document(data: impl Into<Value>) -> Value {
    WireObject::new().with("data", data).into()
}

/// As [`document`], of what is borrowed.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Document<T> {
    /// The resource.
    pub data: T,
}

/// As [`resource`], with attributes that are borrowed.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Resource<A> {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What is known about it.
    pub attributes: A,
}
