//! The currency of an event's value.

use waystation_kit::currency::is_currency_code;
use waystation_kit::prelude::*;

/// Checks that a currency is one. Meta wants it in capitals.
///
/// # Errors
/// ISO 4217 does not know it, or there is none although it is needed.
pub fn check(currency: Option<&str>, is_needed: bool) -> Result<()> {
    match currency {
        None | Some("") if is_needed => Err(Error::payload("A purchase needs a currency")),
        None | Some("") => Ok(()),
        Some(code) if is_currency_code(code) => Ok(()),
        Some(unknown) => Err(Error::integration(
            format!("\"{unknown}\" is no currency of ISO 4217, written in capitals"),
            ErrorCode::INVALID_CURRENCY_CODE,
            400,
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_are_codes_in_capitals() {
        for currency in [None, Some(""), Some("EUR")] {
            assert!(check(currency, false).is_ok(), "{currency:?}");
        }
        for unknown in ["eur", "ABC", "EURO"] {
            let error = check(Some(unknown), true).unwrap_err();
            assert_eq!(error.code(), Some(ErrorCode::INVALID_CURRENCY_CODE), "{unknown}");
            assert_eq!(error.status(), Some(400), "{unknown}");
        }
    }

    #[test]
    fn purchases_need_one() {
        assert!(check(Some("USD"), true).is_ok());
        for missing in [None, Some("")] {
            let error = check(missing, true).unwrap_err();
            assert!(matches!(error, Error::PayloadValidation(_)), "{error:?}");
        }
    }
}
