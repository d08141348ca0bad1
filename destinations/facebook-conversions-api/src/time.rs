//! When an event happened
//! ([reference](https://developers.facebook.com/docs/marketing-api/conversions-api/parameters/server-event)): seconds
//! since 1970, or a date of ISO 8601.

use waystation_kit::date::millis_of_text;
use waystation_kit::json::parse_number;
use waystation_kit::prelude::*;

/// The time as Meta reads it: dates as they are, Unix times as seconds.
///
/// # Errors
/// It is neither a date nor a Unix time.
pub fn event_time(text: &str) -> Result<String> {
    let refusal = || {
        Error::payload(format!(
            "The event time \"{text}\" is neither a date nor a Unix time"
        ))
    };
    let millis = millis_of_text(text).ok_or_else(refusal)?;
    if parse_number(text).is_some() {
        return Ok(millis.div_euclid(1000).to_string());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unix_times_become_seconds_and_dates_stay() {
        for (text, sent) in [
            ("1709907751", "1709907751"),
            ("1709907751118", "1709907751"),
            ("20240308", "1709856000"),
            ("2024-03-08T14:22:31.118Z", "2024-03-08T14:22:31.118Z"),
            ("2024-03-08", "2024-03-08"),
        ] {
            assert_eq!(event_time(text).unwrap(), sent, "{text}");
        }
    }

    #[test]
    fn what_may_be_another_year_is_refused() {
        for text in ["some day", "20241308", "17", "1709907751118000", ""] {
            let error = event_time(text).unwrap_err();
            assert!(matches!(error, Error::PayloadValidation(_)), "{text}: {error:?}");
        }
    }
}
