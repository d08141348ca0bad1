//! Times as the Measurement Protocol counts them: microseconds since 1970.

use waystation_kit::json::date::parse_js_date;
use waystation_kit::json::parse_number;
use waystation_kit::prelude::*;

/// The microseconds of a date, or of a number of seconds, milliseconds or microseconds; `None` for an empty text.
///
/// # Errors
/// The text is neither: Google would count the event for another time.
pub fn micros(text: &str) -> Result<Option<i64>> {
    if text.is_empty() {
        return Ok(None);
    }
    let micros = match parse_number(text) {
        Some(number) => unix_micros(number),
        None => parse_js_date(text).map(|millis| millis * 1000),
    };
    let refusal = || Error::payload(format!("The timestamp \"{text}\" is neither a date nor a Unix time"));
    micros.map(Some).ok_or_else(refusal)
}

/// Which unit a number counts in is told by its size: times of this century are ten digits of seconds, thirteen of
/// milliseconds, sixteen of microseconds. Others are told by none.
#[allow(clippy::cast_possible_truncation)]
fn unix_micros(number: f64) -> Option<i64> {
    let units = [(1e9, 1e6), (1e12, 1e3), (1e15, 1.0)];
    let (_, factor) = units.into_iter().find(|(least, _)| (*least..least * 10.0).contains(&number))?;
    Some((number * factor) as i64)
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
        for text in ["some day", "20240308", "17e2", "-1709907751", "0", "1e30", "NaN"] {
            let error = micros(text).unwrap_err();
            assert!(matches!(error, Error::PayloadValidation(_)), "{text}: {error:?}");
        }
    }
}
