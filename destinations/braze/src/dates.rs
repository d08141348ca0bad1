//! Dates as Braze wants them: ISO 8601 in UTC, and `YYYY-MM-DD` for the date of birth.

use waystation_kit::json::date::{Civil, clip, parse_dayjs, to_iso_string};
use waystation_kit::prelude::*;

/// A moment such as `2024-03-08T14:22:31.118Z`; `None` for what cannot be read as a date.
#[must_use]
pub fn moment(date: &Datetime) -> Option<String> {
    millis(date).map(to_iso_string)
}

/// As [`moment`], for a date that is written as a text.
#[must_use]
pub fn moment_of_text(date: &str) -> Option<String> {
    parse_dayjs(date).map(to_iso_string)
}

/// The day in UTC, such as `2024-03-08`; `None` for what cannot be read as a date.
#[must_use]
pub fn day(date: &Datetime) -> Option<String> {
    let Civil { year, month, day, .. } = Civil::from_millis(millis(date)?);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// Milliseconds since 1970, which is what numbers count.
#[allow(
    clippy::cast_possible_truncation,
    reason = "a float that is out of range saturates and is no date then"
)]
fn millis(date: &Datetime) -> Option<i64> {
    match date {
        Datetime::Text(text) => parse_dayjs(text),
        Datetime::Number(number) => clip(number.as_f64()? as i64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Datetime {
        Datetime::Text(text.to_owned())
    }

    #[test]
    fn moments_are_in_utc_with_milliseconds() {
        for (date, expected) in [
            ("2024-03-10T02:30:00-05:00", Some("2024-03-10T07:30:00.000Z")),
            ("2024-03-08", Some("2024-03-08T00:00:00.000Z")),
            ("2024-03-08T10:00:00", Some("2024-03-08T10:00:00.000Z")),
            ("whenever", None),
        ] {
            assert_eq!(moment(&text(date)).as_deref(), expected, "{date}");
        }
        let number = Datetime::Number(1_709_907_751_118_i64.into());
        assert_eq!(moment(&number).as_deref(), Some("2024-03-08T14:22:31.118Z"));
        assert_eq!(moment(&Datetime::Number(i64::MAX.into())), None);
    }

    #[test]
    fn the_day_of_birth_is_the_day_in_utc() {
        assert_eq!(
            day(&text("1990-05-05T23:30:00-04:00")).as_deref(),
            Some("1990-05-06")
        );
        assert_eq!(day(&text("never")), None);
    }
}
