//! What has been read of a date, and how it becomes a moment.

use super::civil::{clip, millis_from_parts};

#[derive(Debug, Default)]
pub(super) struct DateParts {
    pub(super) day: DayParts,
    pub(super) time: TimeParts,
    pub(super) zone: ZoneParts,
}

impl DateParts {
    pub(super) fn to_millis(&self) -> Option<i64> {
        let (year, month, day) = self.day.resolve()?;
        let [hour, minute, second, millisecond] = self.time.resolve()?.map(i64::from);
        let offset = self.zone.offset_seconds()?;
        // V8 refuses years beyond a million before it looks at the rest.
        if year.abs() > 1_000_000 {
            return None;
        }
        let (year, month0, day) = (i64::from(year), i64::from(month - 1), i64::from(day));
        let local = millis_from_parts(year, month0, day, hour, minute, second, millisecond);
        clip(local - offset * 1000)
    }
}

/// Up to three numbers whose meaning is only known at the end, and a month given by name.
#[derive(Debug, Default)]
pub(super) struct DayParts {
    numbers: [i32; 3],
    count: usize,
    named_month: Option<i32>,
    is_iso: bool,
}

impl DayParts {
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// `None` when three numbers are there already.
    pub(super) fn add(&mut self, number: i32) -> Option<()> {
        *self.numbers.get_mut(self.count)? = number;
        self.count += 1;
        Some(())
    }

    pub(super) fn set_named_month(&mut self, month: i32) {
        self.named_month = Some(month);
    }

    /// The numbers are year, month and day in this order, and short years mean what they say.
    pub(super) fn set_iso(&mut self) {
        self.is_iso = true;
    }

    /// Year, month and day.
    fn resolve(&self) -> Option<(i32, i32, i32)> {
        if self.count == 0 {
            return None;
        }
        let (year, month, day) = self.assign();
        let year = match year {
            _ if self.is_iso => year,
            0..=49 => year + 2000,
            50..=99 => year + 1900,
            _ => year,
        };
        (is_month(month) && is_day(day)).then_some((year, month, day))
    }

    /// Decides which number is what: the first one is the year when it cannot be a day.
    ///
    /// A number that is missing counts as 1, as a year too, which makes `March 7` a day of 2001.
    fn assign(&self) -> (i32, i32, i32) {
        let mut numbers = [1; 3];
        for (number, given) in numbers.iter_mut().zip(&self.numbers).take(self.count) {
            *number = *given;
        }
        let [first, second, third] = numbers;
        match self.named_month {
            None if self.is_iso || !is_day(first) => (first, second, third),
            None => (third, first, second),
            Some(month) if !is_day(first) => (first, month, second),
            Some(month) => (second, month, first),
        }
    }
}

/// Hour, minute, second and millisecond in order of appearance, and what `am` or `pm` adds.
#[derive(Debug, Default)]
pub(super) struct TimeParts {
    numbers: [i32; 4],
    count: usize,
    meridiem: Option<i32>,
}

impl TimeParts {
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether the number could be the next part.
    pub(super) fn expects(&self, number: i32) -> bool {
        match self.count {
            1 | 2 => is_sixtieth(number),
            3 => is_millisecond(number),
            _ => false,
        }
    }

    /// `None` when the time is complete already.
    pub(super) fn add(&mut self, number: i32) -> Option<()> {
        *self.numbers.get_mut(self.count)? = number;
        self.count += 1;
        Some(())
    }

    /// Adds the last part; those not given are zero. A complete time stays as it is.
    pub(super) fn add_final(&mut self, number: i32) {
        if self.add(number).is_some() {
            self.count = self.numbers.len();
        }
    }

    pub(super) fn set_meridiem(&mut self, hours: i32) {
        self.meridiem = Some(hours);
    }

    fn resolve(&self) -> Option<[i32; 4]> {
        let [mut hour, minute, second, millisecond] = self.numbers;
        if let Some(hours) = self.meridiem {
            if !(0..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + hours;
        }
        let is_clock_time =
            is_hour(hour) && is_sixtieth(minute) && is_sixtieth(second) && is_millisecond(millisecond);
        let is_end_of_day = [hour, minute, second, millisecond] == [24, 0, 0, 0];
        (is_clock_time || is_end_of_day).then_some([hour, minute, second, millisecond])
    }
}

/// An offset from UTC.
#[derive(Debug, Default)]
pub(super) struct ZoneParts {
    sign: Option<i32>,
    hour: Option<i32>,
    minute: Option<i32>,
}

impl ZoneParts {
    pub(super) fn is_utc(&self) -> bool {
        self.hour == Some(0) && self.minute == Some(0)
    }

    /// Whether the hour has been read and the number could be the minute.
    pub(super) fn expects(&self, number: i32) -> bool {
        self.hour.is_some() && self.minute.is_none() && is_sixtieth(number)
    }

    pub(super) fn set_hours(&mut self, hours: i32) {
        self.set(if hours < 0 { -1 } else { 1 }, hours.abs(), Some(0));
    }

    pub(super) fn set(&mut self, sign: i32, hour: i32, minute: Option<i32>) {
        *self = Self {
            sign: Some(sign),
            hour: Some(hour),
            minute,
        };
    }

    pub(super) fn set_minute(&mut self, minute: i32) {
        self.minute = Some(minute);
    }

    /// 0 when none was given: the zone is UTC.
    fn offset_seconds(&self) -> Option<i64> {
        let Some(sign) = self.sign else { return Some(0) };
        // V8 computes in 32 bits and lets hours wrap.
        let hours = self.hour.unwrap_or(0).unsigned_abs().wrapping_mul(3600);
        let minutes = self.minute.unwrap_or(0).unsigned_abs().wrapping_mul(60);
        let seconds = i32::try_from(hours.wrapping_add(minutes)).ok()?;
        Some(i64::from(seconds) * i64::from(sign))
    }
}

pub(super) fn is_month(number: i32) -> bool {
    (1..=12).contains(&number)
}

pub(super) fn is_day(number: i32) -> bool {
    (1..=31).contains(&number)
}

pub(super) fn is_hour(number: i32) -> bool {
    (0..=23).contains(&number)
}

/// A minute or a second.
pub(super) fn is_sixtieth(number: i32) -> bool {
    (0..=59).contains(&number)
}

fn is_millisecond(number: i32) -> bool {
    (0..=999).contains(&number)
}
