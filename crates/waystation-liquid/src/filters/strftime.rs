//! Date formats: `%Y-%m-%d` and the like.

use std::borrow::Cow;

use waystation_json::date::{Civil, MILLIS_A_DAY, days_from_civil};
use waystation_json::number::f64_text;

use super::date::whole_millis;
use super::time_zone::Zone;
use crate::error::Failure;
use crate::value::TextBuilder;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// A date as the clocks of a zone show it.
#[derive(Debug)]
pub(super) struct DisplayDate<'a> {
    civil: Civil,
    /// Milliseconds since the epoch that UTC clocks would show so.
    millis: i64,
    minutes_behind_utc: f64,
    zone: Zone<'a>,
}

impl<'a> DisplayDate<'a> {
    /// Nothing when the date, moved to the zone, is beyond what JavaScript knows.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn new(millis: i64, zone: Zone<'a>) -> Result<Option<Self>, Failure> {
        let minutes_behind_utc = zone.minutes_behind_utc(millis)?;
        let shown = whole_millis(millis as f64 - minutes_behind_utc * 60_000.0);
        Ok(shown.map(|millis| Self {
            civil: Civil::from_millis(millis),
            millis,
            minutes_behind_utc,
            zone,
        }))
    }

    fn month_name(&self) -> &'static str {
        MONTHS
            .get(self.civil.month as usize - 1)
            .copied()
            .unwrap_or_default()
    }

    fn weekday_name(&self) -> &'static str {
        WEEKDAYS
            .get(self.civil.weekday() as usize)
            .copied()
            .unwrap_or_default()
    }

    fn hour12(&self) -> u32 {
        match self.civil.hour % 12 {
            0 => 12,
            hour => hour,
        }
    }

    /// Week of the year, counted from the first such weekday on (0 for Sunday).
    fn week(&self, first_weekday: i64) -> i64 {
        let new_year = Civil::from_millis(days_from_civil(self.civil.year, 1, 1) * MILLIS_A_DAY);
        let week_start =
            i64::from(self.civil.day_of_year()) + first_weekday - i64::from(self.civil.weekday());
        let first_start = 7 - i64::from(new_year.weekday()) + first_weekday;
        (week_start - first_start).div_euclid(7) + 1
    }

    fn ordinal_suffix(&self) -> &'static str {
        match (self.civil.day, self.civil.day % 10) {
            (11..=13, _) => "th",
            (_, 1) => "st",
            (_, 2) => "nd",
            (_, 3) => "rd",
            _ => "th",
        }
    }

    fn offset(&self, has_colon: bool) -> String {
        let minutes = self.minutes_behind_utc.abs();
        let sign = if self.minutes_behind_utc > 0.0 { '-' } else { '+' };
        let colon = if has_colon { ":" } else { "" };
        // Offsets of old local times are no whole minutes and print as such.
        let (hours, minutes) = (f64_text((minutes / 60.0).floor()), f64_text(minutes % 60.0));
        format!("{sign}{hours:0>2}{colon}{minutes:0>2}")
    }

    fn zone_name(&self, has_colon: bool) -> Cow<'_, str> {
        match &self.zone {
            Zone::Local => Cow::Borrowed("UTC"),
            Zone::Named(name) => Cow::Borrowed(name),
            Zone::Offset(_) => Cow::Owned(self.offset(has_colon)),
        }
    }

    /// The date as `toLocaleDateString` prints it in the locale en-US.
    fn american_date(&self) -> String {
        format!("{}/{}/{}", self.civil.month, self.civil.day, self.civil.year)
    }

    /// The time as `toLocaleTimeString` prints it in the locale en-US.
    fn american_time(&self) -> String {
        let Civil { minute, second, .. } = self.civil;
        format!("{}:{minute:02}:{second:02} {}", self.hour12(), self.meridiem())
    }

    fn meridiem(&self) -> &'static str {
        if self.civil.hour < 12 { "AM" } else { "PM" }
    }

    /// The first characters of the year from one of them on, as `%C` and `%y` cut it.
    fn year_digits(&self, from: usize) -> String {
        self.civil.year.to_string().chars().skip(from).take(2).collect()
    }
}

/// A conversion: `%`, flags, width, an `E` or `O` without meaning, and a letter.
#[derive(Debug, Clone, Copy)]
struct Conversion<'f> {
    flags: &'f str,
    width: &'f str,
    letter: char,
}

/// Appends the date in a format. What is no conversion is text.
pub(super) fn push_formatted(
    out: &mut TextBuilder<'_>,
    format: &str,
    date: &DisplayDate<'_>,
) -> Result<(), Failure> {
    let mut rest = format;
    while let Some(place) = rest.find('%') {
        let (text, from_percent) = rest.split_at(place);
        out.push_str(text)?;
        let Some((conversion, after)) = read_conversion(from_percent) else {
            out.push('%')?;
            rest = from_percent.get(1..).unwrap_or_default();
            continue;
        };
        let written = from_percent
            .get(..from_percent.len() - after.len())
            .unwrap_or_default();
        match convert(conversion, date) {
            Some(converted) => push_padded(out, conversion, &converted)?,
            None => out.push_str(written)?,
        }
        rest = after;
    }
    out.push_str(rest)?;
    Ok(())
}

