//! The text of a file.

use crate::fault::Position;

/// The text of a file and what the file is called.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn new(name: &str, text: String) -> Self {
        Self {
            name: name.to_owned(),
            text,
        }
    }

    /// Whether a byte stands in a line that begins a table: `[server]`.
    pub(crate) fn is_header(&self, offset: usize) -> bool {
        let line = self.position(offset).line;
        let line = self.text.lines().nth(line - 1).unwrap_or_default();
        line.trim_start().starts_with('[')
    }

    /// The line and column of a byte of the text.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        let line_start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |newline| newline + 1);
        Position {
            line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
            column: String::from_utf8_lossy(&before[line_start..]).chars().count() + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_characters_count_from_one() {
        let source = Source::new("file", "é = 1\nü = 2".to_owned());
        for (offset, line, column) in [(0, 1, 1), (3, 1, 3), (7, 2, 1), (10, 2, 3), (99, 2, 6)] {
            assert_eq!(
                source.position(offset),
                Position { line, column },
                "byte {offset}"
            );
        }
    }
}
