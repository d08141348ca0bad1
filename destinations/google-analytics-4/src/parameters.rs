//! What Google takes as the value of a custom parameter or of a user property: plain values only.

use waystation_kit::prelude::*;

/// Checks custom parameters. Only `items` may be a list.
///
/// # Errors
/// A value is a list, an object or null.
pub fn check(parameters: &JsonObject) -> Result<()> {
    let unusable = parameters.iter().find(|(key, value)| match value {
        Value::Null | Value::Object(_) => true,
        Value::Array(_) => *key != "items",
        _ => false,
    });
    match unusable {
        Some((key, value)) => Err(refusal("parameter", key, value)),
        None => Ok(()),
    }
}

/// Checks user properties. Null passes: it stands for a property that a person no longer has.
///
/// # Errors
/// A value is a list or an object.
pub fn check_user_properties(properties: &JsonObject) -> Result<()> {
    let unusable = properties
        .iter()
        .find(|(_, value)| value.is_array() || value.is_object());
    match unusable {
        Some((key, value)) => Err(refusal("user property", key, value)),
        None => Ok(()),
    }
}

fn refusal(kind: &str, key: &str, value: &Value) -> Error {
    let found = match value {
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
        _ => "null",
    };
    Error::payload(format!(
        "The {kind} \"{key}\" is {found}; Google Analytics takes texts, numbers and truth values only"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> JsonObject {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn parameters_are_plain_values_but_for_items() {
        assert!(
            check(&object(
                json!({"a": 1, "b": "x", "c": false, "items": [{"item_id": "1"}]})
            ))
            .is_ok()
        );
        for unusable in [
            json!({"a": []}),
            json!({"a": {}}),
            json!({"a": null}),
            json!({"items": {}}),
        ] {
            let error = check(&object(unusable.clone())).unwrap_err();
            assert!(
                matches!(error, Error::PayloadValidation(_)),
                "{unusable}: {error:?}"
            );
        }
    }

    #[test]
    fn user_properties_are_plain_values_or_null() {
        assert!(check_user_properties(&object(json!({"a": 1, "b": null}))).is_ok());
        for unusable in [json!({"a": []}), json!({"a": {}}), json!({"items": []})] {
            let error = check_user_properties(&object(unusable.clone())).unwrap_err();
            assert!(
                matches!(error, Error::PayloadValidation(_)),
                "{unusable}: {error:?}"
            );
        }
    }
}
