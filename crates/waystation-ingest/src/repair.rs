//! Text that JSON's grammar lets through and no Unicode text can hold.
//!
//! JavaScript cuts texts between the halves of an emoji and then writes a lone surrogate as `\ud83d`; other
//! senders cut between the bytes of a character. Both become U+FFFD, as on the way through Segment: one
//! such text is no reason to turn a whole request away.

use std::borrow::Cow;
use std::ops::RangeInclusive;

const HIGH: RangeInclusive<u16> = 0xD800..=0xDBFF;
const LOW: RangeInclusive<u16> = 0xDC00..=0xDFFF;

/// The length of `\uXXXX`.
const ESCAPE: usize = 6;

/// The body as text in which every escape stands for a character.
pub(crate) fn readable(body: &[u8]) -> Cow<'_, str> {
    // Several times faster than looking for what to replace.
    let text = std::str::from_utf8(body).map_or_else(|_| String::from_utf8_lossy(body), Cow::Borrowed);
    let has_surrogates = text.contains("\\ud") || text.contains("\\uD");
    match has_surrogates.then(|| without_lone_surrogates(&text)).flatten() {
        Some(repaired) => Cow::Owned(repaired),
        None => text,
    }
}

/// `None` if there are none.
fn without_lone_surrogates(text: &str) -> Option<String> {
    let mut repaired: Option<String> = None;
    // Up to here everything has been taken over.
    let mut taken = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find('\\') {
        at += found;
        let next = code_unit(text, at + ESCAPE);
        match code_unit(text, at) {
            // An escape of another kind, or a broken one, which the parser will complain about.
            None => at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
            Some(unit) if HIGH.contains(&unit) && next.is_some_and(|next| LOW.contains(&next)) => {
                at += 2 * ESCAPE;
            }
            Some(unit) if HIGH.contains(&unit) || LOW.contains(&unit) => {
                let repaired = repaired.get_or_insert_with(|| String::with_capacity(text.len()));
                repaired.push_str(&text[taken..at]);
                repaired.push_str("\\ufffd");
                at += ESCAPE;
                taken = at;
            }
            Some(_) => at += ESCAPE,
        }
    }
    let mut repaired = repaired?;
    repaired.push_str(&text[taken..]);
    Some(repaired)
}

/// The code unit whose escape stands at a place.
fn code_unit(text: &str, at: usize) -> Option<u16> {
    let digits = text.get(at..at + ESCAPE)?.strip_prefix("\\u")?;
    let all_digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    all_digits.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lone_surrogates_become_the_replacement_character() {
        let table = [
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\uD83D\uDE00 ok""#, r#""\uD83D\uDE00 ok""#),
            (r#""cut \ud83d""#, r#""cut \ufffd""#),
            (r#""\ude00 cut""#, r#""\ufffd cut""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\ud83dx\uDE00""#, r#""\ufffdx\ufffd""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\ud83d""#, r#""\\\ufffd""#),
            (r#""\ud8zz""#, r#""\ud8zz""#),
            (r#""\ud8"#, r#""\ud8"#),
            ("\"\\ud83d\\", "\"\\ufffd\\"),
        ];
        for (sent, expected) in table {
            assert_eq!(readable(sent.as_bytes()), expected, "{sent}");
        }
    }

    #[test]
    fn cut_characters_become_the_replacement_character() {
        assert_eq!(readable(b"\"\xf0\x9f\x98\""), "\"\u{FFFD}\"");
    }

    proptest! {
        #[test]
        fn any_code_units_can_be_read(units in proptest::collection::vec(prop_oneof![Just(0xD83D_u16), Just(0xDE00), any::<u16>()], 0..12)) {
            let escaped: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            let json = format!("\"{escaped}\"");
            let read: String = serde_json::from_str(&readable(json.as_bytes())).unwrap();
            prop_assert_eq!(read, String::from_utf16_lossy(&units));
        }

        #[test]
        fn what_can_be_read_is_not_touched(text in any::<String>()) {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert!(matches!(readable(json.as_bytes()), Cow::Borrowed(_)));
        }
    }
}
