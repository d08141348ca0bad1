//! Numbers that count up in a profile.

use waystation_kit::json::{number_from_f64, parse_number};
use waystation_kit::prelude::*;

use crate::fields::Nullable;
use crate::{Mixpanel, client};

/// Properties that Mixpanel lets one request count up.
const MAXIMUM_PROPERTIES: usize = 20;

/// The code of the error about a value that is no number.
const NOT_NUMERIC: ErrorCode = ErrorCode::new("Non numeric increment value");

/// What to add to the numbers of a profile.
#[derive(Debug, Deserialize, Payload)]
pub struct IncrementProperties {
    /// The IP address of the person. Mixpanel looks up the place and keeps no address.
    #[field(label = "IP address", default = path("$.context.ip"))]
    pub ip: Option<String>,
    /// The ID of the person once known.
    #[serde(default)]
    #[field(label = "User ID", allow_null, default = path("$.userId"))]
    pub user_id: Nullable,
    /// The ID from before the person was known. It stands in for a missing user ID.
    #[serde(default)]
    #[field(label = "Anonymous ID", allow_null, default = path("$.anonymousId"))]
    pub anonymous_id: Nullable,
    /// Properties and what to add to them, for example `{"purchases": 1, "credits": -5}`; at most 20.
    #[field(label = "Increment numerical properties", object_ui = key_value, default = path("$.properties.increment"))]
    pub increment: JsonObject,
}

impl ActionInfo<Mixpanel> for IncrementProperties {
    const SLUG: &'static str = "incrementProperties";
    const TITLE: &'static str = "Increment Properties";
    const DESCRIPTION: &'static str = "Count numbers in the profile of a person up or down.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track""#);
}

impl Action<Mixpanel> for IncrementProperties {
    async fn perform(cx: &Context<Mixpanel>, payload: Self) -> Result<Output> {
        if payload.increment.is_empty() {
            return Ok(json!([]).into());
        }
        let addends = addends(&payload.increment)?;
        let distinct_id = payload.user_id.or(payload.anonymous_id);
        let mut profile = client::profile_of_person(cx.settings(), distinct_id, payload.ip);
        profile.insert("$add".to_owned(), addends.into());
        let answer = client::post_data(cx, "/engage", &profile).await?;
        Ok(json!([answer.data_or_text()]).into())
    }
}

/// Numbers, and texts as the numbers that they stand for. Other values are left out.
fn addends(increment: &JsonObject) -> Result<JsonObject> {
    if increment.len() > MAXIMUM_PROPERTIES {
        return Err(Error::payload(format!(
            "Mixpanel counts up {MAXIMUM_PROPERTIES} properties at a time, and there are {}",
            increment.len()
        )));
    }
    let mut addends = JsonObject::new();
    for (key, value) in increment {
        let addend = match value {
            Value::Number(_) => value.clone(),
            Value::String(text) => number(key, text)?,
            _ => continue,
        };
        addends.insert(key.clone(), addend);
    }
    Ok(addends)
}

fn number(key: &str, text: &str) -> Result<Value> {
    let number = parse_number(text).filter(|number| number.is_finite());
    number.map(number_from_f64).ok_or_else(|| {
        Error::integration(
            format!("the value of \"{key}\" is not a number"),
            NOT_NUMERIC,
            400,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> JsonObject {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn texts_are_numbers_and_other_values_are_left_out() {
        let increment =
            object(json!({"a": " 7 ", "b": -0.5, "c": "0x10", "d": true, "e": null, "f": {"g": 1}}));
        assert_eq!(
            addends(&increment).unwrap(),
            object(json!({"a": 7, "b": -0.5, "c": 16}))
        );
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["many", "1,5", "Infinity", "1e999"] {
            let error = addends(&object(json!({"a": text}))).unwrap_err();
            assert_eq!(error.code(), Some(NOT_NUMERIC), "{text}");
            assert_eq!(error.status(), Some(400), "{text}");
        }
    }

    #[test]
    fn there_is_room_for_twenty_properties() {
        let increment = |len: usize| (0..len).map(|place| (place.to_string(), json!(1))).collect();
        assert_eq!(addends(&increment(20)).unwrap().len(), 20);
        let error = addends(&increment(21)).unwrap_err();
        assert!(matches!(error, Error::PayloadValidation(_)), "{error:?}");
    }
}
