//! Objects as Klaviyo takes them: resources of [JSON:API](https://jsonapi.org).

use waystation_kit::prelude::*;
use waystation_kit::wire::object;

/// A resource that Klaviyo has no ID for yet.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Resource<A> {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What is known about it.
    pub attributes: A,
}

/// What every body and every relationship is wrapped in.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Document<T> {
    /// The resource.
    pub data: T,
}

/// A new resource in its document.
#[must_use]
pub const fn new<A>(kind: &'static str, attributes: A) -> Document<Resource<A>> {
    Document {
        data: Resource { kind, attributes },
    }
}

/// A resource that Klaviyo knows, by its ID alone.
#[must_use]
pub fn identifier(kind: &str, id: &str) -> Value {
    json!({"type": kind, "id": id})
}

/// The attributes of a resource. What is null or an empty text says nothing, and is left out.
///
/// # Errors
/// They cannot be written as JSON.
pub fn attributes(of: &impl Serialize) -> Result<JsonObject> {
    let mut attributes = object(of)?;
    attributes.retain(|_, value| !value.is_null() && value != "");
    Ok(attributes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_that_say_nothing_are_left_out() {
        let told =
            json!({"email": "", "phone": null, "name": "Ana", "properties": {"plan": "", "old": null}});
        let expected = json!({"name": "Ana", "properties": {"plan": "", "old": null}});
        assert_eq!(Value::Object(attributes(&told).unwrap()), expected);
    }
}
