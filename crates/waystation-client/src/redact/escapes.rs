//! Texts that are escaped: for addresses and forms, JSON and JavaScript, HTML.
//!
//! A secret turns up as the partner's language writes it: `%2f` and `%2F`, `\/`, `\u002F`, `&#x2F;` and `&#47;` are all
//! the same slash. To look for every spelling would be endless, so texts are unescaped instead, and every byte of the
//! result knows where it came from.

use std::borrow::Cow;

use memchr::memchr3;

/// How often a text is unescaped: an address in JSON within JSON takes three.
pub(super) const LAYERS: usize = 3;

/// The longest that one character becomes in an escape: `&#x0002F;`.
const LONGEST_ESCAPE: usize = 10;

/// A text as it is after some unescaping, with the places of its bytes in the original.
pub(super) struct Unescaped {
    pub(super) bytes: Vec<u8>,
    /// Where each byte began; one more for the end.
    places: Vec<u32>,
}

impl Unescaped {
    /// Where the range of these bytes was in the original.
    pub(super) fn place(&self, start: usize, end: usize) -> (usize, usize) {
        let place = |at: usize| self.places.get(at).map_or(0, |place| *place as usize);
        (place(start), place(end))
    }

    /// The same once more unescaped; `None` if nothing is escaped any more.
    pub(super) fn again(&self, plus: bool) -> Option<Self> {
        let next = unescape(&self.bytes, plus)?;
        let places = next.places.iter();
        let places = places.map(|place| self.places.get(*place as usize).copied().unwrap_or_default());
        Some(Self {
            places: places.collect(),
            bytes: next.bytes,
        })
    }
}

/// A text unescaped once; `None` if nothing in it is escaped. With `plus`, a plus sign is a blank, as in forms.
pub(super) fn unescape(text: &[u8], plus: bool) -> Option<Unescaped> {
    let first = memchr3(b'%', b'\\', b'&', text).into_iter();
    let first_plus = plus.then(|| memchr::memchr(b'+', text)).flatten();
    let mut at = first.chain(first_plus).min()?;
    // Longer texts are cut long before they get here.
    u32::try_from(text.len()).ok()?;
    let mut unescaped = Unescaped {
        bytes: text[..at].to_vec(),
        places: (0..at).map(place).collect(),
    };
    let mut changed = false;
    while let Some(byte) = text.get(at) {
        let Some((character, length)) = one(&text[at..], plus) else {
            unescaped.bytes.push(*byte);
            unescaped.places.push(place(at));
            at += 1;
            continue;
        };
        changed = true;
        match character {
            Character::Byte(byte) => unescaped.bytes.push(byte),
            Character::Char(character) => {
                let mut buffer = [0; 4];
                let written = character.encode_utf8(&mut buffer);
                unescaped.bytes.extend_from_slice(written.as_bytes());
            }
        }
        unescaped.places.resize(unescaped.bytes.len(), place(at));
        at += length;
    }
    unescaped.places.push(place(text.len()));
    changed.then_some(unescaped)
}

/// The text that is left when nothing is escaped any more, as far as anybody looks.
pub(super) fn fully_unescaped(text: &str) -> Cow<'_, [u8]> {
    let mut bytes = Cow::Borrowed(text.as_bytes());
    for _ in 0..LAYERS {
        match unescape(&bytes, true) {
            Some(unescaped) => bytes = Cow::Owned(unescaped.bytes),
            None => break,
        }
    }
    bytes
}

