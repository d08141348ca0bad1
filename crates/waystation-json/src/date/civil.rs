//! Arithmetic of the proleptic Gregorian calendar.

use std::fmt::Write;

/// Milliseconds in a day.
pub const MILLIS_A_DAY: i64 = 86_400_000;

/// The farthest date that ECMAScript knows, on either side of 1970: 100 million days.
pub const MAX_MILLIS: i64 = 100_000_000 * MILLIS_A_DAY;

/// Days from 0000-03-01 to 1970-01-01.
const DAYS_BEFORE_EPOCH: i64 = 719_468;
const DAYS_A_CYCLE: i64 = 146_097;
const YEARS_A_CYCLE: i64 = 400;

/// A moment taken apart into calendar and clock, without a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    /// Astronomical year: 0 is 1 BC.
    pub year: i64,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// 0 to 23.
    pub hour: u32,
    /// 0 to 59.
    pub minute: u32,
    /// 0 to 59.
    pub second: u32,
    /// 0 to 999.
    pub millisecond: u32,
}

impl Civil {
    /// Takes a count of milliseconds since the epoch apart.
    ///
    /// ```
    /// # use waystation_json::date::Civil;
    /// let civil = Civil::from_millis(1_709_164_800_123);
    /// assert_eq!((civil.year, civil.month, civil.day, civil.millisecond), (2024, 2, 29, 123));
    /// ```
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        let (year, month, day) = civil_from_days(millis.div_euclid(MILLIS_A_DAY));
        let of_day = unsigned(millis.rem_euclid(MILLIS_A_DAY));
        Self {
            year,
            month,
            day,
            hour: of_day / 3_600_000,
            minute: of_day / 60_000 % 60,
            second: of_day / 1000 % 60,
            millisecond: of_day % 1000,
        }
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub fn to_millis(self) -> i64 {
        millis_from_parts(
            self.year,
            i64::from(self.month) - 1,
            i64::from(self.day),
            i64::from(self.hour),
            i64::from(self.minute),
            i64::from(self.second),
            i64::from(self.millisecond),
        )
    }

    /// Day of the week, 0 for Sunday.
    #[must_use]
    pub fn weekday(&self) -> u32 {
        unsigned((self.day_number() + 4).rem_euclid(7))
    }

    /// Day of the year, 1 to 366.
    #[must_use]
    pub fn day_of_year(&self) -> u32 {
        unsigned(self.day_number() - days_from_civil(self.year, 1, 1)) + 1
    }

    fn day_number(&self) -> i64 {
        days_from_civil(self.year, self.month, self.day)
    }
}

/// Days from 1970-01-01 to a date. The month counts from 1; the day may lie outside its month.
#[must_use]
pub fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    // Years are counted from March, so that the leap day is the last of its year.
    let march_year = if month <= 2 { year - 1 } else { year };
    let cycle = march_year.div_euclid(YEARS_A_CYCLE);
    let year_of_cycle = march_year.rem_euclid(YEARS_A_CYCLE);
    let march_month = i64::from((month + 9) % 12);
    let day_of_year = (153 * march_month + 2) / 5 + i64::from(day) - 1;
    let day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
    cycle * DAYS_A_CYCLE + day_of_cycle - DAYS_BEFORE_EPOCH
}

fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let days = days + DAYS_BEFORE_EPOCH;
    let cycle = days.div_euclid(DAYS_A_CYCLE);
    let day_of_cycle = days.rem_euclid(DAYS_A_CYCLE);
    let year_of_cycle =
        (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
    let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = unsigned(day_of_year - (153 * march_month + 2) / 5 + 1);
    let month = unsigned(if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    });
    let year = cycle * YEARS_A_CYCLE + year_of_cycle + i64::from(month <= 2);
    (year, month, day)
}

/// Milliseconds since the epoch for parts that may lie outside their usual range and roll over, as in
/// `Date.UTC`: month 12 (it counts from 0) is January of the next year, day 0 the last of the month before.
#[must_use]
pub fn millis_from_parts(
    year: i64,
    month0: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    millisecond: i64,
) -> i64 {
    let year = year + month0.div_euclid(12);
    let month = unsigned(month0.rem_euclid(12)) + 1;
    let days = days_from_civil(year, month, 1) + day - 1;
    days * MILLIS_A_DAY + hour * 3_600_000 + minute * 60_000 + second * 1000 + millisecond
}

/// `None` when the date lies beyond what ECMAScript's `Date` holds.
#[must_use]
pub fn clip(millis: i64) -> Option<i64> {
    (millis.unsigned_abs() <= MAX_MILLIS.unsigned_abs()).then_some(millis)
}

/// Whether the year has a 29 February.
#[must_use]
pub fn is_leap_year(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Number of days in a month (1 to 12).
#[must_use]
pub fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        2 if is_leap_year(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// `new Date(millis).toISOString()`: years outside 0000 to 9999 get a sign and six digits.
///
/// ```
/// # use waystation_json::date::to_iso_string;
/// assert_eq!(to_iso_string(0), "1970-01-01T00:00:00.000Z");
/// ```
#[must_use]
pub fn to_iso_string(millis: i64) -> String {
    let Civil {
        year,
        month,
        day,
        hour,
        minute,
        second,
        millisecond,
    } = Civil::from_millis(millis);
    let mut text = String::with_capacity(27);
    // Writing to a `String` cannot fail.
    let _ = match year {
        0..=9999 => write!(text, "{year:04}"),
        _ => write!(text, "{year:+07}"),
    };
    let _ = write!(
        text,
        "-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z"
    );
    text
}

/// For numbers known to be small and not negative.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn unsigned(number: i64) -> u32 {
    number as u32
}
