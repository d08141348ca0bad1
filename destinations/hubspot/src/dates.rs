//! Texts that HubSpot takes for dates.

/// What a text in ISO 8601 tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateForm {
    /// A day.
    Day,
    /// A moment.
    Moment,
}

/// Whether a text is a day (`2026-11-22`) or a moment (`2026-11-22T10:00:00.5+01:00`, also with a blank for the
/// `T`, without colons, seconds or zone).
#[must_use]
pub fn date_form(text: &str) -> Option<DateForm> {
    let mut rest = Scanner(text.as_bytes());
    rest.digits(4)?;
    rest.byte(b"-")?;
    rest.number(2, 1..=12)?;
    rest.byte(b"-")?;
    rest.number(2, 1..=31)?;
    if rest.is_at_end() {
        return Some(DateForm::Day);
    }
    rest.byte(b"T ")?;
    rest.clock()?;
    rest.zone()?;
    rest.is_at_end().then_some(DateForm::Moment)
}

/// What is left of a text.
struct Scanner<'a>(&'a [u8]);

impl Scanner<'_> {
    fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    fn byte(&mut self, allowed: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        if !allowed.contains(first) {
            return None;
        }
        self.0 = rest;
        Some(*first)
    }

    fn digits(&mut self, count: usize) -> Option<u32> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        let number = digits.iter().try_fold(0, |number, byte| {
            Some(number * 10 + char::from(*byte).to_digit(10)?)
        })?;
        self.0 = rest;
        Some(number)
    }

    fn number(&mut self, digits: usize, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
        self.digits(digits).filter(|number| range.contains(number))
    }

    /// Hours and minutes; seconds and their fraction if they are there.
    fn clock(&mut self) -> Option<()> {
        self.digits(2)?;
        self.colon();
        self.digits(2)?;
        let before_seconds = self.0;
        self.colon();
        if self.digits(2).is_none() {
            self.0 = before_seconds;
            return Some(());
        }
        if self.byte(b".,").is_some() {
            self.digits(1)?;
            while self.digits(1).is_some() {}
        }
        Some(())
    }

    /// `Z` or an offset, if it is there.
    fn zone(&mut self) -> Option<()> {
        if self.byte(b"Z").is_some() || self.byte(b"+-").is_none() {
            return Some(());
        }
        self.digits(2)?;
        if self.is_at_end() {
            return Some(());
        }
        self.colon();
        self.digits(2).map(drop)
    }

    fn colon(&mut self) {
        // A colon is welcome, and nobody misses it.
        let _ = self.byte(b":");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_are_told_apart() {
        for day in ["2024-03-08", "0000-12-31", "2024-02-31"] {
            assert_eq!(date_form(day), Some(DateForm::Day), "{day}");
        }
        for moment in [
            "2024-03-08T14:22:31.118Z",
            "2024-03-08 14:22",
            "2024-03-08T1422",
            "2024-03-08T142231",
            "2024-03-08T14:22:31,5+01:00",
            "2024-03-08T14:22+01",
            "2024-03-08T14:22-0130",
            "2024-03-08T14:22Z",
            "2024-03-08T99:99:99",
        ] {
            assert_eq!(date_form(moment), Some(DateForm::Moment), "{moment}");
        }
    }

    #[test]
    fn anything_else_is_no_date() {
        for text in [
            "",
            "2024",
            "2024-3-8",
            "2024-13-01",
            "2024-00-01",
            "2024-01-32",
            "2024-03-08T",
            "2024-03-08T14",
            "2024-03-08T14:22:31.",
            "2024-03-08T14:22:3",
            "2024-03-08T14:22+1",
            "2024-03-08T14:22Zx",
            "2024-03-08 ",
            " 2024-03-08",
            "2024-03-08Z",
            "٢٠٢٤-03-08",
        ] {
            assert_eq!(date_form(text), None, "{text}");
        }
    }
}
