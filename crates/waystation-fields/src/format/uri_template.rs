//! URI templates of RFC 6570.

use super::scan::Scanner;

/// Literals and expressions in braces. Names of variables have no dots.
pub(super) fn is_uri_template(text: &str) -> bool {
    let mut rest = Scanner::new(text);
    while !rest.is_done() {
        let taken = rest.take_if(is_literal) || rest.take_percent_escape() || take_expression(&mut rest);
        if !taken {
            return false;
        }
    }
    true
}

/// `{`, an operator, variables and `}`.
fn take_expression(rest: &mut Scanner<'_>) -> bool {
    if !rest.take(b'{') {
        return false;
    }
    rest.take_if(|byte| b"+#./;?&=,!@|".contains(&byte));
    loop {
        if !take_variable(rest) {
            return false;
        }
        if !rest.take(b',') {
            return rest.take(b'}');
        }
    }
}

/// A name, then `*` or the length of a prefix up to 9999.
fn take_variable(rest: &mut Scanner<'_>) -> bool {
    if !rest.take_escaped(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return false;
    }
    if rest.take(b':') {
        return rest.take_if(|byte| matches!(byte, b'1'..=b'9'))
            && rest.take_while(|byte| byte.is_ascii_digit()) <= 3;
    }
    rest.take(b'*');
    true
}

/// Every byte of a character beyond ASCII is one, too.
fn is_literal(byte: u8) -> bool {
    byte > b' ' && !b"\"'<>%\\^`{|}".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates() {
        for good in [
            "",
            "plain",
            "/a/{b}/{c}",
            "{?q,r*}",
            "{x:30}",
            "{+path}/é",
            "%20{a%20b}",
            "\u{7f}",
        ] {
            assert!(is_uri_template(good), "{good}");
        }
        for bad in [
            "{",
            "{a",
            "}",
            "{}",
            "{a b}",
            "{a.b}",
            "{a,}",
            "{x:0}",
            "{x:12345}",
            "%2",
            "a b",
            "{++a}",
        ] {
            assert!(!is_uri_template(bad), "{bad}");
        }
    }
}
