//! What Google drops without a word is refused here: names, lengths and counts
//! ([limits](https://developers.google.com/analytics/devguides/collection/protocol/ga4/sending-events#limitations),
//! [reserved names](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference#reserved_names)),
//! and values without a currency.

use waystation_kit::currency::is_currency_code;
use waystation_kit::prelude::*;

use crate::event::{Currency, EventKind};
use crate::items;

/// The most parameters of an event, and the most user properties of a request.
const MOST_ENTRIES: usize = 25;
/// Parameters that are about the session, not about the event.
const UNCOUNTED: [&str; 2] = ["engagement_time_msec", "session_id"];
/// The most characters in the name of an event or a parameter.
const LONGEST_NAME: usize = 40;
/// The most characters in the name of a user property.
const LONGEST_PROPERTY_NAME: usize = 24;
/// The most characters in the value of a user property.
const LONGEST_PROPERTY: usize = 36;
/// The most characters in the value of a parameter, but for those of [`LONG_PARAMETERS`].
const LONGEST_VALUE: usize = 100;

/// Parameters that may be longer than others ([source](https://support.google.com/analytics/answer/9234069)).
const LONG_PARAMETERS: [(&str, usize); 3] = [
    ("page_location", 1000),
    ("page_referrer", 420),
    ("page_title", 300),
];

/// No name may begin with these.
const RESERVED_PREFIXES: [&str; 5] = ["_", "firebase_", "ga_", "google_", "gtag."];

/// Events that Google's own libraries send.
const RESERVED_EVENTS: [&str; 32] = [
    "ad_activeview",
    "ad_click",
    "ad_exposure",
    "ad_query",
    "ad_reward",
    "adunit_exposure",
    "app_clear_data",
    "app_exception",
    "app_install",
    "app_remove",
    "app_store_refund",
    "app_store_subscription_cancel",
    "app_store_subscription_convert",
    "app_store_subscription_renew",
    "app_update",
    "app_upgrade",
    "dynamic_link_app_open",
    "dynamic_link_app_update",
    "dynamic_link_first_open",
    "error",
    "first_open",
    "first_visit",
    "in_app_purchase",
    "notification_dismiss",
    "notification_foreground",
    "notification_open",
    "notification_receive",
    "notification_send",
    "os_update",
    "screen_view",
    "session_start",
    "user_engagement",
];

/// User properties that Google sets itself.
const RESERVED_PROPERTIES: [&str; 5] = [
    "first_open_after_install",
    "first_open_time",
    "first_visit_time",
    "last_deep_link_referrer",
    "user_id",
];

/// Checks an event as it is to be sent.
///
/// # Errors
/// Google would drop it or a part of it.
pub fn check_event(kind: &EventKind, name: &str, parameters: &JsonObject) -> Result<()> {
    check_name("event", name, LONGEST_NAME, &RESERVED_EVENTS)?;
    check_parameters(parameters)?;
    let items = items::of(parameters)?;
    if kind.needs_items && items.is_empty() {
        return Err(Error::payload("The event needs at least one product"));
    }
    check_currency(kind.currency, parameters, items)?;
    items::check(items)
}

/// Checks the names and values of parameters, those of an event as well as those of an item.
///
/// # Errors
/// Google would drop one.
pub fn check_parameters(parameters: &JsonObject) -> Result<()> {
    let counted = parameters.keys().filter(|key| !UNCOUNTED.contains(&key.as_str()));
    check_count("parameters", counted.count())?;
    for (key, value) in parameters.iter().filter(|(key, _)| *key != items::KEY) {
        check_parameter(key, value)?;
    }
    Ok(())
}

/// Checks a parameter of an event or of an item.
///
/// # Errors
/// Google would drop it.
pub fn check_parameter(key: &str, value: &Value) -> Result<()> {
    check_name("parameter", key, LONGEST_NAME, &[])?;
    let long = LONG_PARAMETERS.iter().find(|(name, _)| *name == key);
    check_value(
        "parameter",
        key,
        value,
        long.map_or(LONGEST_VALUE, |(_, length)| *length),
    )
}

/// Checks user properties. Null stands for a property that a person no longer has.
///
/// # Errors
/// Google would drop one.
pub fn check_user_properties(properties: &JsonObject) -> Result<()> {
    check_count("user properties", properties.len())?;
    for (key, value) in properties {
        check_name("user property", key, LONGEST_PROPERTY_NAME, &RESERVED_PROPERTIES)?;
        if !value.is_null() {
            check_value("user property", key, value, LONGEST_PROPERTY)?;
        }
    }
    Ok(())
}

