//! Texts that stand for a point in time.

use waystation_json::date::{MAX_MILLIS, parse_dayjs};
use waystation_json::number::f64_text;
use waystation_json::parse_number;

use super::date_time::{after_clock, is_date};

const MILLIS_A_SECOND: f64 = 1000.0;

/// Whether the text is a number of seconds since 1970, written as plainly as can be, or reads as a date.
///
/// Numbers in any other spelling, `007` say, are tried as dates.
pub(super) fn is_date_like(text: &str) -> bool {
    is_plain_iso(text) || is_seconds_or_date(text)
}

/// `2024-02-29T23:59:59.999Z`, the form that nearly every event has, without the detour over all others.
fn is_plain_iso(text: &str) -> bool {
    // Dates know no leap seconds.
    text.split_once('T').is_some_and(|(date, time)| {
        is_date(date) && after_clock(time) == Some("Z") && !time.starts_with("23:59:60")
    })
}

fn is_seconds_or_date(text: &str) -> bool {
    match parse_number(text) {
        #[allow(clippy::cast_precision_loss, reason = "the limit is far below 2^53")]
        Some(seconds) if f64_text(seconds) == text => (seconds * MILLIS_A_SECOND).abs() <= MAX_MILLIS as f64,
        _ => parse_dayjs(text).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_numbers_are_seconds() {
        for good in ["0", "-1", "1614834367.5", "8640000000000"] {
            assert!(is_date_like(good), "{good}");
        }
        for bad in ["8640000000001", "1614834367000000", "Infinity", "NaN"] {
            assert!(!is_date_like(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn the_plain_form_is_a_date(
            text in "(2024-02-29|0000-01-01|9999-12-31)T(00:00:00|23:59:59|23:59:60)(\\.[0-9]{1,12})?([-+]0[0-9])?Z",
        ) {
            prop_assert!(!is_plain_iso(&text) || is_seconds_or_date(&text), "{}", text);
        }
    }

    #[test]
    fn other_texts_must_read_as_dates() {
        for good in [
            "2021-03-04",
            "2021-13-45",
            "2021-02-30T00:00:00Z",
            "March 7 2024",
            "007",
        ] {
            assert!(is_date_like(good), "{good}");
        }
        for bad in ["", " ", "soon", "2021-13-01T00:00:00Z", "1e3", "true"] {
            assert!(!is_date_like(bad), "{bad}");
        }
    }
}
