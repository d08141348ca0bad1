//! Times as the Measurement Protocol counts them: microseconds since 1970.

use waystation_kit::date::millis_of_text;
use waystation_kit::json::parse_number;
use waystation_kit::prelude::*;

/// Numbers that count microseconds of this century.
const MICROS: std::ops::Range<f64> = 1e15..1e16;

/// The microseconds of a date, or of a number of seconds, milliseconds or microseconds; `None` for an empty text.
///
/// # Errors
/// The text is neither: Google would count the event for another time.
#[allow(clippy::cast_possible_truncation)]
pub fn micros(text: &str) -> Result<Option<i64>> {
    if text.is_empty() {
        return Ok(None);
    }
    let given = parse_number(text)
        .filter(|number| MICROS.contains(number))
        .map(|micros| micros as i64);
    let micros = given.or_else(|| millis_of_text(text).map(|millis| millis * 1000));
    let refusal = || {
        Error::payload(format!(
            "The timestamp \"{text}\" is neither a date nor a Unix time"
        ))
    };
    micros.map(Some).ok_or_else(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_unix_times_are_read_in_any_unit() {
        for (text, expected) in [
            ("2024-03-08T14:22:31.118Z", 1_709_907_751_118_000),
            ("2024-03-08T14:22:31+02:00", 1_709_900_551_000_000),
            ("2024-03-08", 1_709_856_000_000_000),
            ("20240308", 1_709_856_000_000_000),
            ("1709907751", 1_709_907_751_000_000),
            ("1709907751118", 1_709_907_751_118_000),
            ("1709907751118000", 1_709_907_751_118_000),
        ] {
            assert_eq!(micros(text).unwrap(), Some(expected), "{text}");
        }
        assert_eq!(micros("").unwrap(), None);
    }

    #[test]
    fn what_may_be_another_year_is_refused() {
        for text in ["some day", "20241308", "17e2", "0", "1e30", "NaN"] {
            let error = micros(text).unwrap_err();
            assert!(matches!(error, Error::PayloadValidation(_)), "{text}: {error:?}");
        }
    }
}
