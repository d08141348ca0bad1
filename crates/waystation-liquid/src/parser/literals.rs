//! Numbers and quoted texts.

use crate::characters::is_word;
use crate::cursor::Cursor;

/// A decimal number that no name goes on from. Two points end it: they make a range.
pub(super) fn take_number(cursor: &mut Cursor<'_>) -> Option<f64> {
    let text = cursor.rest();
    let sign_length = usize::from(text.starts_with(['+', '-']));
    let mut length = sign_length;
    let mut has_digit = false;
    let mut has_point = false;
    while let Some(rest) = text.get(length..) {
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            has_digit = true;
        } else if rest.starts_with('.') && !rest.starts_with("..") {
            if has_point || !has_digit {
                return None;
            }
            has_point = true;
        } else {
            break;
        }
        length += 1;
    }
    if !has_digit || text.get(length..)?.starts_with(is_word) {
        return None;
    }
    cursor.take(length).parse().ok()
}

/// The text inside quotes, with its escapes resolved. The last character goes even when it is no quote.
pub(super) fn unquote(quoted: &str) -> String {
    let mut inside = quoted.chars();
    inside.next();
    let with_end = inside.as_str();
    inside.next_back();
    let inside = inside.as_str();
    if !inside.contains('\\') {
        return inside.to_owned();
    }
    let mut units = Vec::with_capacity(inside.len());
    let mut rest = with_end;
    // An escape may take in the last character, which is no quote then.
    while with_end.len() - rest.len() < inside.len() {
        rest = match rest.strip_prefix('\\') {
            Some(escaped) => push_escaped(&mut units, escaped),
            None => push_first(&mut units, rest),
        };
    }
    // Halves of surrogate pairs may have been written one by one.
    String::from_utf16_lossy(&units)
}

/// Resolves what follows a backslash and gives what follows that.
fn push_escaped<'s>(units: &mut Vec<u16>, escaped: &'s str) -> &'s str {
    match escaped.chars().next() {
        Some('b') => push_control(units, 8, escaped),
        Some('f') => push_control(units, 12, escaped),
        Some('n') => push_control(units, 10, escaped),
        Some('r') => push_control(units, 13, escaped),
        Some('t') => push_control(units, 9, escaped),
        Some('v') => push_control(units, 11, escaped),
        Some('u') => push_code(units, escaped.get(1..).unwrap_or_default(), 4, 16),
        Some('0'..='7') => push_code(units, escaped, 3, 8),
        _ => push_first(units, escaped),
    }
}

fn push_control<'s>(units: &mut Vec<u16>, code: u16, escaped: &'s str) -> &'s str {
    units.push(code);
    escaped.get(1..).unwrap_or_default()
}

/// A character code of so many digits at most.
fn push_code<'s>(units: &mut Vec<u16>, digits: &'s str, most: usize, radix: u32) -> &'s str {
    let mut code = 0;
    let mut length = 0;
    for digit in digits.chars().take(most).map_while(|c| c.to_digit(radix)) {
        code = code * radix + digit;
        length += 1;
    }
    units.push(u16::try_from(code).unwrap_or(u16::MAX));
    digits.get(length..).unwrap_or_default()
}

fn push_first<'s>(units: &mut Vec<u16>, text: &'s str) -> &'s str {
    let mut characters = text.chars();
    if let Some(first) = characters.next() {
        units.extend_from_slice(first.encode_utf16(&mut [0; 2]));
    }
    characters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cursor::Span;

    #[test]
    fn quoted_texts_resolve_escapes() {
        for (quoted, text) in [
            (r#""plain""#, "plain"),
            (r#"'a\tb\n'"#, "a\tb\n"),
            (r#""\u00e9\uD83D\uDE00\u9""#, "é😀\t"),
            (r#""\101\x41\\\"""#, "Ax41\\\""),
            ("\"cut", "cu"),
            ("\"", ""),
            ("\"a\\\"", "a\""),
        ] {
            assert_eq!(unquote(quoted), text, "{quoted}");
        }
    }

    #[test]
    fn numbers_end_at_names_and_ranges() {
        for (text, number, rest) in [
            ("12 x", Some(12.0), " x"),
            ("-1.50", Some(-1.5), ""),
            ("+3|", Some(3.0), "|"),
            ("1..5", Some(1.0), "..5"),
            ("1.", Some(1.0), ""),
            ("1a", None, "1a"),
            ("1.2.3", None, "1.2.3"),
            (".5", None, ".5"),
            ("-", None, "-"),
        ] {
            let mut cursor = Cursor::new(
                text,
                Span {
                    start: 0,
                    end: text.len(),
                },
            );
            assert_eq!(take_number(&mut cursor), number, "{text}");
            assert_eq!(cursor.rest(), rest, "{text}");
        }
    }
}
