//! HTML.

use super::{Arguments, Filtered};
use crate::error::Failure;
use crate::value::{TextBuilder, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HtmlFilter {
    Escape,
    EscapeOnce,
    StripTags,
}

/// What is written for the characters with a meaning of their own.
const ESCAPES: [(char, &str); 5] = [
    ('&', "&amp;"),
    ('<', "&lt;"),
    ('>', "&gt;"),
    ('"', "&#34;"),
    ('\'', "&#39;"),
];

/// Openings and ends of what is taken out, the most special first.
const BLOCKS: [(&str, &str); 4] = [
    ("<script", "</script>"),
    ("<style", "</style>"),
    ("<!--", "-->"),
    ("<", ">"),
];

impl HtmlFilter {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "escape" | "xml_escape" => Self::Escape,
            "escape_once" => Self::EscapeOnce,
            "strip_html" => Self::StripTags,
            _ => return None,
        })
    }

    pub(super) fn apply<'a>(self, input: &Value<'a>, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
        let text = arguments.text_of(input)?;
        match self {
            Self::Escape if !text.contains(is_special) => return Ok(Value::Text(text)),
            Self::StripTags if !text.contains('<') => return Ok(Value::Text(text)),
            _ => {}
        }
        let mut out = arguments.builder();
        match self {
            Self::Escape => push_escaped(&mut out, &text)?,
            Self::EscapeOnce => push_escaped_once(&mut out, &text)?,
            Self::StripTags => push_without_tags(&mut out, &text)?,
        }
        Ok(Value::from(out.finish()))
    }
}

fn is_special(character: char) -> bool {
    ESCAPES.iter().any(|(special, _)| *special == character)
}

fn push_escaped(out: &mut TextBuilder<'_>, text: &str) -> Result<(), Failure> {
    let mut rest = text;
    while let Some(place) = rest.find(is_special) {
        let (plain, special) = rest.split_at(place);
        let mut characters = special.chars();
        let first = characters.next();
        let escape = ESCAPES.iter().find(|(special, _)| Some(*special) == first);
        out.push_str(plain)?;
        out.push_str(escape.map_or("", |(_, escape)| escape))?;
        rest = characters.as_str();
    }
    out.push_str(rest)?;
    Ok(())
}

/// Escapes that are there already stay as they are.
fn push_escaped_once(out: &mut TextBuilder<'_>, text: &str) -> Result<(), Failure> {
    let mut rest = text;
    while let Some(place) = rest.find('&') {
        let (plain, special) = rest.split_at(place);
        push_escaped(out, plain)?;
        let escape = ESCAPES.iter().find(|(_, escape)| special.starts_with(escape));
        let (written, length) = escape.map_or(("&amp;", 1), |(_, escape)| (*escape, escape.len()));
        out.push_str(written)?;
        rest = special.get(length..).unwrap_or_default();
    }
    push_escaped(out, rest)
}

/// A block whose end is missing is no block; from the first `<` without a `>` on, all is text.
fn push_without_tags(out: &mut TextBuilder<'_>, text: &str) -> Result<(), Failure> {
    let mut is_known_open = [false; BLOCKS.len()];
    let mut rest = text;
    while let Some(place) = rest.find('<') {
        let (plain, tag) = rest.split_at(place);
        out.push_str(plain)?;
        let mut after = None;
        for ((opening, end), is_open) in BLOCKS.into_iter().zip(&mut is_known_open) {
            let Some(inside) = tag.strip_prefix(opening).filter(|_| !*is_open) else {
                continue;
            };
            after = inside.split_once(end).map(|(_, after)| after);
            if after.is_some() {
                break;
            }
            // There is no end further on either; looking again and again would take too long.
            *is_open = true;
        }
        match after {
            Some(after) => rest = after,
            None => return Ok(out.push_str(tag)?),
        }
    }
    Ok(out.push_str(rest)?)
}
