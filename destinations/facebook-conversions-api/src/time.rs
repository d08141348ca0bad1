//! When an event happened
//! ([reference](https://developers.facebook.com/docs/marketing-api/conversions-api/parameters/server-event)): seconds
//! since 1970, or a date of ISO 8601.

use waystation_kit::json::date::parse_js_date;
use waystation_kit::json::parse_number;
use waystation_kit::prelude::*;

/// The time as Meta reads it: dates and seconds as they are, milliseconds and microseconds as seconds.
///
/// # Errors
/// It is neither a date nor a Unix time.
pub fn event_time(text: &str) -> Result<String> {
    let seconds = match parse_number(text) {
        Some(number) => unix_seconds(number).map(|seconds| seconds.to_string()),
        None => parse_js_date(text).map(|_| text.to_owned()),
    };
    seconds.ok_or_else(|| Error::payload(format!("The event time \"{text}\" is neither a date nor a Unix time")))
}

/// Which unit a number counts in is told by its size: times of this century are ten digits of seconds, thirteen of
/// milliseconds, sixteen of microseconds. Others are told by none.
#[allow(clippy::cast_possible_truncation)]
fn unix_seconds(number: f64) -> Option<i64> {
    let units = [(1e9, 1.0), (1e12, 1e3), (1e15, 1e6)];
    let (_, a_second) = units.into_iter().find(|(least, _)| (*least..least * 10.0).contains(&number))?;
    Some((number / a_second) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unix_times_become_seconds_and_dates_stay() {
        for (text, sent) in [
            ("1709907751", "1709907751"),
            ("1709907751118", "1709907751"),
            ("1709907751118000", "1709907751"),
            ("2024-03-08T14:22:31.118Z", "2024-03-08T14:22:31.118Z"),
            ("2024-03-08", "2024-03-08"),
        ] {
            assert_eq!(event_time(text).unwrap(), sent, "{text}");
        }
    }

    #[test]
    fn what_may_be_another_year_is_refused() {
        for text in ["some day", "20240308", "17", "-1709907751", ""] {
            let error = event_time(text).unwrap_err();
            assert!(matches!(error, Error::PayloadValidation(_)), "{text}: {error:?}");
        }
    }
}
