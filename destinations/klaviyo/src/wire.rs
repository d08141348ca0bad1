//! Objects as Klaviyo takes them: resources of [JSON:API](https://jsonapi.org).

use waystation_kit::prelude::*;
use waystation_kit::wire::WireObject;

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
