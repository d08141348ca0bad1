//! What is told about a contact: to keep, or for the moment only.
//!
//! In `data`, Plunk [stores](https://docs.useplunk.com/api-reference/overview) a plain value with the contact and
//! deletes the key for `null`. A value wrapped as `{"value": …, "persistent": false}` reaches the workflow or
//! e-mail at hand and is forgotten.

use serde_json::map::Entry;
use waystation_kit::prelude::*;

/// The contact's language. Plunk answers 400 unless it is a plain text, so it cannot be wrapped.
const LOCALE: &str = "locale";

/// Puts both kinds together. A key that is in both is stored.
///
/// Temporary `null`s have nothing to say and are left out, as is a temporary `locale`: there is no way to send
/// it that would not change the contact's.
#[must_use]
pub fn combine(stored: Option<JsonObject>, temporary: Option<JsonObject>) -> JsonObject {
    let mut data = stored.unwrap_or_default();
    for (key, value) in temporary.unwrap_or_default() {
        if value.is_null() || key == LOCALE {
            continue;
        }
        if let Entry::Vacant(place) = data.entry(key) {
            place.insert(json!({"value": value, "persistent": false}));
        }
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    fn combined(stored: Value, temporary: Value) -> Value {
        let object = |value| serde_json::from_value(value).unwrap();
        Value::Object(combine(object(stored), object(temporary)))
    }

    #[test]
    fn temporary_values_are_wrapped() {
        assert_eq!(
            combined(
                json!({"plan": "pro", "old": null}),
                json!({"order": {"id": 42}, "note": ""})
            ),
            json!({
                "plan": "pro",
                "old": null,
                "order": {"value": {"id": 42}, "persistent": false},
                "note": {"value": "", "persistent": false},
            })
        );
    }

    #[test]
    fn what_is_stored_wins() {
        assert_eq!(
            combined(json!({"plan": "pro"}), json!({"plan": "trial"})),
            json!({"plan": "pro"})
        );
    }

    #[test]
    fn nothing_and_the_language_cannot_be_temporary() {
        assert_eq!(
            combined(json!(null), json!({"gone": null, "locale": "de"})),
            json!({})
        );
        assert_eq!(
            combined(json!({"locale": "de"}), json!(null)),
            json!({"locale": "de"})
        );
    }
}
