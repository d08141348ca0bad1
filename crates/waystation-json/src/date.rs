//! Dates as JavaScript reads and prints them, in the UTC zone.
//!
//! A date is a count of milliseconds since 1970-01-01T00:00:00Z. Reading follows V8's `Date.parse`
//! ([`parse_js_date`]) or the dayjs library ([`parse_dayjs`]); both take texts without an offset as UTC.

mod civil;
mod dayjs;
mod iso;
mod legacy;
mod parts;
mod scanner;

pub use civil::{
    Civil, MAX_MILLIS, MILLIS_A_DAY, clip, days_from_civil, days_in_month, is_leap_year, millis_from_parts,
    to_iso_string,
};
pub use dayjs::parse_dayjs;

use iso::IsoOutcome;
use parts::DateParts;
use scanner::Scanner;

/// `Date.parse(text)` as V8 gives it in the UTC zone; `None` stands for NaN.
///
/// ISO 8601 forms are tried first (extended years such as `+012024-01-01` included). What they leave
/// over goes to the lenient reader that V8 keeps for compatibility: month names, `10:00 PM`, zone names
/// (`GMT`, `EST`, `PDT`, ...), offsets and comments in parentheses.
///
/// ```
/// # use waystation_json::date::parse_js_date;
/// assert_eq!(parse_js_date("2024-03-07T10:00:00+02:00"), Some(1_709_798_400_000));
/// assert_eq!(parse_js_date("March 7 2024 8:00 GMT"), Some(1_709_798_400_000));
/// assert_eq!(parse_js_date("next Tuesday"), None);
/// ```
#[must_use]
pub fn parse_js_date(text: &str) -> Option<i64> {
    let mut scanner = Scanner::new(text);
    let mut parts = DateParts::default();
    match iso::read(&mut scanner, &mut parts) {
        IsoOutcome::Complete => {}
        IsoOutcome::Continue(token) => legacy::read(token, &mut scanner, &mut parts)?,
        IsoOutcome::Invalid => return None,
    }
    parts.to_millis()
}

#[cfg(test)]
mod tests;
