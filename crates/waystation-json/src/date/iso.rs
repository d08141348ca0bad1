//! The ISO 8601 forms that ECMAScript requires.

use super::parts::{DateParts, is_day, is_hour, is_month, is_sixtieth};
use super::scanner::{Scanner, Token, Word};

pub(super) enum IsoOutcome {
    /// The whole text was of an ISO form.
    Complete,
    /// The start may have been; this is the first token that was not.
    Continue(Token),
    /// No reader takes the text.
    Invalid,
}

/// Reads as much as possible of `[+-YY]YYYY[-MM[-DD]][THH:mm[:ss[.sss]][Z|+-hh:mm]]`.
///
/// After a `T` there is no way back to the lenient reader.
pub(super) fn read(scanner: &mut Scanner<'_>, parts: &mut DateParts) -> IsoOutcome {
    if let Err(token) = read_date(scanner, parts) {
        return IsoOutcome::Continue(token);
    }
    if scanner.peek() == Token::Word(Word::TimeSeparator) {
        scanner.next();
        if read_time(scanner, parts).is_none() {
            return IsoOutcome::Invalid;
        }
    } else if scanner.peek() != Token::End {
        return IsoOutcome::Continue(scanner.next());
    }
    parts.day.set_iso();
    IsoOutcome::Complete
}

/// The error is the token at which the lenient reader has to go on.
fn read_date(scanner: &mut Scanner<'_>, parts: &mut DateParts) -> Result<(), Token> {
    let year = read_year(scanner)?;
    parts.day.add(year);
    for is_valid in [is_month, is_day] {
        if !scanner.skip_symbol(b'-') {
            break;
        }
        let token = scanner.next();
        let number = token
            .as_fixed_number(2)
            .filter(|number| is_valid(*number))
            .ok_or(token)?;
        parts.day.add(number);
    }
    Ok(())
}

fn read_year(scanner: &mut Scanner<'_>) -> Result<i32, Token> {
    let first = scanner.next();
    let Some(sign) = first.as_sign() else {
        return first.as_fixed_number(4).ok_or(first);
    };
    let year = scanner.peek().as_fixed_number(6).ok_or(first)?;
    scanner.next();
    // There is no year minus zero.
    if sign < 0 && year == 0 {
        Err(first)
    } else {
        Ok(sign * year)
    }
}

fn read_time(scanner: &mut Scanner<'_>, parts: &mut DateParts) -> Option<()> {
    let time = &mut parts.time;
    let hour = two_digits(scanner, |hour| (0..=24).contains(&hour))?;
    // 24:00 is midnight at the end of the day; no other time starts with 24.
    let is_part = |number| is_sixtieth(number) && (hour < 24 || number == 0);
    time.add(hour);
    expect_symbol(scanner, b':')?;
    time.add(two_digits(scanner, is_part)?);
    if scanner.skip_symbol(b':') {
        time.add(two_digits(scanner, is_part)?);
        if scanner.skip_symbol(b'.') {
            let fraction = scanner.next().as_number()?;
            if hour == 24 && fraction.value > 0 {
                return None;
            }
            time.add(fraction.as_milliseconds());
        }
    }
    read_zone(scanner, parts)?;
    (scanner.peek() == Token::End).then_some(())
}

fn read_zone(scanner: &mut Scanner<'_>, parts: &mut DateParts) -> Option<()> {
    if scanner.peek() == Token::Word(Word::Zulu) {
        scanner.next();
        parts.zone.set_hours(0);
        return Some(());
    }
    let Some(sign) = scanner.peek().as_sign() else {
        return Some(());
    };
    scanner.next();
    let (hour, minute) = match scanner.peek().as_fixed_number(4) {
        Some(both) => {
            scanner.next();
            (both / 100, both % 100)
        }
        None => {
            let hour = two_digits(scanner, is_hour)?;
            expect_symbol(scanner, b':')?;
            (hour, two_digits(scanner, is_sixtieth)?)
        }
    };
    parts.zone.set(sign, hour, Some(minute));
    (is_hour(hour) && is_sixtieth(minute)).then_some(())
}

fn two_digits(scanner: &mut Scanner<'_>, is_valid: impl Fn(i32) -> bool) -> Option<i32> {
    let number = scanner.next().as_fixed_number(2)?;
    is_valid(number).then_some(number)
}

fn expect_symbol(scanner: &mut Scanner<'_>, symbol: u8) -> Option<()> {
    scanner.skip_symbol(symbol).then_some(())
}
