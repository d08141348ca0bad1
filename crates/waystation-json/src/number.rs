//! Numbers as ECMAScript reads and prints them.

use serde_json::{Number, Value};

/// Integers up to this size are exact in a 64-bit float (2^53).
const EXACT_INTEGER: u64 = 1 << 53;

/// The text of a JSON number as `String(number)` gives it: `1.0` is `1`, `1e21` stays exponential.
///
/// ```
/// # use waystation_json::number_text;
/// assert_eq!(number_text(&serde_json::Number::from_f64(1.0).unwrap()), "1");
/// assert_eq!(number_text(&serde_json::Number::from(9007199254740993u64)), "9007199254740992");
/// ```
#[must_use]
pub fn number_text(number: &Number) -> String {
    match number.as_i64() {
        Some(integer) if integer.unsigned_abs() <= EXACT_INTEGER => integer.to_string(),
        _ => f64_text(as_f64(number)),
    }
}

/// The text of a float as `String(number)` gives it, `NaN` and `Infinity` included.
#[must_use]
pub fn f64_text(number: f64) -> String {
    ryu_js::Buffer::new().format(number).to_owned()
}

/// The value of a JSON number as a 64-bit float, rounded as `JSON.parse` rounds.
#[must_use]
pub fn as_f64(number: &Number) -> f64 {
    // Every `Number` converts while serde_json's `arbitrary_precision` is off, as this workspace requires.
    number.as_f64().unwrap_or(f64::NAN)
}

/// A JSON value for a float: an integer where it is one, `null` for NaN and the infinities, as
/// `JSON.stringify` writes them.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
pub fn number_from_f64(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() <= EXACT_INTEGER as f64 {
        return Value::from(number as i64);
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

/// `Number(text)`: surrounding white space is ignored, the empty text is 0, `0x`, `0o` and `0b`
/// prefixes and `Infinity` are read; `None` stands for NaN.
///
/// ```
/// # use waystation_json::parse_number;
/// assert_eq!(parse_number(" 1e3 "), Some(1000.0));
/// assert_eq!(parse_number("12px"), None);
/// ```
#[must_use]
pub fn parse_number(text: &str) -> Option<f64> {
    let text = text.trim_matches(is_js_space);
    if text.is_empty() {
        return Some(0.0);
    }
    if let Some(number) = parse_radix(text) {
        return number;
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "Infinity" {
        return Some(if text.starts_with('-') {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        });
    }
    // Rust also reads `inf`, `nan` and `infinity`; ECMAScript numbers start with a digit or a point.
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    text.parse().ok()
}

/// `Some` when the text has a radix prefix; the inner value is `None` when its digits are wrong.
fn parse_radix(text: &str) -> Option<Option<f64>> {
    let (prefix, digits) = (text.get(..2)?, text.get(2..)?);
    let radix = match prefix {
        "0x" | "0X" => 16,
        "0o" | "0O" => 8,
        "0b" | "0B" => 2,
        _ => return None,
    };
    if digits.is_empty() {
        return Some(None);
    }
    Some(digits.chars().try_fold(0.0_f64, |sum, digit| {
        Some(sum * f64::from(radix) + f64::from(digit.to_digit(radix)?))
    }))
}

/// White space and line ends as ECMAScript's `trim` sees them.
#[must_use]
pub fn is_js_space(c: char) -> bool {
    c == '\u{FEFF}' || (c.is_whitespace() && c != '\u{85}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_text_follows_ecmascript() {
        for (number, text) in [
            (0.1, "0.1"),
            (-0.0, "0"),
            (1e21, "1e+21"),
            (1e-7, "1e-7"),
            (123_456_789_012_345_680_000.0, "123456789012345680000"),
        ] {
            assert_eq!(f64_text(number), text);
        }
    }

    #[test]
    fn texts_become_numbers_as_number_reads_them() {
        for (text, number) in [
            ("", Some(0.0)),
            ("\u{FEFF}7\n", Some(7.0)),
            ("0x1f", Some(31.0)),
            ("0b2", None),
            ("-0x1f", None),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            (".", None),
            ("inf", None),
            ("nan", None),
            ("-Infinity", Some(f64::NEG_INFINITY)),
            ("1_000", None),
        ] {
            assert_eq!(parse_number(text), number, "Number({text:?})");
        }
    }
}
