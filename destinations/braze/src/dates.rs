//! Dates as Braze wants them: ISO 8601 in UTC, and `YYYY-MM-DD` for the date of birth.

use serde::Deserializer;
use serde::de::Error as _;
use waystation_kit::FieldValue;
use waystation_kit::date::{self, to_iso_string};
use waystation_kit::fields::FieldType;
use waystation_kit::prelude::*;
use waystation_kit::wire::Absent;

/// A moment as it is sent, such as `2024-03-08T14:22:31.118Z`. A payload with one that cannot be read is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moment(String);

/// A day in UTC as it is sent, such as `2024-03-08`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Day(String);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer).map(|millis| Self(to_iso_string(millis)))
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer).map(|millis| Self(date::day(millis)))
    }
}

impl FieldValue for Moment {
    const TYPE: FieldType = FieldType::Datetime;
}

impl FieldValue for Day {
    const TYPE: FieldType = FieldType::Datetime;
}

impl Absent for Moment {
    fn is_absent(&self) -> bool {
        false
    }
}

impl Absent for Day {
    fn is_absent(&self) -> bool {
        false
    }
}

/// Reads a date that is written as a text, for a field of texts.
pub(crate) fn moment_in_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Moment::deserialize(deserializer).map(|moment| moment.0)
}

fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let date = Datetime::deserialize(deserializer)?;
    date.millis().ok_or_else(|| {
        D::Error::custom(format!(
            "{} is no date, or a number of which nobody can tell whether it counts seconds or milliseconds",
            date.to_value()
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(date: Value) -> Option<Value> {
        serde_json::from_value::<Moment>(date)
            .ok()
            .map(|moment| json!(moment))
    }

    #[test]
    fn moments_are_in_utc_with_milliseconds() {
        for (date, expected) in [
            (json!("2024-03-10T02:30:00-05:00"), "2024-03-10T07:30:00.000Z"),
            (json!("2024-03-08"), "2024-03-08T00:00:00.000Z"),
            (json!("2024-03-08T10:00:00"), "2024-03-08T10:00:00.000Z"),
            (json!(1_709_907_751_118_i64), "2024-03-08T14:22:31.118Z"),
            (json!(1_709_907_751), "2024-03-08T14:22:31.000Z"),
            (json!("1709907751"), "2024-03-08T14:22:31.000Z"),
            (json!("1709907751118"), "2024-03-08T14:22:31.118Z"),
        ] {
            assert_eq!(moment(date.clone()), Some(json!(expected)), "{date}");
        }
    }

    #[test]
    fn what_cannot_be_read_for_sure_is_no_date() {
        for date in [
            json!("whenever"),
            json!(i64::MAX),
            json!(20_240_308),
            json!("12345"),
        ] {
            assert_eq!(moment(date.clone()), None, "{date}");
        }
    }

    #[test]
    fn the_day_of_birth_is_the_day_in_utc() {
        let day = |date: Value| serde_json::from_value::<Day>(date).ok().map(|day| json!(day));
        assert_eq!(day(json!("1990-05-05T23:30:00-04:00")), Some(json!("1990-05-06")));
        assert_eq!(day(json!("631152000")), Some(json!("1990-01-01")));
        assert_eq!(day(json!("never")), None);
    }
}
