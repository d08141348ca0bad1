//! Texts as the dayjs library (1.10) reads them.

use super::civil::{clip, millis_from_parts};
use super::parse_js_date;
use crate::number::is_js_space;

/// What `dayjs(text)` and `dayjs.utc(text)` read in the UTC zone; `None` stands for an invalid date.
///
/// A text of the form `YYYY-MM-DD HH:mm:ss.SSS`, where everything after the year may be left out and the
/// separators are optional, is read part by part; parts beyond their range roll over and a fraction is a
/// count of milliseconds. All other texts, and those that end in `Z`, go to [`parse_js_date`].
///
/// ```
/// # use waystation_json::date::{parse_dayjs, to_iso_string};
/// assert_eq!(parse_dayjs("20240230").map(to_iso_string).as_deref(), Some("2024-03-01T00:00:00.000Z"));
/// ```
#[must_use]
pub fn parse_dayjs(text: &str) -> Option<i64> {
    if !text.ends_with(['Z', 'z'])
        && let Some(millis) = parse_parts(text)
    {
        return clip(millis);
    }
    parse_js_date(text)
}

/// `None` when the text is not of the form.
///
/// Every part after the year is optional and takes as many digits as it can, so a part that was skipped
/// is never needed later and one pass without backtracking suffices.
fn parse_parts(text: &str) -> Option<i64> {
    let mut cursor = Cursor { rest: text };
    let year = cursor.digits(4).filter(|digits| digits.len() == 4)?;
    cursor.skip_one(['-', '/']);
    let month = cursor.digits(2);
    cursor.skip_one(['-', '/']);
    let day = cursor.digits(2);
    cursor.skip_spaces_and_t();
    let hour = cursor.digits(2);
    cursor.skip_one([':', ':']);
    let minute = cursor.digits(2);
    cursor.skip_one([':', ':']);
    let second = cursor.digits(2);
    cursor.skip_one(['.', ':']);
    let fraction = cursor
        .digits(usize::MAX)
        .map(|digits| digits.get(..3).unwrap_or(digits));
    if !cursor.rest.is_empty() {
        return None;
    }
    let or = |digits: Option<&str>, default| digits.map_or(default, value);
    Some(millis_from_parts(
        full_year(value(year)),
        or(month, 1) - 1,
        or(day, 1),
        or(hour, 0),
        or(minute, 0),
        or(second, 0),
        or(fraction, 0),
    ))
}

/// `Date` takes the years 0 to 99 as those of the twentieth century.
fn full_year(year: i64) -> i64 {
    if (0..=99).contains(&year) {
        year + 1900
    } else {
        year
    }
}

/// The value of at most four ASCII digits.
fn value(digits: &str) -> i64 {
    digits
        .bytes()
        .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))
}

struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    /// One digit or more, at most so many.
    fn digits(&mut self, most: usize) -> Option<&'a str> {
        let count = self
            .rest
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        let (digits, rest) = self.rest.split_at(count);
        self.rest = rest;
        (count > 0).then_some(digits)
    }

    fn skip_one(&mut self, symbols: [char; 2]) {
        self.rest = self.rest.strip_prefix(symbols).unwrap_or(self.rest);
    }

    fn skip_spaces_and_t(&mut self) {
        self.rest = self
            .rest
            .trim_start_matches(|c| matches!(c, 'T' | 't') || is_js_space(c));
    }
}