/// How much longer a text may get by being escaped.
pub(super) const fn longest_escaped(length: usize) -> usize {
    length.saturating_mul(LONGEST_ESCAPE)
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

enum Character {
    Byte(u8),
    Char(char),
}

/// What the escape at the beginning stands for, and how long it is.
fn one(text: &[u8], plus: bool) -> Option<(Character, usize)> {
    match text {
        [b'%', high, low, ..] => Some((Character::Byte(hex(*high)? << 4 | hex(*low)?), 3)),
        [b'+', ..] if plus => Some((Character::Byte(b' '), 1)),
        [b'\\', b'u', rest @ ..] => unicode(rest).map(|(character, digits)| (character, digits + 2)),
        [b'\\', b'x', high, low, ..] => Some((Character::Byte(hex(*high)? << 4 | hex(*low)?), 4)),
        [b'\\', escaped, ..] => {
            let byte = match escaped {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'b' => 8,
                b'f' => 12,
                b'"' | b'\'' | b'\\' | b'/' => *escaped,
                _ => return None,
            };
            Some((Character::Byte(byte), 2))
        }
        [b'&', rest @ ..] => entity(rest),
        _ => None,
    }
}

/// Four hexadecimal digits, or twice four with another `\u` between them for what is beyond them.
fn unicode(text: &[u8]) -> Option<(Character, usize)> {
    let unit = four(text)?;
    if let Some(character) = char::from_u32(unit) {
        return Some((Character::Char(character), 4));
    }
    let low = four(text.get(4..)?.strip_prefix(b"\\u")?)?;
    let pair = [u16::try_from(unit).ok()?, u16::try_from(low).ok()?];
    let character = char::decode_utf16(pair).next()?.ok()?;
    Some((Character::Char(character), 10))
}

fn four(text: &[u8]) -> Option<u32> {
    let digits = text.get(..4)?.iter();
    digits
        .copied()
        .try_fold(0, |number, digit| Some(number << 4 | u32::from(hex(digit)?)))
}

/// `amp;`, `#47;` or `#x2f;`, for what needs escaping in HTML.
fn entity(text: &[u8]) -> Option<(Character, usize)> {
    let window = &text[..text.len().min(LONGEST_ESCAPE - 1)];
    let end = memchr::memchr(b';', window)?;
    let name = std::str::from_utf8(&window[..end]).ok()?;
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let digits = name.strip_prefix('#')?;
            let number = match digits.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => digits.parse(),
            };
            char::from_u32(number.ok()?)?
        }
    };
    Some((Character::Char(character), end + 2))
}

fn hex(digit: u8) -> Option<u8> {
    let digit = char::from(digit).to_digit(16)?;
    u8::try_from(digit).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn once(text: &str, plus: bool) -> Option<String> {
        let unescaped = unescape(text.as_bytes(), plus)?;
        Some(String::from_utf8_lossy(&unescaped.bytes).into_owned())
    }

    #[test]
    fn every_language_writes_the_same_characters() {
        for text in [
            "a%2Fé",
            "a%2fé",
            "a\\/é",
            "a\\u002fé",
            "a\\u002F\\u00e9",
            "a\\x2fé",
            "a&#47;é",
            "a&#x2F;&#233;",
            "a&#x2f;é",
            "a%2F%C3%A9",
        ] {
            assert_eq!(once(text, false).as_deref(), Some("a/é"), "{text}");
        }
        assert_eq!(
            once("&lt;&amp;&quot;&apos;&gt;", false).as_deref(),
            Some("<&\"'>")
        );
        assert_eq!(once("\\ud83d\\ude00", false).as_deref(), Some("😀"));
        assert_eq!(once("a+b", true).as_deref(), Some("a b"));
    }

    #[test]
    fn what_is_no_escape_stays() {
        for text in [
            "", "plain", "100%", "%zz", "%2", "\\", "\\q", "\\u12", "\\ud83d", "&", "&nbsp;", "&#xZZ;", "a+b",
        ] {
            assert_eq!(once(text, false), None, "{text}");
        }
    }

    #[test]
    fn every_byte_knows_where_it_came_from() {
        let unescaped = unescape("a%2Fb\\u00e9c".as_bytes(), false).unwrap();
        assert_eq!(unescaped.bytes, "a/béc".as_bytes());
        assert_eq!(unescaped.place(1, 2), (1, 4));
        assert_eq!(unescaped.place(3, 5), (5, 11));
        assert_eq!(unescaped.place(0, 6), (0, 12));
        let twice = unescape(b"x%252Fy", false).unwrap().again(false).unwrap();
        assert_eq!(twice.bytes, b"x/y");
        assert_eq!(twice.place(1, 2), (1, 6));
    }

    proptest! {
        #[test]
        fn places_are_those_of_the_original(text in "[a%2f\\\\u0+&#x;é/]{0,40}") {
            let mut layer = unescape(text.as_bytes(), true);
            for _ in 0..LAYERS {
                let Some(unescaped) = layer else { break };
                prop_assert!(unescaped.places.is_sorted());
                prop_assert_eq!(unescaped.places.len(), unescaped.bytes.len() + 1);
                prop_assert_eq!(unescaped.place(0, unescaped.bytes.len()), (0, text.len()));
                layer = unescaped.again(true);
            }
        }
    }
}
