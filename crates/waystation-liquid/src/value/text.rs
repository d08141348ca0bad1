//! Texts, measured in UTF-16 units as JavaScript does.

use std::borrow::Cow;
use std::ops::{Deref, Range};
use std::rc::Rc;

use waystation_json::utf16_len;

use crate::budget::{Budget, BudgetExceeded};

#[derive(Debug, Clone)]
pub(crate) enum Text<'a> {
    /// Part of the event or the template.
    Borrowed(&'a str),
    /// Made while rendering.
    Shared(Rc<str>),
}

impl Text<'_> {
    /// Length in UTF-16 units.
    pub(crate) fn units(&self) -> usize {
        if self.is_ascii() {
            self.len()
        } else {
            utf16_len(self)
        }
    }

    /// A part of the text, borrowed from the same place where possible.
    pub(crate) fn part(
        &self,
        cut: impl for<'t> FnOnce(&'t str) -> Cow<'t, str>,
        budget: &mut Budget,
    ) -> Result<Self, BudgetExceeded> {
        budget.spend_reading(self.len())?;
        Ok(match self {
            Self::Borrowed(text) => match cut(text) {
                Cow::Borrowed(part) => Self::Borrowed(part),
                Cow::Owned(part) => Self::from(part),
            },
            Self::Shared(text) => {
                budget.spend_bytes(text.len())?;
                Self::from(cut(text).as_ref())
            }
        })
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Shared(text) => text,
        }
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self::Shared(text.into())
    }
}

impl From<&str> for Text<'_> {
    /// Copies the text.
    fn from(text: &str) -> Self {
        Self::Shared(text.into())
    }
}

/// A text that is paid for while it grows.
#[derive(Debug)]
pub(crate) struct TextBuilder<'b> {
    text: String,
    pub(crate) budget: &'b mut Budget,
}

impl<'b> TextBuilder<'b> {
    pub(crate) fn new(budget: &'b mut Budget) -> Self {
        Self {
            text: String::new(),
            budget,
        }
    }

    /// Goes on with a text that has been paid for.
    pub(crate) fn resume(text: String, budget: &'b mut Budget) -> Self {
        Self { text, budget }
    }

    pub(crate) fn push_str(&mut self, text: &str) -> Result<(), BudgetExceeded> {
        self.budget.spend_bytes(text.len())?;
        self.text.push_str(text);
        Ok(())
    }

    pub(crate) fn push(&mut self, character: char) -> Result<(), BudgetExceeded> {
        self.budget.spend_bytes(character.len_utf8())?;
        self.text.push(character);
        Ok(())
    }

    /// Appends a character many times; paid for as a whole before any of it is made.
    pub(crate) fn push_repeated(&mut self, character: char, count: usize) -> Result<(), BudgetExceeded> {
        self.budget
            .spend_bytes(count.saturating_mul(character.len_utf8()))?;
        self.text.extend(std::iter::repeat_n(character, count));
        Ok(())
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }
}

/// The part between two positions in UTF-16 units. Half of a surrogate pair becomes U+FFFD.
pub(crate) fn utf16_slice(text: &str, range: Range<usize>) -> Cow<'_, str> {
    if range.start >= range.end {
        return Cow::Borrowed("");
    }
    if text.is_ascii() {
        let end = range.end.min(text.len());
        return Cow::Borrowed(text.get(range.start..end).unwrap_or_default());
    }
    let (start, end) = (Boundary::at(text, range.start), Boundary::at(text, range.end));
    let whole = text.get(start.after..end.before).unwrap_or_default();
    if start.is_clean() && end.is_clean() {
        return Cow::Borrowed(whole);
    }
    let half = |boundary: &Boundary| if boundary.is_clean() { "" } else { "\u{FFFD}" };
    Cow::Owned([half(&start), whole, half(&end)].concat())
}

/// The byte offsets of a position in UTF-16 units: they differ when it splits a character.
struct Boundary {
    before: usize,
    after: usize,
}

impl Boundary {
    fn at(text: &str, position: usize) -> Self {
        let mut units = 0;
        for (offset, character) in text.char_indices() {
            if units == position {
                return Self {
                    before: offset,
                    after: offset,
                };
            }
            units += character.len_utf16();
            if units > position {
                return Self {
                    before: offset,
                    after: offset + character.len_utf8(),
                };
            }
        }
        Self {
            before: text.len(),
            after: text.len(),
        }
    }

    fn is_clean(&self) -> bool {
        self.before == self.after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_count_utf16_units() {
        for (text, range, part) in [
            ("hello", 1..3, "el"),
            ("hello", 3..99, "lo"),
            ("hello", 9..12, ""),
            ("é日x", 1..3, "日x"),
            ("😀x", 0..2, "😀"),
            ("😀x", 0..1, "\u{FFFD}"),
            ("😀x", 1..3, "\u{FFFD}x"),
            ("a😀b", 2..3, "\u{FFFD}"),
            ("a😀b", 2..2, ""),
        ] {
            assert_eq!(utf16_slice(text, range.clone()), part, "{text:?} {range:?}");
        }
    }
}
