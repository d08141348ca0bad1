//! Times as the Measurement Protocol counts them: microseconds since 1970.

use serde_json::Value;
use waystation_kit::json::date::parse_js_date;
use waystation_kit::json::{number_from_f64, parse_number};

/// The microseconds of a date; a number in a text is taken for microseconds already.
///
/// `None` if there is nothing to read. A text that is no date at all becomes `null` rather than a time that was
/// made up.
#[must_use]
pub fn micros(text: &str) -> Option<Value> {
    if text.is_empty() {
        return None;
    }
    let micros = match parse_number(text) {
        Some(micros) => number_from_f64(micros),
        None => parse_js_date(text).map(|millis| millis * 1000).into(),
    };
    Some(micros)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn dates_and_numbers_are_read() {
        for (text, expected) in [
            ("2024-03-08T14:22:31.118Z", json!(1_709_907_751_118_000_i64)),
            ("2024-03-08T14:22:31+02:00", json!(1_709_900_551_000_000_i64)),
            ("2024-03-08", json!(1_709_856_000_000_000_i64)),
            ("1709907751118000", json!(1_709_907_751_118_000_i64)),
            (" 17e2 ", json!(1700)),
            ("some day", Value::Null),
        ] {
            assert_eq!(micros(text), Some(expected), "{text}");
        }
        assert_eq!(micros(""), None);
    }
}