/// The conversion at the start of a text, and what follows it.
fn read_conversion(text: &str) -> Option<(Conversion<'_>, &str)> {
    let after_percent = text.get(1..)?;
    let (flags, rest) = split_while(after_percent, |c| "-_0^#:".contains(c));
    let (width, rest) = split_while(rest, |c| c.is_ascii_digit());
    let rest = rest.strip_prefix(['E', 'O']).unwrap_or(rest);
    let mut characters = rest.chars();
    let letter = characters
        .next()
        .filter(|c| !matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}'))?;
    Some((Conversion { flags, width, letter }, characters.as_str()))
}

fn split_while(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

/// Nothing for a letter without a meaning.
fn convert(conversion: Conversion<'_>, date: &DisplayDate<'_>) -> Option<Cow<'static, str>> {
    let civil = &date.civil;
    let has_colon = conversion.flags.contains(':');
    let short = |name: &'static str| Cow::Borrowed(name.get(..3).unwrap_or(name));
    let number = |number: u32| Cow::Owned(number.to_string());
    Some(match conversion.letter {
        'a' => short(date.weekday_name()),
        'A' => Cow::Borrowed(date.weekday_name()),
        'b' | 'h' => short(date.month_name()),
        'B' => Cow::Borrowed(date.month_name()),
        'c' => Cow::Owned(format!("{}, {}", date.american_date(), date.american_time())),
        'C' => Cow::Owned(date.year_digits(0)),
        'd' | 'e' => number(civil.day),
        'H' | 'k' => number(civil.hour),
        'I' | 'l' => number(date.hour12()),
        'j' => number(civil.day_of_year()),
        'L' => number(civil.millisecond),
        'm' => number(civil.month),
        'M' => number(civil.minute),
        'N' => Cow::Owned(fraction_digits(civil.millisecond, conversion)),
        'p' => Cow::Borrowed(date.meridiem()),
        'P' => Cow::Owned(date.meridiem().to_lowercase()),
        'q' => Cow::Borrowed(date.ordinal_suffix()),
        's' => Cow::Owned((date.millis + 500).div_euclid(1000).to_string()),
        'S' => number(civil.second),
        'u' => number((civil.weekday() + 6) % 7 + 1),
        'U' => Cow::Owned(date.week(0).to_string()),
        'w' => number(civil.weekday()),
        'W' => Cow::Owned(date.week(1).to_string()),
        'x' => Cow::Owned(date.american_date()),
        'X' => Cow::Owned(date.american_time()),
        'y' => Cow::Owned(date.year_digits(2)),
        'Y' => Cow::Owned(civil.year.to_string()),
        'z' => Cow::Owned(date.offset(has_colon)),
        'Z' => Cow::Owned(date.zone_name(has_colon).into_owned()),
        't' => Cow::Borrowed("\t"),
        'n' => Cow::Borrowed("\n"),
        '%' => Cow::Borrowed("%"),
        _ => return None,
    })
}

/// The fraction of the second, cut to the width when it is less than three; wider ones are padded later.
fn fraction_digits(millisecond: u32, conversion: Conversion<'_>) -> String {
    let digits = format!("{millisecond:03}");
    match width(conversion) {
        Some(width @ 1..=2) => digits.get(..width).unwrap_or_default().to_owned(),
        _ => digits,
    }
}

/// Nothing when there is none or it is 0.
fn width(conversion: Conversion<'_>) -> Option<usize> {
    match conversion.width {
        "" => None,
        digits => Some(digits.parse().unwrap_or(usize::MAX)).filter(|width| *width > 0),
    }
}

/// Applies case and padding.
fn push_padded(out: &mut TextBuilder<'_>, conversion: Conversion<'_>, text: &str) -> Result<(), Failure> {
    let has = |flag: char| conversion.flags.contains(flag);
    let text = match (has('^'), has('#')) {
        (true, _) => Cow::Owned(text.to_uppercase()),
        (false, true) => Cow::Owned(swap_case(text)),
        (false, false) => Cow::Borrowed(text),
    };
    if conversion.letter == 'N' {
        return push_fraction(out, conversion, &text);
    }
    let padding = match (has('_'), has('0')) {
        (true, _) => ' ',
        (false, true) => '0',
        (false, false) if "aAbBceklpP".contains(conversion.letter) => ' ',
        (false, false) => '0',
    };
    let width = width(conversion).unwrap_or(match conversion.letter {
        'd' | 'e' | 'H' | 'I' | 'k' | 'l' | 'm' | 'M' | 'S' | 'U' | 'W' => 2,
        'j' | 'L' => 3,
        _ => 0,
    });
    if !has('-') {
        push_repeated(out, padding, width.saturating_sub(text.chars().count()))?;
    }
    out.push_str(&text)?;
    Ok(())
}

/// Digits of a second are filled up on the right, to nine of them without a width.
fn push_fraction(out: &mut TextBuilder<'_>, conversion: Conversion<'_>, digits: &str) -> Result<(), Failure> {
    out.push_str(digits)?;
    push_repeated(
        out,
        '0',
        width(conversion).unwrap_or(9).saturating_sub(digits.len()),
    )
}

#[allow(clippy::cast_precision_loss)]
fn push_repeated(out: &mut TextBuilder<'_>, character: char, count: usize) -> Result<(), Failure> {
    out.budget.request_units(count as f64)?;
    Ok(out.push_repeated(character, count)?)
}

/// Upper case when there is a lower-case letter, lower case otherwise.
fn swap_case(text: &str) -> String {
    if text.contains(|c: char| c.is_ascii_lowercase()) {
        text.to_uppercase()
    } else {
        text.to_lowercase()
    }
}
