//! The currency of an event's value.

use waystation_kit::currency::is_currency_code;
use waystation_kit::prelude::*;

/// Checks that a currency is one, if there is any. Meta wants it in capitals.
///
/// # Errors
/// ISO 4217 does not know it.
pub fn check(currency: Option<&str>) -> Result<()> {
    match currency {
        None | Some("") => Ok(()),
        Some(code) => check_code(code),
    }
}

/// As [`check`], for an event that cannot do without.
///
/// # Errors
/// There is none, or ISO 4217 does not know it.
pub fn check_required(currency: &str) -> Result<()> {
    if currency.is_empty() {
        return Err(Error::payload("A purchase needs a currency"));
    }
    check_code(currency)
}

fn check_code(currency: &str) -> Result<()> {
    if is_currency_code(currency) {
        return Ok(());
    }
    Err(Error::integration(
        format!("\"{currency}\" is no currency of ISO 4217, written in capitals"),
        ErrorCode::INVALID_CURRENCY_CODE,
        400,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_are_codes_in_capitals() {
        for currency in [None, Some(""), Some("EUR")] {
            assert!(check(currency).is_ok(), "{currency:?}");
        }
        for unknown in ["eur", "ABC", "EURO"] {
            let error = check(Some(unknown)).unwrap_err();
            assert_eq!(error.code(), Some(ErrorCode::INVALID_CURRENCY_CODE), "{unknown}");
            assert_eq!(error.status(), Some(400), "{unknown}");
        }
    }

    #[test]
    fn purchases_need_one() {
        assert!(check_required("USD").is_ok());
        let error = check_required("").unwrap_err();
        assert!(matches!(error, Error::PayloadValidation(_)), "{error:?}");
        let error = check_required("usd").unwrap_err();
        assert_eq!(error.code(), Some(ErrorCode::INVALID_CURRENCY_CODE));
    }
}
