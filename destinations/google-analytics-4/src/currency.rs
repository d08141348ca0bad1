//! Currencies, and where an event has to say them.

use serde_json::Number;
use waystation_kit::currency::is_currency_code;
use waystation_kit::json::number::as_f64;
use waystation_kit::prelude::*;

use crate::items::Item;

/// Checks that a currency is one. Upper and lower case do not matter.
///
/// # Errors
/// ISO 4217 does not know it.
pub fn check(currency: &str) -> Result<()> {
    if is_currency_code(&currency.to_ascii_uppercase()) {
        return Ok(());
    }
    Err(Error::integration(
        format!("\"{currency}\" is no currency of ISO 4217"),
        ErrorCode::INVALID_CURRENCY_CODE,
        400,
    ))
}

/// As [`check`], for a currency that may be left out or empty.
///
/// # Errors
/// ISO 4217 does not know it.
pub fn check_optional(currency: Option<&str>) -> Result<()> {
    currency
        .filter(|currency| !currency.is_empty())
        .map_or(Ok(()), check)
}

/// Whether there is a value in no currency at all.
#[must_use]
pub fn is_missing(value: Option<&Number>, currency: Option<&str>) -> bool {
    currency.is_none() && value.is_some_and(|value| as_f64(value) != 0.0)
}

/// Checks that a value comes with a currency.
///
/// # Errors
/// It does not; [`ErrorCode::INVALID_CURRENCY_CODE`].
pub fn check_value(value: Option<&Number>, currency: Option<&str>) -> Result<()> {
    if is_missing(value, currency) {
        return Err(Error::integration(
            VALUE_WITHOUT_CURRENCY,
            ErrorCode::INVALID_CURRENCY_CODE,
            400,
        ));
    }
    Ok(())
}

/// What is wrong with a value in no currency.
pub const VALUE_WITHOUT_CURRENCY: &str = "A value needs a currency";

/// Checks that the event or its first item says the currency. Google takes that of the first item if the event has
/// none.
///
/// # Errors
/// Neither does.
pub fn check_event_or_items(currency: Option<&str>, items: &[Item]) -> Result<()> {
    if currency.is_none() && items.first().and_then(Item::currency).is_none() {
        return Err(Error::payload("The event or its first item needs a currency"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_are_known_in_any_case() {
        for currency in ["USD", "eur", "Jpy", "AED", "ZWG", "SLE"] {
            assert!(check(currency).is_ok(), "{currency}");
        }
        for unknown in ["", "EURO", "us", "XXZ", "€", "öre"] {
            let error = check(unknown).unwrap_err();
            assert_eq!(error.code(), Some(ErrorCode::INVALID_CURRENCY_CODE), "{unknown}");
            assert_eq!(error.status(), Some(400), "{unknown}");
        }
        assert!(check_optional(None).is_ok());
        assert!(check_optional(Some("")).is_ok());
        assert!(check_optional(Some("EURO")).is_err());
    }

    #[test]
    fn a_value_other_than_nothing_needs_a_currency() {
        let number = |value: f64| Number::from_f64(value).unwrap();
        assert!(check_value(Some(&number(1.5)), Some("EUR")).is_ok());
        assert!(check_value(Some(&number(0.0)), None).is_ok());
        assert!(check_value(None, None).is_ok());
        let error = check_value(Some(&number(1.5)), None).unwrap_err();
        assert_eq!(error.code(), Some(ErrorCode::INVALID_CURRENCY_CODE));
    }

    #[test]
    fn the_first_item_may_say_the_currency() {
        let items = |items: Value| serde_json::from_value::<Vec<Item>>(items).unwrap();
        assert!(check_event_or_items(Some("EUR"), &[]).is_ok());
        assert!(check_event_or_items(None, &items(json!([{"currency": "EUR"}, {}]))).is_ok());
        for silent in [
            json!([]),
            json!([{}, {"currency": "EUR"}]),
            json!([{"currency": ""}]),
        ] {
            let error = check_event_or_items(None, &items(silent.clone())).unwrap_err();
            assert!(
                matches!(error, Error::PayloadValidation(_)),
                "{silent}: {error:?}"
            );
        }
    }
}
