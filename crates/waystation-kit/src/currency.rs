//! Currencies by their codes.

use iso_currency::Currency;

/// Codes of ISO 4217 that are no longer in use and that the table does not know: events may be about the past.
const FORMER: [&str; 2] = ["ANG", "ZWC"];

/// Whether [ISO 4217](https://www.iso.org/iso-4217-currency-codes.html) knows the code, or knew it lately. It is
/// written in capitals.
///
/// ```
/// # use waystation_kit::currency::is_currency_code;
/// assert!(is_currency_code("EUR"));
/// assert!(!is_currency_code("eur"));
/// assert!(!is_currency_code("ABC"));
/// ```
#[must_use]
pub fn is_currency_code(code: &str) -> bool {
    Currency::from_code(code).is_some() || FORMER.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_today_and_of_late_are_known() {
        for code in [
            "EUR", "USD", "SLE", "XCG", "ZWG", "HRK", "ANG", "CUC", "SLL", "ZWC", "XXX",
        ] {
            assert!(is_currency_code(code), "{code}");
        }
    }

    #[test]
    fn everything_else_is_no_code() {
        for text in ["", "US", "USDT", "usd", "AAA", "ZZZ", "€"] {
            assert!(!is_currency_code(text), "{text}");
        }
    }
}
