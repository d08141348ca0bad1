//! Texts out of payloads as parts of an address.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::{Error, Result};

/// What is encoded in a part of an address: all but what RFC 3986 calls unreserved.
const RESERVED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What is encoded in a segment of a path: as above, but for the other characters that RFC 3986 (section 3.3) allows.
const RESERVED_IN_SEGMENTS: AsciiSet = RESERVED
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// A text in a form that any part of an address may have, be it path or query. Tabs and line breaks, which parsers
/// of addresses drop without a word, are kept as well.
///
/// ```
/// # use waystation_kit::request::encoded;
/// assert_eq!(encoded("a/b c\t?"), "a%2Fb%20c%09%3F");
/// ```
#[must_use]
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, &RESERVED).to_string()
}

/// A text as one segment of a path: whatever is in it, the address leads to nothing but what the text names.
///
/// # Errors
/// The text is empty, or one of the dots that lead elsewhere in a path.
pub fn path_segment(text: &str) -> Result<String> {
    if matches!(text, "" | "." | "..") {
        return Err(Error::payload(format!(
            "\"{text}\" cannot be a part of the request's address"
        )));
    }
    Ok(utf8_percent_encode(text, &RESERVED_IN_SEGMENTS).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_stays_one_whatever_is_in_it() {
        for (text, segment) in [
            ("c-1", "c-1"),
            ("a/b?c#d", "a%2Fb%3Fc%23d"),
            ("a\tb\r\nc", "a%09b%0D%0Ac"),
            (" c ", "%20c%20"),
            ("%2e%2e", "%252e%252e"),
            ("ż@b.co", "%C5%BC@b.co"),
        ] {
            assert_eq!(path_segment(text).unwrap(), segment, "{text:?}");
        }
        for text in ["", ".", ".."] {
            assert!(path_segment(text).is_err(), "{text:?}");
        }
    }
}