/// Checks that a currency is one. Upper and lower case do not matter.
///
/// # Errors
/// ISO 4217 does not know it.
pub fn check_currency_code(currency: &str) -> Result<()> {
    if is_currency_code(&currency.to_ascii_uppercase()) {
        return Ok(());
    }
    Err(unusable_currency(format!(
        "\"{currency}\" is no currency of ISO 4217"
    )))
}

fn check_currency(rule: Currency, parameters: &JsonObject, items: &[Value]) -> Result<()> {
    let is_missing = !parameters.contains_key("currency");
    let has_value = parameters
        .get("value")
        .is_some_and(|value| value.as_f64().is_none_or(|value| value != 0.0));
    if is_missing && has_value {
        let message = "A value needs a currency";
        return Err(match rule {
            Currency::NeededForPayment => Error::payload(message),
            Currency::Optional | Currency::Needed => unusable_currency(message),
        });
    }
    let by_first_item = items.first().is_some_and(|item| item.get("currency").is_some());
    if rule != Currency::Optional && is_missing && !by_first_item {
        return Err(Error::payload("The event or its first item needs a currency"));
    }
    Ok(())
}

fn unusable_currency(message: impl Into<String>) -> Error {
    Error::integration(message, ErrorCode::INVALID_CURRENCY_CODE, 400)
}

fn check_count(what: &str, count: usize) -> Result<()> {
    if count <= MOST_ENTRIES {
        return Ok(());
    }
    Err(Error::payload(format!(
        "Google Analytics takes at most {MOST_ENTRIES} {what}, and there are {count}"
    )))
}

fn check_name(what: &str, name: &str, longest: usize, reserved: &[&str]) -> Result<()> {
    let fault = if !name.starts_with(char::is_alphabetic) {
        "has to begin with a letter".to_owned()
    } else if !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        "may have letters, digits and underscores only".to_owned()
    } else if name.chars().count() > longest {
        format!("may have {longest} characters at most")
    } else if RESERVED_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || reserved.contains(&name) {
        "is reserved by Google".to_owned()
    } else {
        return Ok(());
    };
    Err(Error::payload(format!(
        "The name of the {what} \"{name}\" {fault}"
    )))
}

