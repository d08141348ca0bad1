//! The text of a file.

use crate::fault::Position;

/// The text of a file and what the file is called.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
    /// Where each line begins; a file of many faults is not counted through for each of them.
    lines: Vec<usize>,
}

impl Source {
    pub(crate) fn new(name: &str, text: String) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self {
            name: name.to_owned(),
            lines: [0].into_iter().chain(ends.map(|(end, _)| end + 1)).collect(),
            text,
        }
    }

    /// Whether a byte stands in a line that begins a table: `[server]`.
    pub(crate) fn is_header(&self, offset: usize) -> bool {
        let line = self.position(offset).line;
        let begin = self.lines.get(line - 1).copied().unwrap_or_default();
        self.text[begin..]
            .trim_start_matches([' ', '\t'])
            .starts_with('[')
    }

    /// The line and column of a byte of the text.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        let line = self.lines.partition_point(|begin| *begin <= before.len());
        let begin = self.lines.get(line - 1).copied().unwrap_or_default();
        Position {
            line,
            column: String::from_utf8_lossy(&before[begin..]).chars().count() + 1,
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
