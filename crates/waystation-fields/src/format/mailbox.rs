//! Email addresses.

use super::host::is_label;

/// Atoms joined by single dots, `@`, and at least two labels; no quoted names, no comments.
pub(super) fn is_email(text: &str) -> bool {
    // Neither side may contain another `@`, so it does not matter at which one the text is split.
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    name.split('.').all(is_atom)
        && host.contains('.')
        && host.split('.').all(|label| is_label(label.as_bytes()))
}

fn is_atom(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_atom_byte)
}

const fn is_atom_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'/' | b'='
        )
        || matches!(byte, b'?' | b'^' | b'_' | b'`' | b'{' | b'|' | b'}' | b'~' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails() {
        for good in [
            "a@b.c",
            "Ada.King+news@mail.Example.com",
            "o'neil@x--y.io",
            "{}@1.2",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "", "a@b", "@b.c", "a@", "a@b.", "a@.b", ".a@b.c", "a..b@b.c", "a b@c.d", "a@b@c.d", "é@b.c",
            "a@-b.c",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
