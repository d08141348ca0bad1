//! V8's lenient reader for every date that is not of an ISO form.
//!
//! Numbers before a colon belong to the time, all others to the day; words before the first number are
//! ignored, and so is everything in parentheses.

use super::parts::DateParts;
use super::scanner::{Numeral, Scanner, Token, Word};

/// Reads the rest of a text, from a token that has been taken from the scanner already.
pub(super) fn read(first: Token, scanner: &mut Scanner<'_>, parts: &mut DateParts) -> Option<()> {
    let has_read_number = !parts.day.is_empty();
    let mut reader = LegacyReader {
        scanner,
        parts,
        has_read_number,
    };
    let mut token = first;
    while token != Token::End {
        reader.read_token(token)?;
        token = reader.scanner.next();
    }
    Some(())
}

struct LegacyReader<'s, 'text> {
    scanner: &'s mut Scanner<'text>,
    parts: &'s mut DateParts,
    has_read_number: bool,
}

impl LegacyReader<'_, '_> {
    fn read_token(&mut self, token: Token) -> Option<()> {
        match token {
            Token::Number(numeral) => {
                self.has_read_number = true;
                self.read_number(numeral.value)
            }
            Token::Word(word) => self.read_word(word),
            Token::Symbol(b'-') if self.may_start_offset() => self.read_offset(-1),
            Token::Symbol(b'+') if self.may_start_offset() => self.read_offset(1),
            Token::Symbol(b'-' | b'+' | b')') if self.has_read_number => None,
            Token::Symbol(_) | Token::Space | Token::Other | Token::End => Some(()),
        }
    }

    fn read_number(&mut self, number: i32) -> Option<()> {
        if self.scanner.skip_symbol(b':') {
            return self.read_before_colon(number);
        }
        if self.scanner.skip_symbol(b'.') && self.parts.time.expects(number) {
            self.parts.time.add(number);
            let fraction = self.scanner.next().as_number()?;
            self.parts.time.add_final(fraction.as_milliseconds());
            return Some(());
        }
        if self.parts.zone.expects(number) {
            self.parts.zone.set_minute(number);
            return Some(());
        }
        if self.parts.time.expects(number) {
            self.parts.time.add_final(number);
            return self.time_may_end_here().then_some(());
        }
        self.parts.day.add(number)?;
        self.scanner.skip_symbol(b'-');
        Some(())
    }

    fn read_before_colon(&mut self, number: i32) -> Option<()> {
        if self.scanner.skip_symbol(b':') {
            // `10::30` leaves out the minutes.
            if !self.parts.time.is_empty() {
                return None;
            }
            self.parts.time.add(number);
            self.parts.time.add(0);
            return Some(());
        }
        self.parts.time.add(number)?;
        self.scanner.skip_symbol(b'.');
        Some(())
    }

    fn time_may_end_here(&self) -> bool {
        matches!(
            self.scanner.peek(),
            Token::End | Token::Space | Token::Word(Word::Zulu) | Token::Symbol(b'+' | b'-')
        )
    }

    fn read_word(&mut self, word: Word) -> Option<()> {
        match word {
            Word::Meridiem(hours) if !self.parts.time.is_empty() => self.parts.time.set_meridiem(hours),
            Word::Month(month) => {
                self.parts.day.set_named_month(month);
                self.scanner.skip_symbol(b'-');
            }
            Word::Zone(hours) if self.has_read_number => self.parts.zone.set_hours(hours),
            Word::Zulu if self.has_read_number => self.parts.zone.set_hours(0),
            // Other words may only stand before the first number, and not right before it.
            _ if self.has_read_number || self.scanner.peek().as_number().is_some() => return None,
            _ => {}
        }
        Some(())
    }

    /// Offsets stand after a time, or after the name of UTC.
    fn may_start_offset(&self) -> bool {
        self.parts.zone.is_utc() || !self.parts.time.is_empty()
    }

    fn read_offset(&mut self, sign: i32) -> Option<()> {
        self.has_read_number = true;
        let mut numeral = Numeral { value: 0, digits: 0 };
        if let Some(given) = self.scanner.peek().as_number() {
            self.scanner.next();
            numeral = given;
        }
        let Numeral { value, digits } = numeral;
        let (hour, minute) = match digits {
            // The minutes follow as a number of their own.
            _ if self.scanner.peek() == Token::Symbol(b':') => (value, None),
            1 | 2 => (value, Some(0)),
            3 | 4 => (value / 100, Some(value % 100)),
            _ => return None,
        };
        self.parts.zone.set(sign, hour, minute);
        Some(())
    }
}
