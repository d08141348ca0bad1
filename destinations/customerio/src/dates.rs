//! Dates as the Track API wants them: whole seconds since 1970.
//!
//! Milliseconds would be taken for dates far in the future, and texts for texts.

use serde_json::Value;
use waystation_kit::JsonObject;
use waystation_kit::json::date::{parse_dayjs, parse_js_date};

/// What becomes of ISO 8601 dates among the values of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dates {
    /// They stay texts.
    AsGiven,
    /// They become timestamps.
    AsTimestamps,
}

impl From<Option<bool>> for Dates {
    /// Reads the field `convert_timestamp`. Its default is on, but a mapping that leaves it out leaves
    /// dates alone.
    fn from(convert_timestamp: Option<bool>) -> Self {
        if convert_timestamp == Some(true) {
            Self::AsTimestamps
        } else {
            Self::AsGiven
        }
    }
}

impl Dates {
    /// Converts a value, and what is inside of objects. Lists stay as they are.
    pub fn apply_to(self, value: &mut Value) {
        if self == Self::AsTimestamps {
            convert(value);
        }
    }

    /// Converts the values of an object.
    #[must_use]
    pub fn converted(self, mut object: JsonObject) -> JsonObject {
        object.values_mut().for_each(|value| self.apply_to(value));
        object
    }
}

fn convert(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some(seconds) = iso_seconds(text) {
                *value = seconds.into();
            }
        }
        Value::Object(object) => object.values_mut().for_each(convert),
        _ => {}
    }
}

/// The timestamp of an operation: any date that can be read becomes seconds. Numbers in texts are taken for
/// seconds already and, like everything else, stay as they are.
#[must_use]
pub fn timestamp(text: String) -> Value {
    if is_unsigned_decimal(&text) {
        return text.into();
    }
    match parse_dayjs(&text) {
        Some(millis) => seconds(millis).into(),
        None => text.into(),
    }
}

/// The seconds of an ISO 8601 date; `None` if the text is anything else or no day of the calendar.
fn iso_seconds(text: &str) -> Option<i64> {
    if !is_iso_date(text.as_bytes()) {
        return None;
    }
    // Both readers have to agree that this is a date: one of them lets a thirteenth month roll over.
    parse_js_date(text)?;
    parse_dayjs(text).map(seconds)
}

fn seconds(millis: i64) -> i64 {
    millis.div_euclid(1000)
}

/// `1709907751` or `1709907751.25`.
fn is_unsigned_decimal(text: &str) -> bool {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('.') {
        Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
        None => is_digits(text),
    }
}

/// `YYYY-MM-DD`, or with `Thh:mm`, `:ss`, a fraction of up to nine digits and a zone, in this order.
fn is_iso_date(text: &[u8]) -> bool {
    let Some(rest) = shaped(text, b"0000-00-00") else {
        return false;
    };
    if rest.is_empty() {
        return true;
    }
    let Some(rest) = shaped(rest, b"T00:00") else {
        return false;
    };
    let rest = shaped(rest, b":00").unwrap_or(rest);
    is_zone(skip_fraction(rest))
}

/// What follows after a shape, in which `0` stands for a digit.
fn shaped<'a>(text: &'a [u8], shape: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = text.split_at_checked(shape.len())?;
    let fits = |(byte, sign): (&u8, &u8)| match sign {
        b'0' => byte.is_ascii_digit(),
        _ => byte == sign,
    };
    start.iter().zip(shape).all(fits).then_some(rest)
}

fn skip_fraction(text: &[u8]) -> &[u8] {
    let Some(fraction) = text.strip_prefix(b".") else {
        return text;
    };
    let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if (1..=9).contains(&digits) {
        &fraction[digits..]
    } else {
        text
    }
}

fn is_zone(text: &[u8]) -> bool {
    match text {
        [] | [b'Z'] => true,
        [b'+' | b'-', offset @ ..] => [&b"00:00"[..], b"0000"]
            .iter()
            .any(|shape| shaped(offset, shape).is_some_and(<[u8]>::is_empty)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn iso_dates_become_seconds() {
        for (text, seconds) in [
            ("2024-03-08", 1_709_856_000),
            ("2024-03-08T14:22", 1_709_907_720),
            ("2024-03-08T14:22:31", 1_709_907_751),
            ("2024-03-08T14:22:31.118Z", 1_709_907_751),
            ("2024-03-08T14:22:31.118222333Z", 1_709_907_751),
            ("2024-03-08T14:22+01:00", 1_709_904_120),
            ("2024-03-08T14:22:31-0730", 1_709_934_751),
            ("1969-12-31T23:59:59.5Z", -1),
        ] {
            assert_eq!(iso_seconds(text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_dates() {
        for text in [
            "",
            "2024",
            "2024-03",
            "2024-03-08Z",
            "2024-03-08 14:22:31",
            "2024-03-08T14",
            "2024-13-45",
            "2024-03-08T25:00:00Z",
            "2024-03-08T14:22:31.1182223334Z",
            "2024-03-08T14:22:31.Z",
            "2024-03-08T14:22:31+02",
            "1709907751",
            "on 2024-03-08",
            "２０２４-03-08",
        ] {
            assert_eq!(iso_seconds(text), None, "{text}");
        }
    }

    #[test]
    fn dates_are_converted_inside_objects_but_not_inside_lists() {
        let mut value = json!({"a": {"at": "2024-03-08", "n": 1}, "list": ["2024-03-08"]});
        Dates::AsTimestamps.apply_to(&mut value);
        assert_eq!(
            value,
            json!({"a": {"at": 1_709_856_000, "n": 1}, "list": ["2024-03-08"]})
        );
    }

    #[test]
    fn dates_stay_unless_the_mapping_says_otherwise() {
        for convert_timestamp in [None, Some(false)] {
            let mut value = json!("2024-03-08");
            Dates::from(convert_timestamp).apply_to(&mut value);
            assert_eq!(value, "2024-03-08");
        }
    }

    #[test]
    fn timestamps_may_be_any_date() {
        for (text, expected) in [
            ("2024-03-08T14:22:31.118Z", json!(1_709_907_751)),
            ("Fri, 08 Mar 2024 14:22:31 GMT", json!(1_709_907_751)),
            ("2024-03", json!(1_709_251_200)),
            ("1709907751", json!("1709907751")),
            ("1709907751.25", json!("1709907751.25")),
            ("1.7e9", json!("1.7e9")),
            ("yesterday", json!("yesterday")),
        ] {
            assert_eq!(timestamp(text.to_owned()), expected, "{text}");
        }
    }
}
