//! Places in the text of a subscription.

use std::fmt;

/// How many characters of a long line a snippet shows on either side of the place it points to.
const SNIPPET_RADIUS: usize = 48;

/// A place in the text of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The number of bytes before it.
    pub offset: usize,
    /// The line, from 1.
    pub line: usize,
    /// The character of the line, from 1.
    pub column: usize,
}

impl Position {
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            offset,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// The line with a caret under this place, a long line cut around it; `text` is what was parsed.
    #[must_use]
    pub fn snippet(&self, text: &str) -> String {
        let line = text.lines().nth(self.line - 1).unwrap_or_default();
        let before = self.column - 1;
        let skipped = before.saturating_sub(SNIPPET_RADIUS);
        let shown: String = line.chars().skip(skipped).take(2 * SNIPPET_RADIUS).collect();
        format!("{shown}\n{:>width$}", '^', width = before - skipped + 1)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let text = "é = \"ü\"\nand x";
        let position = Position::of(text, text.find('x').unwrap());
        assert_eq!((position.line, position.column), (2, 5));
        assert_eq!(position.snippet(text), "and x\n    ^");
        assert_eq!(
            Position::of(text, 0),
            Position {
                offset: 0,
                line: 1,
                column: 1
            }
        );
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("{}#{}", "a".repeat(200), "b".repeat(200));
        let snippet = Position::of(&text, 200).snippet(&text);
        let (line, caret) = snippet.split_once('\n').unwrap();
        assert_eq!(line.find('#'), caret.find('^'));
        assert_eq!(line.len(), 2 * SNIPPET_RADIUS);
    }
}
