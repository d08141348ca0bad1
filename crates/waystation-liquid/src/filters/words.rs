//! White space, words and lengths.

use waystation_json::number::is_js_space;

use super::{Arguments, Filtered, to_index};
use crate::value::{Text, Value, utf16_slice};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WordFilter {
    NormalizeWhitespace,
    NumberOfWords,
    StripNewlines,
    Truncate,
    TruncateWords,
}

impl WordFilter {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "normalize_whitespace" => Self::NormalizeWhitespace,
            "number_of_words" => Self::NumberOfWords,
            "strip_newlines" => Self::StripNewlines,
            "truncate" => Self::Truncate,
            "truncatewords" => Self::TruncateWords,
            _ => return None,
        })
    }

    pub(super) fn apply<'a>(self, input: Value<'a>, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
        let text = arguments.text_of(&input)?;
        match self {
            Self::NormalizeWhitespace => normalize_whitespace(&text, arguments),
            Self::NumberOfWords => number_of_words(&text, arguments),
            Self::StripNewlines => strip_newlines(&text, arguments),
            Self::Truncate => truncate(input, &text, arguments),
            Self::TruncateWords => truncate_words(&text, arguments),
        }
    }
}

/// Every run of white space becomes a space.
fn normalize_whitespace<'a>(text: &str, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
    let mut out = arguments.builder();
    let mut follows_space = false;
    for character in text.chars() {
        let is_space = is_js_space(character);
        match (is_space, follows_space) {
            (true, true) => {}
            (true, false) => out.push(' ')?,
            (false, _) => out.push(character)?,
        }
        follows_space = is_space;
    }
    Ok(Value::from(out.finish()))
}

/// Line feeds go, with the carriage return before them.
fn strip_newlines<'a>(text: &str, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
    let mut out = arguments.builder();
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        let is_last = lines.peek().is_none();
        out.push_str(if is_last {
            line
        } else {
            line.strip_suffix('\r').unwrap_or(line)
        })?;
    }
    Ok(Value::from(out.finish()))
}

#[allow(clippy::cast_precision_loss)]
fn number_of_words<'a>(text: &str, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
    let counts_ideographs = match arguments.get(0) {
        Value::Text(mode) if *mode == *"cjk" => true,
        Value::Text(mode) if *mode == *"auto" => text.chars().any(is_ideograph),
        _ => false,
    };
    let count = if counts_ideographs {
        let ideographs = text.chars().filter(|character| is_ideograph(*character)).count();
        let words = text
            .split(|c| is_ideograph(c) || is_js_space(c))
            .filter(|word| !word.is_empty());
        ideographs + words.count()
    } else {
        text.split(is_js_space).filter(|word| !word.is_empty()).count()
    };
    Ok(Value::Number(count as f64))
}

/// Chinese, Japanese and Korean characters, which are words of their own.
fn is_ideograph(character: char) -> bool {
    matches!(
        character,
        '\u{4E00}'..='\u{9FFF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{3040}'..='\u{30FF}'
            | '\u{AC00}'..='\u{D7AF}'
    )
}

/// At most so many UTF-16 units, the ellipsis included. What is short enough keeps its type.
#[allow(clippy::cast_precision_loss)]
fn truncate<'a>(input: Value<'a>, text: &Text<'a>, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
    let limit = arguments.number_or(0, 50.0)?;
    let ellipsis = arguments.text_or(1, "...")?;
    if text.units() as f64 <= limit {
        return Ok(input);
    }
    let kept = text.part(
        |text| utf16_slice(text, 0..to_index(limit - ellipsis.units() as f64)),
        arguments.budget,
    )?;
    let mut out = arguments.builder();
    out.push_str(&kept)?;
    out.push_str(&ellipsis)?;
    Ok(Value::from(out.finish()))
}

/// At most so many words, at least one. The ellipsis follows even when no word was dropped.
#[allow(clippy::cast_precision_loss)]
fn truncate_words<'a>(text: &str, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
    let limit = match arguments.number_or(0, 15.0)? {
        limit if limit <= 0.0 => 1.0,
        limit => limit,
    };
    let ellipsis = arguments.text_or(1, "...")?;
    let mut out = arguments.builder();
    let mut count = 0;
    for word in WordsAndEnds::of(text) {
        if count < to_index(limit) {
            if count > 0 {
                out.push(' ')?;
            }
            out.push_str(word)?;
        }
        count += 1;
    }
    if count as f64 >= limit {
        out.push_str(&ellipsis)?;
    }
    Ok(Value::from(out.finish()))
}

/// The parts between runs of white space; white space at an end makes an empty part there.
struct WordsAndEnds<'t> {
    rest: Option<&'t str>,
}

impl<'t> WordsAndEnds<'t> {
    fn of(text: &'t str) -> Self {
        Self { rest: Some(text) }
    }
}

impl<'t> Iterator for WordsAndEnds<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let text = self.rest?;
        let (word, rest) = match text.split_once(is_js_space) {
            Some((word, rest)) => (word, Some(rest.trim_start_matches(is_js_space))),
            None => (text, None),
        };
        self.rest = rest;
        Some(word)
    }
}
