//! When an event happened. Mixpanel takes
//! [seconds or milliseconds](https://developer.mixpanel.com/reference/import-events#event-properties) since 1970.

use waystation_kit::json::date::parse_dayjs;
use waystation_kit::json::number::as_f64;
use waystation_kit::prelude::*;

/// Digits of a date without any separators: a year, with month, day and time of day or without.
const DIGITS_OF_DATES: [usize; 5] = [4, 6, 8, 12, 14];

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
        Datetime::Text(text) => of_text(text.trim()),
        Datetime::Number(number) => of_number(as_f64(number)),
    };
    let refusal = || Error::payload(format!("The time {} is neither a date nor a Unix time", time.to_value()));
    read.ok_or_else(refusal)
}

fn of_text(text: &str) -> Option<i64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || DIGITS_OF_DATES.contains(&text.len()) {
        return parse_dayjs(text);
    }
    let time = of_number(text.parse().ok()?)?;
    Some(if text.len() == 10 { time * 1000 } else { time })
}

/// Seconds stay seconds: Mixpanel tells them from milliseconds as this does. Times of this century are ten digits of
/// seconds, thirteen of milliseconds, sixteen of microseconds; other numbers may be of any year.
#[allow(clippy::cast_possible_truncation)]
fn of_number(number: f64) -> Option<i64> {
    let units = [(1e9, 1.0), (1e12, 1.0), (1e15, 1e3)];
    let (_, divisor) = units.into_iter().find(|(least, _)| (*least..least * 10.0).contains(&number))?;
    Some((number / divisor) as i64)
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
            (json!("1709907751118000"), 1_709_907_751_118),
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
        for time in [json!("soon"), json!("170990775"), json!("17099077511"), json!(0), json!(20_240_308), json!(1e300)] {
            let error = read(time.clone()).unwrap_err();
            assert!(matches!(error, Error::PayloadValidation(_)), "{time}: {error:?}");
        }
    }
}
