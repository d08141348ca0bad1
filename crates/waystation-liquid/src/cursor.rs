//! Reading a part of a template character by character.

use crate::characters::{is_blank, is_word};
use crate::error::{CompileError, Position, SyntaxProblem, snippet};

/// A part of a template's source, by byte offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Span {
    /// The part without white space around it, after one `-` at either end has been taken off.
    pub(crate) fn trimmed(self, source: &str) -> Self {
        let text = self.text(source);
        let text = text.strip_prefix('-').unwrap_or(text);
        let start = self.end - text.trim_start_matches(is_blank).len();
        let text = text.strip_suffix('-').unwrap_or(text).trim_matches(is_blank);
        Self {
            start,
            end: start + text.len(),
        }
    }

    pub(crate) fn text(self, source: &str) -> &str {
        source.get(self.start..self.end).unwrap_or_default()
    }
}

/// Reads forward through a span and never leaves it.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'s> {
    source: &'s str,
    rest: &'s str,
    end: usize,
}

impl<'s> Cursor<'s> {
    pub(crate) fn new(source: &'s str, span: Span) -> Self {
        Self {
            source,
            rest: span.text(source),
            end: span.end,
        }
    }

    /// An error at the next character.
    pub(crate) fn error(&self, problem: SyntaxProblem) -> CompileError {
        CompileError {
            problem,
            position: Position::of(self.source, self.offset()),
        }
    }

    pub(crate) fn expected(&self, expected: &'static str) -> CompileError {
        self.error(SyntaxProblem::Expected {
            expected,
            found: snippet(self.rest),
        })
    }

    /// White space, then this text.
    pub(crate) fn expect(&mut self, text: &str, description: &'static str) -> Result<(), CompileError> {
        self.skip_blank();
        if self.take_if(text) {
            Ok(())
        } else {
            Err(self.expected(description))
        }
    }

    /// Byte offset in the source.
    pub(crate) fn offset(&self) -> usize {
        self.end - self.rest.len()
    }

    pub(crate) fn rest(&self) -> &'s str {
        self.rest
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// The source from an earlier offset up to here.
    pub(crate) fn text_since(&self, offset: usize) -> &'s str {
        self.source.get(offset..self.offset()).unwrap_or_default()
    }

    /// Whether the next characters are a single `.`; two of them belong to a range.
    pub(crate) fn is_at_dot(&self) -> bool {
        self.rest.starts_with('.') && !self.rest.starts_with("..")
    }

    /// Takes so many bytes, which must end between two characters.
    pub(crate) fn take(&mut self, length: usize) -> &'s str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    pub(crate) fn take_if(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes a word when no longer name starts with it.
    pub(crate) fn take_word(&mut self, word: &str) -> bool {
        let is_whole = |rest: &&str| !rest.starts_with(is_word);
        match self.rest.strip_prefix(word).filter(is_whole) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    pub(crate) fn skip_blank(&mut self) {
        self.rest = self.rest.trim_start_matches(is_blank);
    }

    /// Goes behind the next such character, or to the end when there is none.
    pub(crate) fn skip_past(&mut self, character: char) -> bool {
        match self.rest.split_once(character) {
            Some((_, rest)) => {
                self.rest = rest;
                true
            }
            None => {
                self.rest = "";
                false
            }
        }
    }

    /// White space, then a name, which may be empty.
    pub(crate) fn identifier(&mut self) -> &'s str {
        self.skip_blank();
        let length = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
        self.take(length)
    }

    /// The name of a tag; `#` is the name of an inline comment.
    pub(crate) fn tag_name(&mut self) -> &'s str {
        self.skip_blank();
        if self.rest.starts_with('#') {
            self.take(1)
        } else {
            self.identifier()
        }
    }

    /// A text in quotes with the quotes; one that is not closed reaches to the end.
    pub(crate) fn quoted(&mut self) -> Option<&'s str> {
        let length = quoted_length(self.rest)?;
        Some(self.take(length))
    }
}

/// Length in bytes of the quoted text at the start; `None` when there is no quote.
pub(crate) fn quoted_length(text: &str) -> Option<usize> {
    let quote = text.bytes().next().filter(|byte| matches!(byte, b'"' | b'\''))?;
    let mut is_escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        if is_escaped {
            is_escaped = false;
        } else if byte == quote {
            return Some(index + 1);
        } else {
            is_escaped = byte == b'\\';
        }
    }
    Some(text.len())
}