fn check_value(what: &str, key: &str, value: &Value, longest: usize) -> Result<()> {
    let fault = match value {
        Value::Array(_) => "is a list".to_owned(),
        Value::Object(_) => "is an object".to_owned(),
        Value::Null => "is null".to_owned(),
        Value::String(text) if text.chars().count() > longest => {
            format!("has more than {longest} characters")
        }
        Value::String(_) | Value::Number(_) | Value::Bool(_) => return Ok(()),
    };
    Err(Error::payload(format!(
        "The {what} \"{key}\" {fault}; Google Analytics takes texts of {longest} characters, numbers and truth values"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::{AddPaymentInfo, CustomEvent, Refund, ViewItem};
    use crate::event::Kind;

    fn object(value: Value) -> JsonObject {
        serde_json::from_value(value).unwrap()
    }

    fn refusal<K: Kind>(parameters: Value) -> Error {
        check_event(&K::KIND, "some_event", &object(parameters)).unwrap_err()
    }

    fn is_refused(result: Result<()>, reason: &str) {
        let error = result.unwrap_err();
        assert!(
            matches!(&error, Error::PayloadValidation(message) if message.contains(reason)),
            "{reason}: {error:?}"
        );
    }

    #[test]
    fn names_are_words_that_google_does_not_use_itself() {
        let check = |name: &str| check_event(&CustomEvent::KIND, name, &JsonObject::new());
        for name in [
            "lesson_finished",
            "Lesson_1",
            "ärger_gemeldet",
            "gallery",
            "page_view",
            &"n".repeat(40),
        ] {
            assert!(check(name).is_ok(), "{name}");
        }
        for (name, reason) in [
            ("", "begin with a letter"),
            ("9_starts", "begin with a letter"),
            ("_private", "begin with a letter"),
            ("Lesson_Finished!", "letters, digits and underscores"),
            ("dots.and-dashes", "letters, digits and underscores"),
            (&"n".repeat(41), "40 characters"),
            ("session_start", "reserved"),
            ("first_visit", "reserved"),
            ("ga_anything", "reserved"),
            ("firebase_anything", "reserved"),
            ("google_anything", "reserved"),
        ] {
            is_refused(check(name), reason);
        }
    }

    #[test]
    fn parameters_are_plain_short_and_few() {
        let check = |parameters: Value| check_parameters(&object(parameters));
        let many = |count: usize| {
            (0..count)
                .map(|n| (format!("p{n}"), json!(n)))
                .collect::<JsonObject>()
        };
        assert!(
            check(json!({"a": 1, "b": "x".repeat(100), "c": false, "page_location": "x".repeat(1000)}))
                .is_ok()
        );
        let mut most = many(25);
        most.insert("engagement_time_msec".to_owned(), json!(1));
        assert!(check_parameters(&most).is_ok());
        for (parameters, reason) in [
            (json!({"a": []}), "is a list"),
            (json!({"a": {}}), "is an object"),
            (json!({"a": null}), "is null"),
            (json!({"a": "x".repeat(101)}), "more than 100 characters"),
            (
                json!({"page_referrer": "x".repeat(421)}),
                "more than 420 characters",
            ),
            (json!({"a b": 1}), "letters, digits and underscores"),
            (json!({"ga_x": 1}), "reserved"),
            (json!({"n".repeat(41): 1}), "40 characters"),
        ] {
            is_refused(check(parameters), reason);
        }
        is_refused(check_parameters(&many(26)), "at most 25 parameters");
    }

    #[test]
    fn user_properties_are_plain_shorter_and_few() {
        let check = |properties: Value| check_user_properties(&object(properties));
        assert!(check(json!({"a": 1, "b": null, "c": "x".repeat(36), "n".repeat(24): true})).is_ok());
        for (properties, reason) in [
            (json!({"a": []}), "is a list"),
            (json!({"a": {}}), "is an object"),
            (json!({"a": "x".repeat(37)}), "more than 36 characters"),
            (json!({"n".repeat(25): 1}), "24 characters"),
            (json!({"first_open_time": 1}), "reserved"),
            (json!({"user_id": "u"}), "reserved"),
            (json!({"google_x": 1}), "reserved"),
        ] {
            is_refused(check(properties), reason);
        }
    }

    #[test]
    fn a_value_needs_a_currency_whatever_the_event() {
        let items = json!([{"item_id": "k", "currency": "EUR"}]);
        for error in [
            refusal::<ViewItem>(json!({"value": 1.5, "items": items})),
            refusal::<Refund>(json!({"value": 1.5, "items": items})),
            refusal::<CustomEvent>(json!({"value": 1.5})),
        ] {
            assert_eq!(error.code(), Some(ErrorCode::INVALID_CURRENCY_CODE), "{error:?}");
        }
        let error = refusal::<AddPaymentInfo>(json!({"value": 1.5, "items": items}));
        assert!(matches!(error, Error::PayloadValidation(_)), "{error:?}");
        for fine in [
            json!({"value": 1.5, "currency": "EUR"}),
            json!({"value": 0}),
            json!({}),
        ] {
            assert!(check_event(&CustomEvent::KIND, "some_event", &object(fine)).is_ok());
        }
    }

    #[test]
    fn the_first_item_may_say_the_currency() {
        let check = |items: Value| check_event(&Refund::KIND, "refund", &object(json!({"items": items})));
        assert!(check(json!([{"item_id": "a", "currency": "EUR"}, {"item_id": "b"}])).is_ok());
        is_refused(
            check(json!([{"item_id": "a"}, {"item_id": "b", "currency": "EUR"}])),
            "first item needs a currency",
        );
    }

    #[test]
    fn currencies_are_known_in_any_case() {
        for currency in ["USD", "eur", "Jpy", "AED", "ZWG", "SLE"] {
            assert!(check_currency_code(currency).is_ok(), "{currency}");
        }
        for unknown in ["", "EURO", "us", "XXZ", "€", "öre"] {
            let error = check_currency_code(unknown).unwrap_err();
            assert_eq!(error.code(), Some(ErrorCode::INVALID_CURRENCY_CODE), "{unknown}");
            assert_eq!(error.status(), Some(400), "{unknown}");
        }
    }
}
