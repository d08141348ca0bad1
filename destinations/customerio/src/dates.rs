//! Dates as the Track API wants them: whole seconds since 1970.
//!
//! Milliseconds would be taken for dates far in the future, and texts for texts.

use std::borrow::Cow;

use serde_json::{Number, Value};
use waystation_kit::JsonObject;
use waystation_kit::date::unix_millis;
use waystation_kit::json::date::{parse_dayjs, parse_js_date};

/// From here on a Unix time can only count milliseconds.
const LEAST_MILLIS: f64 = 1e11;

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
    /// Converts what may be a date in an operation: all but identifiers and relationships. The timestamp always is.
    pub(crate) fn apply_to_operation(self, operation: &mut JsonObject) {
        for key in ["name", "id", "created_at", "attributes", "device"] {
            if let Some(value) = operation.get_mut(key) {
                self.apply_to(value);
            }
        }
        for place in ["/attributes/created_at", "/created_at", "/device/last_used"] {
            if self == Self::AsTimestamps
                && let Some(value) = at(operation, place)
            {
                *value = in_seconds(value.take());
            }
        }
        if let Some(Value::String(text)) = operation.get_mut("timestamp").map(Value::take) {
            operation.insert("timestamp".to_owned(), timestamp(text));
        }
    }

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

/// The value at a path into an operation.
fn at<'operation>(operation: &'operation mut JsonObject, path: &str) -> Option<&'operation mut Value> {
    let mut keys = path.split('/').skip(1);
    let first = operation.get_mut(keys.next()?)?;
    keys.try_fold(first, |value, key| value.get_mut(key))
}

/// A moment in seconds, if it is one in milliseconds.
fn in_seconds(moment: Value) -> Value {
    match moment {
        Value::String(text) => match unsigned_decimal(&text).and_then(seconds_of_millis) {
            Some(seconds) => seconds.into(),
            None => text.into(),
        },
        Value::Number(count) => seconds_of_number(count),
        other => other,
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

/// The timestamp of an operation: any date that can be read becomes seconds, and so do milliseconds since 1970 in a
/// text. Other numbers in texts are taken for seconds already and, like everything else, stay as they are.
#[must_use]
pub fn timestamp(text: String) -> Value {
    if let Some(count) = unsigned_decimal(&text) {
        return seconds_of_millis(count).map_or_else(|| text.into(), Value::from);
    }
    match parse_dayjs(&with_minutes(&text)) {
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
    let text = with_minutes(text);
    parse_js_date(&text)?;
    parse_dayjs(&text).map(seconds)
}

/// An ISO 8601 date whose zone is one of hours alone, such as `+02`, with the zone's minutes, which the readers want.
fn with_minutes(text: &str) -> Cow<'_, str> {
    let is_hours = |zone: &str| shaped(zone.as_bytes(), b"00").is_some_and(<[u8]>::is_empty);
    let has_hours = text.contains('T')
        && text
            .rsplit_once(['+', '-'])
            .is_some_and(|(_, zone)| is_hours(zone));
    if has_hours && is_iso_date(text.as_bytes()) {
        return format!("{text}:00").into();
    }
    text.into()
}

fn seconds(millis: i64) -> i64 {
    millis.div_euclid(1000)
}

/// The number of a text such as `1709907751` or `1709907751.25`.
fn unsigned_decimal(text: &str) -> Option<f64> {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    (is_digits(whole) && is_digits(fraction)).then(|| text.parse().ok())?
}

/// A Unix time in seconds, also if it counts milliseconds.
#[must_use]
pub fn seconds_of_number(count: Number) -> Value {
    let millis = count.as_f64().and_then(seconds_of_millis);
    millis.map_or_else(|| count.into(), Value::from)
}

/// The seconds of a Unix time that can only count milliseconds.
fn seconds_of_millis(count: f64) -> Option<i64> {
    let millis = unix_millis(count).filter(|_| count.abs() >= LEAST_MILLIS)?;
    Some(seconds(millis))
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
        [b'+' | b'-', offset @ ..] => [&b"00:00"[..], b"0000", b"00"]
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
            ("2024-03-08T14:22:31+02", 1_709_900_551),
            ("2024-03-08T14:22-05", 1_709_925_720),
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
    fn moments_in_milliseconds_become_seconds_where_customer_io_wants_a_moment() {
        let operation = |dates: Dates| {
            let mut operation = JsonObject::from_iter([
                ("created_at".to_owned(), json!("1709907751118")),
                (
                    "attributes".to_owned(),
                    json!({"created_at": "1709907751118", "n": "1709907751118"}),
                ),
                ("device".to_owned(), json!({"last_used": 1_709_907_751_118_i64})),
                ("timestamp".to_owned(), json!("1709907751118")),
            ]);
            dates.apply_to_operation(&mut operation);
            Value::from(operation)
        };
        assert_eq!(
            operation(Dates::AsTimestamps),
            json!({
                "created_at": 1_709_907_751,
                "attributes": {"created_at": 1_709_907_751, "n": "1709907751118"},
                "device": {"last_used": 1_709_907_751},
                "timestamp": 1_709_907_751,
            })
        );
        assert_eq!(operation(Dates::AsGiven)["created_at"], "1709907751118");
        assert_eq!(operation(Dates::AsGiven)["timestamp"], 1_709_907_751);
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
            ("1709907751118", json!(1_709_907_751)),
            ("1709907751118.5", json!(1_709_907_751)),
            ("2024-03-08T14:22:31+02", json!(1_709_900_551)),
            ("1.7e9", json!("1.7e9")),
            ("yesterday", json!("yesterday")),
        ] {
            assert_eq!(timestamp(text.to_owned()), expected, "{text}");
        }
    }
}
