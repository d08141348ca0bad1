//! When an event happened. Mixpanel takes
//! [seconds or milliseconds](https://developer.mixpanel.com/reference/import-events#event-properties) since 1970.

use waystation_kit::date::{millis_of_text, unix_millis};
use waystation_kit::json::number::as_f64;
use waystation_kit::prelude::*;

/// The time as Mixpanel takes it; now for an event that says none.
///
/// # Errors
/// It is neither a date nor a Unix time.
pub fn millis(time: Option<&Datetime>, now_millis: i64) -> Result<i64> {
    let time = match time {
        None => return Ok(now_millis),
        Some(Datetime::Text(text)) if text.is_empty() => return Ok(now_millis),
        Some(time) => time,
    };
    let read = match time {
        Datetime::Text(text) => millis_of_text(text),
        Datetime::Number(number) => of_number(as_f64(number)),
    };
    let refusal = || {
        Error::payload(format!(
            "The time {} is neither a date nor a Unix time",
            time.to_value()
        ))
    };
    read.ok_or_else(refusal)
}

/// Seconds stay seconds: Mixpanel tells them from milliseconds itself.
#[allow(clippy::cast_possible_truncation)]
fn of_number(number: f64) -> Option<i64> {
    let is_time = number != 0.0 && unix_millis(number).is_some();
    is_time.then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_718_452_800_000;

    fn read(time: Value) -> Result<i64> {
        let time: Option<Datetime> = serde_json::from_value(time).unwrap();
        millis(time.as_ref(), NOW)
    }

    #[test]
    fn dates_and_unix_times_keep_their_year() {
        for (time, expected) in [
            (json!("2024-03-08T10:00:00+03:00"), 1_709_881_200_000),
            (json!("2024-03-08"), 1_709_856_000_000),
            (json!("20240308"), 1_709_856_000_000),
            (json!("1709907751"), 1_709_907_751_000),
            (json!("1709907751118"), 1_709_907_751_118),
            (json!(1_709_907_751), 1_709_907_751),
            (json!(1_709_907_751_118_i64), 1_709_907_751_118),
            (json!(null), NOW),
            (json!(""), NOW),
        ] {
            assert_eq!(read(time.clone()).unwrap(), expected, "{time}");
        }
    }

    #[test]
    fn what_may_be_another_year_is_refused() {
        for time in [
            json!("soon"),
            json!("17099077"),
            json!("1709907751118000"),
            json!(0),
            json!(20_240_308),
            json!(1e300),
        ] {
            let error = read(time.clone()).unwrap_err();
            assert!(matches!(error, Error::PayloadValidation(_)), "{time}: {error:?}");
        }
    }
}
