//! Texts of payloads and answers: an empty one says as little as none.

use serde_json::Value;

/// The text, if it says something.
///
/// ```
/// # use waystation_kit::text::filled;
/// assert_eq!(filled(&Some("ana".to_owned())), Some("ana"));
/// assert_eq!(filled(&Some(String::new())), None);
/// ```
#[must_use]
pub fn filled<T: AsRef<str>>(text: &Option<T>) -> Option<&str> {
    text.as_ref().map(AsRef::as_ref).filter(|text| !text.is_empty())
}

/// Whether a text says something.
#[must_use]
pub fn is_given<T: AsRef<str>>(text: &Option<T>) -> bool {
    filled(text).is_some()
}

/// The text itself, if it says something.
#[must_use]
pub fn non_empty(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// What a key of an object says as a text, if it says something.
///
/// ```
/// # use serde_json::json;
/// # use waystation_kit::text::text;
/// let error = json!({"message": "no such list", "detail": "", "code": 7});
/// assert_eq!(text(&error, "message"), Some("no such list"));
/// assert_eq!((text(&error, "detail"), text(&error, "code"), text(&error, "field")), (None, None, None));
/// ```
#[must_use]
pub fn text<'value>(object: &'value Value, key: &str) -> Option<&'value str> {
    object.get(key)?.as_str().filter(|text| !text.is_empty())
}

/// The ID that a key of an object holds as a text or as a whole number: partners change their minds about which.
///
/// ```
/// # use serde_json::json;
/// # use waystation_kit::text::id;
/// assert_eq!(id(&json!({"id": 1_000_000_000}), "id").as_deref(), Some("1000000000"));
/// assert_eq!(id(&json!({"id": "a7"}), "id").as_deref(), Some("a7"));
/// assert_eq!(id(&json!({"id": null}), "id"), None);
/// ```
#[must_use]
pub fn id(object: &Value, key: &str) -> Option<String> {
    match object.get(key)? {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) if id.is_i64() || id.is_u64() => Some(id.to_string()),
        _ => None,
    }
}
