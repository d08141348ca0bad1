//! Dates and times of RFC 3339.

use waystation_json::number::is_js_space;

/// `YYYY-MM-DD`, a day that exists.
pub(super) fn is_date(text: &str) -> bool {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
        return false;
    };
    let (Some(century), Some(year), Some(month), Some(day)) = (
        two_digits(y1, y2),
        two_digits(y3, y4),
        two_digits(m1, m2),
        two_digits(d1, d2),
    ) else {
        return false;
    };
    (1..=days_in(u16::from(century) * 100 + u16::from(year), month)).contains(&day)
}

/// Two ASCII digits as a number.
const fn two_digits(tens: u8, ones: u8) -> Option<u8> {
    if tens.is_ascii_digit() && ones.is_ascii_digit() {
        Some((tens - b'0') * 10 + ones - b'0')
    } else {
        None
    }
}

const fn days_in(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 0,
    }
}

const fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// `hh:mm:ss`, with fraction and zone or without. A leap second is allowed at 23:59:60 whatever the
/// zone, and the zone's hours and minutes are not limited.
pub(super) fn is_time(text: &str) -> bool {
    after_clock(text).is_some_and(is_zone)
}

/// The zone after `hh:mm:ss` and a fraction.
pub(super) fn after_clock(text: &str) -> Option<&str> {
    let &[h1, h2, b':', m1, m2, b':', s1, s2, ..] = text.as_bytes() else {
        return None;
    };
    let (Some(hour), Some(minute), Some(second)) =
        (two_digits(h1, h2), two_digits(m1, m2), two_digits(s1, s2))
    else {
        return None;
    };
    let exists = (hour <= 23 && minute <= 59 && second <= 59) || (hour, minute, second) == (23, 59, 60);
    if exists {
        without_fraction(&text["hh:mm:ss".len()..])
    } else {
        None
    }
}

/// The text after a fraction such as `.25`, if there is one; `None` when it has no digits.
fn without_fraction(text: &str) -> Option<&str> {
    let Some(fraction) = text.strip_prefix('.') else {
        return Some(text);
    };
    let rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    (rest.len() < fraction.len()).then_some(rest)
}

/// Nothing, `Z`, or an offset as `+hh`, `+hhmm` or `+hh:mm`.
fn is_zone(text: &str) -> bool {
    match *text.as_bytes() {
        [] | [b'z' | b'Z'] => true,
        [b'+' | b'-', h1, h2] => two_digits(h1, h2).is_some(),
        [b'+' | b'-', h1, h2, m1, m2] | [b'+' | b'-', h1, h2, b':', m1, m2] => {
            two_digits(h1, h2).is_some() && two_digits(m1, m2).is_some()
        }
        _ => false,
    }
}

/// A date, one `T` or white space, a time; the zone may be missing.
pub(super) fn is_date_time(text: &str) -> bool {
    let separates = |c: char| c.eq_ignore_ascii_case(&'t') || is_js_space(c);
    text.split_once(separates)
        .is_some_and(|(date, time)| is_date(date) && is_time(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_must_exist() {
        for good in ["2024-02-29", "2000-02-29", "0000-01-01", "2023-12-31"] {
            assert!(is_date(good), "{good}");
        }
        for bad in [
            "1900-02-29",
            "2023-04-31",
            "2023-13-01",
            "2023-00-10",
            "2023-1-01",
            "2023-01-00",
            "",
        ] {
            assert!(!is_date(bad), "{bad}");
        }
    }

    #[test]
    fn times_have_optional_fractions_and_zones() {
        for good in [
            "00:00:00",
            "23:59:60",
            "12:30:45.123",
            "12:30:45Z",
            "12:30:45z",
            "12:30:45+01",
            "12:30:45-0130",
            "12:30:45.5+99:99",
        ] {
            assert!(is_time(good), "{good}");
        }
        for bad in [
            "24:00:00",
            "22:59:60",
            "12:30",
            "12:30:45.",
            "12:30:45+",
            "12:30:45+1",
            "12:30:45+01:",
            "12:30:45+01:3",
            "12:30:45 Z",
            "12:30:45ZZ",
            "1:30:45",
            "12:30:45é",
        ] {
            assert!(!is_time(bad), "{bad}");
        }
    }

    #[test]
    fn date_times_are_separated_once() {
        for good in [
            "2024-02-29T12:00:00Z",
            "2024-02-29t12:00:00",
            "2024-02-29 12:00:00+01:00",
        ] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in [
            "2024-02-29",
            "2024-02-29T12:00:00 Z",
            "2024-02-29  12:00:00Z",
            "2024-02-30T12:00:00Z",
            "T",
        ] {
            assert!(!is_date_time(bad), "{bad}");
        }
    }
}
