//! One replacement of `@replace`: a pattern, and the text that takes its place.

use std::ops::Range;

use crate::allowance::Allowance;
use crate::error::ResolveProblem;

/// A pattern taken literally, and what replaces it.
#[derive(Debug)]
pub(super) struct Substitution {
    pattern: Pattern,
    replacement: Vec<Part>,
    /// Every occurrence is replaced, not only the first.
    all: bool,
}

#[derive(Debug)]
enum Pattern {
    Exact(String),
    /// The characters of the pattern, folded.
    IgnoringCase(Vec<char>),
}

/// A part of a replacement text.
#[derive(Debug, PartialEq)]
enum Part {
    Text(String),
    /// `$&`: what the pattern matched.
    Matched,
    /// `` $` ``: everything before the match.
    Before,
    /// `$'`: everything after the match.
    After,
}

impl Substitution {
    /// Reads pattern and replacement; an empty pattern never matches.
    pub(super) fn new(pattern: &str, replacement: &str, ignore_case: bool, all: bool) -> Self {
        let pattern = if ignore_case {
            Pattern::IgnoringCase(pattern.chars().map(fold).collect())
        } else {
            Pattern::Exact(pattern.to_owned())
        };
        Self {
            pattern,
            replacement: parse_replacement(replacement),
            all,
        }
    }

    /// The text with occurrences of the pattern replaced.
    pub(super) fn apply(&self, text: &str, allowance: &Allowance) -> Result<String, ResolveProblem> {
        let mut replaced = String::with_capacity(text.len());
        let mut position = 0;
        while let Some(found) = self.pattern.find(text, position) {
            let start = replaced.len();
            replaced.push_str(&text[position..found.start]);
            self.push_replacement(&mut replaced, text, &found);
            allowance.charge(replaced.len() - start)?;
            position = found.end;
            if !self.all {
                break;
            }
        }
        replaced.push_str(&text[position..]);
        Ok(replaced)
    }

    fn push_replacement(&self, out: &mut String, text: &str, found: &Range<usize>) {
        for part in &self.replacement {
            out.push_str(match part {
                Part::Text(text) => text,
                Part::Matched => &text[found.clone()],
                Part::Before => &text[..found.start],
                Part::After => &text[found.end..],
            });
        }
    }
}

impl Pattern {
    fn find(&self, text: &str, start: usize) -> Option<Range<usize>> {
        match self {
            Self::Exact(pattern) if pattern.is_empty() => None,
            Self::Exact(pattern) => {
                let found = start + text[start..].find(pattern)?;
                Some(found..found + pattern.len())
            }
            Self::IgnoringCase(pattern) => {
                let starts = text[start..].char_indices().map(|(offset, _)| start + offset);
                starts
                    .into_iter()
                    .find_map(|at| Some(at..at + folded_prefix_length(&text[at..], pattern)?))
            }
        }
    }
}

/// The length in bytes of the text's beginning that equals the pattern once folded.
fn folded_prefix_length(text: &str, pattern: &[char]) -> Option<usize> {
    let mut length = 0;
    let mut characters = text.chars();
    for expected in pattern {
        let character = characters.next()?;
        if fold(character) != *expected {
            return None;
        }
        length += character.len_utf8();
    }
    (length > 0).then_some(length)
}

/// Folds a character as a regular expression with the flag `i` and without the flag `u` does: to its
/// upper case, if that is a single UTF-16 unit and does not lead from outside of ASCII into it.
fn fold(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_uppercase();
    }
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(folded), None)
            if !folded.is_ascii() && character.len_utf16() == 1 && folded.len_utf16() == 1 =>
        {
            folded
        }
        _ => character,
    }
}

/// Reads the `$` codes of a replacement. There are no groups, so `$1` and `$<name>` stand for themselves.
fn parse_replacement(source: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = source;
    while let Some(dollar) = rest.find('$') {
        text.push_str(&rest[..dollar]);
        let after = &rest[dollar + 1..];
        let part = match after.chars().next() {
            Some('&') => Some(Part::Matched),
            Some('`') => Some(Part::Before),
            Some('\'') => Some(Part::After),
            _ => None,
        };
        if let Some(part) = part {
            push_text(&mut parts, &mut text);
            parts.push(part);
            rest = &after[1..];
        } else {
            text.push('$');
            rest = after.strip_prefix('$').unwrap_or(after);
        }
    }
    text.push_str(rest);
    push_text(&mut parts, &mut text);
    parts
}

fn push_text(parts: &mut Vec<Part>, text: &mut String) {
    if !text.is_empty() {
        parts.push(Part::Text(std::mem::take(text)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replace_all(text: &str, pattern: &str, replacement: &str) -> String {
        Substitution::new(pattern, replacement, false, true)
            .apply(text, &Allowance::default())
            .unwrap()
    }

    #[test]
    fn dollar_codes_stand_for_the_match_and_its_surroundings() {
        for (replacement, expected) in [
            ("[$&]", "a[b]c"),
            ("$`", "aac"),
            ("$'", "acc"),
            ("$$&", "a$&c"),
            ("$1", "a$1c"),
            ("$", "a$c"),
            ("$<n>", "a$<n>c"),
        ] {
            assert_eq!(replace_all("abc", "b", replacement), expected, "{replacement}");
        }
    }

    #[test]
    fn patterns_are_literal_and_matches_do_not_overlap() {
        assert_eq!(replace_all("a.*b .*", ".*", "_"), "a_b _");
        assert_eq!(replace_all("aaa", "aa", "b"), "ba");
        assert_eq!(
            Substitution::new("a", "-", false, false)
                .apply("banana", &Allowance::default())
                .unwrap(),
            "b-nana"
        );
    }

    #[test]
    fn letter_case_is_folded_one_unit_at_a_time() {
        for (pattern, text, expected) in [
            ("é", "É é E", ". . E"),
            ("σ", "Σ σ ς", ". . ."),
            ("k", "k K \u{212a}", ". . \u{212a}"),
            ("s", "s S ſ", ". . ſ"),
            ("ß", "ß ẞ SS", ". ẞ SS"),
            ("𐐨", "𐐨 𐐀", ". 𐐀"),
        ] {
            assert_eq!(
                Substitution::new(pattern, ".", true, true)
                    .apply(text, &Allowance::default())
                    .unwrap(),
                expected,
                "{pattern}"
            );
        }
    }
}
