//! Dates as senders write them: texts in many forms, and Unix times in seconds or milliseconds, as numbers and as
//! texts.
//!
//! A Unix time is recognised by its size: from 100,000,000 to 99,999,999,999 it counts seconds, beyond that, up to
//! 99,999,999,999,999, milliseconds; both span the years 1973 to 5138 (and, below zero, those before 1967). What
//! fits neither is no date: better none than one in a wrong year.

pub use waystation_json::date::to_iso_string;
use waystation_json::date::{Civil, clip, days_in_month, parse_dayjs};

use crate::payload::Datetime;

/// The least number that is taken for seconds.
const LEAST_SECONDS: f64 = 1e8;
/// The least number that is taken for milliseconds.
const LEAST_MILLIS: f64 = 1e11;
/// The least number that is too large for milliseconds.
const TOO_LARGE: f64 = 1e14;

/// Milliseconds since 1970 of a Unix time in seconds or milliseconds.
///
/// ```
/// # use waystation_kit::date::unix_millis;
/// assert_eq!(unix_millis(1_709_907_751.0), Some(1_709_907_751_000));
/// assert_eq!(unix_millis(1_709_907_751_118.0), Some(1_709_907_751_118));
/// assert_eq!(unix_millis(20_240_308.0), None);
/// ```
#[must_use]
#[allow(
    clippy::cast_possible_truncation,
    reason = "the size was looked at, and parts of a millisecond are not kept"
)]
pub fn unix_millis(number: f64) -> Option<i64> {
    let size = number.abs();
    if size == 0.0 {
        return Some(0);
    }
    if !(LEAST_SECONDS..TOO_LARGE).contains(&size) {
        return None;
    }
    let millis = if size < LEAST_MILLIS {
        number * 1000.0
    } else {
        number
    };
    clip(millis.floor() as i64)
}

/// Milliseconds since 1970 of a text: a Unix time, ISO 8601, or anything else that JavaScript reads as a date. Digits
/// alone are a Unix time, or a year, month, day and so on, if they are few enough or make a day of the calendar.
///
/// ```
/// # use waystation_kit::date::{millis_of_text, to_iso_string};
/// let iso = |text| millis_of_text(text).map(to_iso_string);
/// assert_eq!(iso("1709907751").as_deref(), Some("2024-03-08T14:22:31.000Z"));
/// assert_eq!(iso("1709907751118").as_deref(), Some("2024-03-08T14:22:31.118Z"));
/// assert_eq!(iso("20240308").as_deref(), Some("2024-03-08T00:00:00.000Z"));
/// assert_eq!(iso("2024-03-08T16:22:31+02:00").as_deref(), Some("2024-03-08T14:22:31.000Z"));
/// assert_eq!(iso("99999999"), None);
/// ```
#[must_use]
pub fn millis_of_text(text: &str) -> Option<i64> {
    let text = text.trim();
    let Some(whole) = whole_digits(text) else {
        return parse_dayjs(text);
    };
    match whole.len() {
        4 | 6 | 8 | 12 | 14 if whole.len() == text.len() && is_calendar(whole) => parse_dayjs(text),
        9.. => unix_millis(text.parse().ok()?),
        _ => None,
    }
}

/// The day in UTC, for example `2024-03-08`.
#[must_use]
pub fn day(millis: i64) -> String {
    let Civil { year, month, day, .. } = Civil::from_millis(millis);
    format!("{year:04}-{month:02}-{day:02}")
}

impl Datetime {
    /// Milliseconds since 1970; `None` for what is no date.
    #[must_use]
    pub fn millis(&self) -> Option<i64> {
        match self {
            Self::Text(text) => millis_of_text(text),
            Self::Number(number) => unix_millis(number.as_f64()?),
        }
    }

    /// Whole seconds since 1970; `None` for what is no date.
    #[must_use]
    pub fn seconds(&self) -> Option<i64> {
        self.millis().map(|millis| millis.div_euclid(1000))
    }

    /// ISO 8601 in UTC, for example `2024-03-08T14:22:31.118Z`; `None` for what is no date.
    #[must_use]
    pub fn iso(&self) -> Option<String> {
        self.millis().map(to_iso_string)
    }
}

/// The digits before the point of a text that is a plain decimal number; its sign is not among them.
fn whole_digits(text: &str) -> Option<&str> {
    let number = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (is_digits(whole) && is_digits(fraction)).then_some(whole)
}

/// Whether digits are a year from 1900 to 2199 and, as far as they go, a month, a day, an hour, a minute and a second.
fn is_calendar(digits: &str) -> bool {
    let part = |from: usize, to: usize, otherwise: u32| {
        digits
            .get(from..to)
            .map_or(Some(otherwise), |part| part.parse().ok())
            .unwrap_or(u32::MAX)
    };
    let (year, month) = (part(0, 4, 0), part(4, 6, 1));
    (1900..2200).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in_month(i64::from(year), month)).contains(&part(6, 8, 1))
        && part(8, 10, 0) < 24
        && part(10, 12, 0) < 60
        && part(12, 14, 0) < 60
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[allow(clippy::needless_pass_by_value, reason = "json!(…) makes values")]
    fn iso(value: Value) -> Option<String> {
        serde_json::from_value::<Datetime>(value).ok()?.iso()
    }

    #[test]
    fn unix_times_are_the_same_as_numbers_and_as_texts() {
        for (value, expected) in [
            (json!(1_709_907_751), "2024-03-08T14:22:31.000Z"),
            (json!("1709907751"), "2024-03-08T14:22:31.000Z"),
            (json!(1_709_907_751.25), "2024-03-08T14:22:31.250Z"),
            (json!("1709907751.25"), "2024-03-08T14:22:31.250Z"),
            (json!(1_709_907_751_118_i64), "2024-03-08T14:22:31.118Z"),
            (json!(" 1709907751118 "), "2024-03-08T14:22:31.118Z"),
            (json!(-631_152_000), "1950-01-01T00:00:00.000Z"),
            (json!("-631152000"), "1950-01-01T00:00:00.000Z"),
            (json!(0), "1970-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(iso(value.clone()).as_deref(), Some(expected), "{value}");
        }
    }

    #[test]
    fn digits_that_make_a_day_are_that_day() {
        for (text, expected) in [
            ("2024", "2024-01-01T00:00:00.000Z"),
            ("202403", "2024-03-01T00:00:00.000Z"),
            ("20240308", "2024-03-08T00:00:00.000Z"),
            ("202403081422", "2024-03-08T14:22:00.000Z"),
            ("20240308142231", "2024-03-08T14:22:31.000Z"),
        ] {
            assert_eq!(iso(json!(text)).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_no_date() {
        for value in [
            json!("0"),
            json!("12"),
            json!("20241308"),
            json!("20240230"),
            json!("99991231"),
            json!("999999999999999"),
            json!(17),
            json!(20_240_308),
            json!(1.7e15),
            json!("soon"),
            json!(""),
            json!(true),
        ] {
            assert_eq!(iso(value.clone()), None, "{value}");
        }
    }

    #[test]
    fn days_are_days_in_utc() {
        assert_eq!(
            millis_of_text("1990-05-05T23:30:00-04:00").map(day).as_deref(),
            Some("1990-05-06")
        );
    }
}
