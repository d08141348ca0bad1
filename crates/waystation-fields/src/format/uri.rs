//! URIs and references to them, as in RFC 3986 with two liberties of the library's patterns: references
//! may contain double quotes, and a host in brackets may follow a single slash.

use super::host::{is_ipv4, is_ipv6_with};
use super::scan::Scanner;

/// A scheme and something after it.
pub(super) fn is_uri(text: &str) -> bool {
    after_scheme(text).is_some_and(|rest| {
        !rest.starts_with(['?', '#']) && !rest.is_empty() && is_hierarchy(rest, is_path_byte)
    })
}

/// A URI, or a path, query or fragment without scheme; the empty text too.
pub(super) fn is_uri_reference(text: &str) -> bool {
    // What precedes a colon may also be the first segment of a path.
    let is_reference_byte = |byte| is_path_byte(byte) || byte == b'"';
    is_hierarchy(text, is_reference_byte)
        || after_scheme(text).is_some_and(|rest| is_hierarchy(rest, is_reference_byte))
}

/// The text after `scheme:`.
fn after_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once(':')?;
    let mut letters = Scanner::new(scheme);
    let starts_well = letters.take_if(|byte| byte.is_ascii_alphabetic());
    letters.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    (starts_well && letters.is_done()).then_some(rest)
}

/// Authority and path, then perhaps a query and a fragment.
fn is_hierarchy(text: &str, is_path_byte: impl Fn(u8) -> bool) -> bool {
    // Every other authority also reads as a path, so only one with an address in brackets needs a look.
    let mut rest = Scanner::new(after_bracketed_authority(text).unwrap_or(text));
    rest.take_escaped(|byte| is_path_byte(byte) || byte == b'/');
    for mark in [b'?', b'#'] {
        if rest.take(mark) {
            rest.take_escaped(|byte| is_path_byte(byte) || byte == b'/' || byte == b'?');
        }
    }
    rest.is_done()
}

/// The text after `//user@[address]:port`.
fn after_bracketed_authority(text: &str) -> Option<&str> {
    let authority = text.strip_prefix("//").or_else(|| text.strip_prefix('/'))?;
    let (user, rest) = authority.split_once('[')?;
    let (address, rest) = rest.split_once(']')?;
    let rest = match rest.strip_prefix(':') {
        Some(port) => port.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let is_address = is_future_address(address) || is_ipv6_with(address, is_ipv4);
    let ends_here = rest.is_empty() || rest.starts_with(['/', '?', '#']);
    (is_user(user) && is_address && ends_here).then_some(rest)
}

/// Nothing, or user information up to its `@`.
fn is_user(text: &str) -> bool {
    let Some(user) = text.strip_suffix('@') else {
        return text.is_empty();
    };
    let mut rest = Scanner::new(user);
    rest.take_escaped(is_user_byte);
    rest.is_done()
}

/// `v1.address`, an address of a later version of the protocol.
fn is_future_address(text: &str) -> bool {
    let mut rest = Scanner::new(text);
    rest.take_if(|byte| byte.eq_ignore_ascii_case(&b'v'))
        && rest.take_while(|byte| byte.is_ascii_hexdigit()) > 0
        && rest.take(b'.')
        && rest.take_while(is_user_byte) > 0
        && rest.is_done()
}

const fn is_path_byte(byte: u8) -> bool {
    is_user_byte(byte) || byte == b'@'
}

/// Unreserved characters, delimiters of parts and the colon.
const fn is_user_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'.' | b'_' | b'~')
        || matches!(
            byte,
            b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'='
        )
        || byte == b':'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_have_a_scheme_and_a_rest() {
        for good in [
            "https://example.com/a?b=c#d",
            "mailto:ada@example.com",
            "a:b",
            "x://",
            "http://[::1]:80/p",
            "a:/[v1.x]",
            "http://u:p@[::1]?q",
            "urn:a%20b",
            "a://x:y",
        ] {
            assert!(is_uri(good), "{good}");
        }
        for bad in [
            "",
            "a:",
            "a:?q",
            "/path",
            "1a:b",
            ":b",
            "a b:c",
            "http://a b",
            "http://a%2",
            "http://[::1",
            "http://[::1]x",
            "http://[::g]",
            "http://é",
            "a:b#c#d",
            "a:[::1]",
            "http://a^b",
            "urn:\"b",
        ] {
            assert!(!is_uri(bad), "{bad}");
        }
    }

    #[test]
    fn references_may_lack_everything() {
        for good in [
            "",
            "/a",
            "a/b",
            "?q",
            "#f",
            "//host/x",
            "//[::1]/x",
            "a:",
            "1a:b",
            "https://example.com",
        ] {
            assert!(is_uri_reference(good), "{good}");
        }
        for bad in ["a b", "\\", "#a#b", "%", "{x}", "[::1]"] {
            assert!(!is_uri_reference(bad), "{bad}");
        }
    }
}
