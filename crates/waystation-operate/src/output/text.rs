//! Texts as they stand in tables.

use jiff::{SignedDuration, Timestamp};

/// How a text is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Tone {
    #[default]
    Plain,
    /// As it should be.
    Good,
    /// Not yet as it should be.
    Uneasy,
    /// Not as it should be.
    Bad,
    /// Of little interest.
    Quiet,
    /// What others stand under.
    Heading,
}

/// A text, and how it is meant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) tone: Tone,
}

impl Cell {
    pub(crate) fn new(text: impl AsRef<str>, tone: Tone) -> Self {
        Self {
            text: plain(text.as_ref()),
            tone,
        }
    }

    /// How many columns it takes.
    pub(crate) fn width(&self) -> usize {
        self.text.chars().count()
    }

    /// The text within so many columns, cut off if it is longer.
    pub(crate) fn cut(&self, width: usize) -> Self {
        let mut text = self.text.clone();
        if self.width() > width {
            text = self.text.chars().take(width.saturating_sub(1)).collect();
            text.push('…');
        }
        Self {
            text,
            tone: self.tone,
        }
    }

    /// The text with its colour.
    pub(crate) fn painted(&self, colour: bool) -> String {
        let code = match self.tone {
            Tone::Plain => "",
            Tone::Good => "32",
            Tone::Uneasy => "33",
            Tone::Bad => "31",
            Tone::Quiet => "2",
            Tone::Heading => "1",
        };
        match colour && !code.is_empty() && !self.text.is_empty() {
            true => format!("\u{1b}[{code}m{}\u{1b}[0m", self.text),
            false => self.text.clone(),
        }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text, Tone::Plain)
    }
}

/// A text without what would drive the terminal or turn the direction of writing: names of events are whatever their
/// senders made them.
pub(crate) fn plain(text: &str) -> String {
    let is_unsafe = |character: char| {
        character.is_control()
            || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|character| if is_unsafe(character) { '\u{b7}' } else { character })
        .collect()
}

/// How long ago, or how far ahead, a point in time is: `12s`, `3m`, `4h`, `5d`, `in 12s`.
pub(crate) fn age(time: Timestamp, now: Timestamp) -> String {
    let past = now.duration_since(time);
    let length = |duration: SignedDuration| {
        let seconds = duration.as_secs();
        match seconds {
            0..60 => format!("{seconds}s"),
            60..3_600 => format!("{}m", seconds / 60),
            3_600..172_800 => format!("{}h", seconds / 3_600),
            _ => format!("{}d", seconds / 86_400),
        }
    };
    match past.is_negative() {
        true => format!("in {}", length(past.abs())),
        false => length(past),
    }
}

/// A number with its thousands apart: `1 234 567`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_drive_the_terminal_does_not() {
        assert_eq!(plain("a\u{1b}[31mb\nc\u{202e}d"), "a·[31mb·c·d");
        assert_eq!(plain("Größe ✓"), "Größe ✓");
    }

    #[test]
    fn numbers_and_ages_are_short() {
        assert_eq!(
            [count(7), count(1_234), count(1_234_567)],
            ["7", "1 234", "1 234 567"]
        );
        let now = Timestamp::from_second(1_000_000).unwrap();
        let at = |seconds: i64| age(Timestamp::from_second(1_000_000 - seconds).unwrap(), now);
        assert_eq!(
            [at(0), at(59), at(60), at(3_600), at(172_800), at(-90)],
            ["0s", "59s", "1m", "1h", "2d", "in 1m"]
        );
    }

    #[test]
    fn colours_are_only_where_they_are_wanted() {
        let cell = Cell::new("dead", Tone::Bad);
        assert_eq!(cell.painted(false), "dead");
        assert_eq!(cell.painted(true), "\u{1b}[31mdead\u{1b}[0m");
        assert_eq!(Cell::from("x").painted(true), "x");
    }
}
