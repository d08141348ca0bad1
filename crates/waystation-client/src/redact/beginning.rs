//! The beginning of a long body without secrets, at a cost that does not depend on how long the body is.

use std::borrow::Cow;
use std::io;

use http::HeaderMap;
use serde_json::Value;

use super::{REDACTED, Redactor, is_form};

/// At least so many bytes beyond what is shown are looked at, so that no character is cut, nor the credentials of an
/// address, which are recognised by what follows them.
const LEAST_MARGIN: usize = 1 << 10;

impl Redactor {
    /// The beginning of a body as text, without secrets, and how much is missing. What is cut off is not looked at,
    /// but for as much as a secret may have that begins before the cut.
    #[must_use]
    pub fn beginning(&self, headers: &HeaderMap, body: &[u8], limit: usize) -> String {
        self.beginning_of(headers, body, body.len(), limit)
    }

    /// The same of a body of this size, of which only the beginning is there.
    pub(crate) fn beginning_of(&self, headers: &HeaderMap, body: &[u8], size: usize, limit: usize) -> String {
        if size <= limit && body.len() == size {
            return self.body(headers, body).into_owned();
        }
        let mut shown = self.cut(headers, body, size, limit);
        let missing = size.saturating_sub(shown.len());
        shown.push_str(&format!("… ({missing} more bytes)"));
        shown
    }

    /// A value without secrets; of one that is longer than this as JSON the beginning of its text. What is not shown is
    /// not looked at.
    #[must_use]
    pub fn value_within(&self, value: &Value, limit: usize) -> Value {
        let mut text = Beginning {
            text: Vec::new(),
            most: limit.saturating_add(self.margin()),
        };
        let is_whole = serde_json::to_writer(&mut text, value).is_ok();
        if is_whole && text.text.len() <= limit {
            return self.value(value);
        }
        let size = text.text.len() + usize::from(!is_whole);
        let mut shown = self.cut(&HeaderMap::new(), &text.text, size, limit);
        match is_whole {
            true => shown.push_str(&format!("… ({} more bytes)", size.saturating_sub(shown.len()))),
            false => shown.push('…'),
        }
        shown.into()
    }

    /// How much more than what is shown has to be looked at: a secret is only recognised if it is whole.
    fn margin(&self) -> usize {
        self.known.longest().max(LEAST_MARGIN)
    }

    fn cut(&self, headers: &HeaderMap, body: &[u8], size: usize, limit: usize) -> String {
        let margin = self.margin();
        let seen = &body[..body.len().min(limit.saturating_add(margin))];
        let text = String::from_utf8_lossy(seen);
        let named = match is_form(headers) {
            true => self.pairs(&text),
            false => without_named(&text, |name| self.hides(name)),
        };
        let shown = self.text(&named);
        // A secret that is not all there was not recognised. If there is one, it is in the margin.
        let unsure = if seen.len() < size { margin } else { 0 };
        let kept = shown.floor_char_boundary(limit.min(shown.len().saturating_sub(unsure)));
        shown[..kept].to_owned()
    }
}

/// The beginning of what is written; the writer is told to stop when it is full.
struct Beginning {
    text: Vec<u8>,
    most: usize,
}

impl io::Write for Beginning {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.most.saturating_sub(self.text.len());
        self.text.extend_from_slice(&bytes[..bytes.len().min(room)]);
        match bytes.len() <= room {
            true => Ok(bytes.len()),
            false => Err(io::ErrorKind::WriteZero.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Text that begins like JSON, with the texts, objects and lists behind secret names replaced. It need not be whole,
/// and JSON within its texts is looked into as well.
fn without_named(text: &str, hides: impl Fn(&str) -> bool) -> Cow<'_, str> {
    let mut shown = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(opening) = Quote::next(text, at) {
        at = opening.end;
        let Some(closing) = opening.closing(text) else {
            continue;
        };
        let Some(value) = behind_colon(text, closing.end) else {
            continue;
        };
        if !hides(&text[opening.end..closing.start]) {
            at = closing.end;
            continue;
        }
        let hidden = match text.as_bytes().get(value) {
            Some(b'{' | b'[') => value..end_of_structure(text, value),
            _ => match Quote::next(text, value).filter(|quote| quote.start == value) {
                Some(quote) => quote.end..quote.closing(text).map_or(text.len(), |closing| closing.start),
                None => continue,
            },
        };
        shown.push_str(&text[copied..hidden.start]);
        shown.push_str(REDACTED);
        (copied, at) = (hidden.end, hidden.end);
        if let Some(closing) = Quote::next(text, at).filter(|quote| quote.start == at) {
            at = closing.end;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    shown.push_str(&text[copied..]);
    Cow::Owned(shown)
}

/// A quotation mark with the backslashes before it: one in JSON that is a text within JSON, three one level deeper.
#[derive(Debug, Clone, Copy)]
struct Quote {
    start: usize,
    end: usize,
}

impl Quote {
    fn next(text: &str, from: usize) -> Option<Self> {
        let mark = from + text.get(from..)?.find('"')?;
        let before = &text.as_bytes()[from..mark];
        let backslashes = before.iter().rev().take_while(|byte| **byte == b'\\').count();
        Some(Self {
            start: mark - backslashes,
            end: mark + 1,
        })
    }

    const fn backslashes(self) -> usize {
        self.end - self.start - 1
    }

    /// The mark that ends the text which this one begins: of the same level, and itself not escaped there.
    fn closing(self, text: &str) -> Option<Self> {
        let level = self.backslashes();
        let mut at = self.end;
        loop {
            let found = Self::next(text, at)?;
            let backslashes = found.backslashes();
            if backslashes % (2 * (level + 1)) == level {
                return Some(Self {
                    start: found.end - 1 - level,
                    ..found
                });
            }
            at = found.end;
        }
    }
}

/// Where the value begins, if a colon follows.
fn behind_colon(text: &str, from: usize) -> Option<usize> {
    let rest = text[from..].trim_start().strip_prefix(':')?.trim_start();
    Some(text.len() - rest.len())
}

/// Where the object or list that begins here ends: behind its last bracket, or with the text.
fn end_of_structure(text: &str, from: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = from;
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => match Quote::next(text, at).and_then(|quote| quote.closing(text)) {
                Some(closing) => at = closing.end - 1,
                None => return text.len(),
            },
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn redactor() -> Redactor {
        Redactor::builder().secret(&"hush-hush-hush".into()).build()
    }

    fn beginning(body: &str, limit: usize) -> String {
        redactor().beginning(&HeaderMap::new(), body.as_bytes(), limit)
    }

    #[test]
    fn what_is_short_is_shown_whole() {
        assert_eq!(beginning(r#"{"token":"t"}"#, 100), r#"{"token":"<redacted>"}"#);
    }

    #[test]
    fn what_is_long_is_cut_at_a_character_and_tells_how_much_is_missing() {
        let body = "aé".repeat(20);
        assert_eq!(beginning(&body, 5), "aéa… (56 more bytes)");
    }

    #[test]
    fn a_secret_across_the_cut_is_not_shown_in_part() {
        let body = format!("{}hush-hush-hush{}", "x".repeat(10), "y".repeat(100));
        for limit in 10..30 {
            let shown = beginning(&body, limit);
            assert!(!shown.contains("hu"), "{limit}: {shown}");
        }
    }

    #[test]
    fn values_behind_secret_names_are_hidden_in_json_that_is_cut() {
        let rest = "z".repeat(500);
        for (begin, expected) in [
            (
                r#"{"access_token": "abc", "id": 7, "#,
                r#"{"access_token": "<redacted>", "id": 7, "#,
            ),
            (
                r#"{"a":{"password":"a\"b\\","n":1},"#,
                r#"{"a":{"password":"<redacted>","n":1},"#,
            ),
            (
                r#"{"secret":{"x":"}","y":["s"]},"k":1,"#,
                r#"{"secret":<redacted>,"k":1,"#,
            ),
            (
                r#"{"text":"{\"token\":\"abc\",\"b\":1}","#,
                r#"{"text":"{\"token\":\"<redacted>\",\"b\":1}","#,
            ),
            (
                r#"{"token":12,"token":null,"t":"token","#,
                r#"{"token":12,"token":null,"t":"token","#,
            ),
        ] {
            let shown = beginning(&format!("{begin}\"rest\":\"{rest}"), 200);
            assert!(shown.starts_with(expected), "{shown}");
        }
    }

    #[test]
    fn long_values_are_shown_as_the_beginning_of_their_text() {
        let value = json!({"token": "abc", "a": ["hush-hush-hush", 1]});
        let whole = json!({"token": "<redacted>", "a": ["<redacted>", 1]});
        assert_eq!(redactor().value_within(&value, 100), whole);
        let long = json!({"token": "abc", "a": "x".repeat(100_000)});
        assert_eq!(
            redactor().value_within(&long, 30),
            "{\"token\":\"<redacted>\",\"a\":\"xxx…"
        );
        for limit in 0..60 {
            let shown =
                redactor().value_within(&json!(["xxxxxxxxxx", "hush-hush-hush", "y".repeat(9_000)]), limit);
            assert!(!shown.to_string().contains("hu"), "{limit}: {shown}");
        }
    }

    #[test]
    fn a_value_without_an_end_is_hidden_to_the_end() {
        let body = format!(r#"{{"token":"{}"#, "s".repeat(500));
        assert!(!beginning(&body, 100).contains("ss"));
    }

    #[test]
    fn forms_are_hidden_by_name() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "content-type",
            "application/x-www-form-urlencoded".parse().unwrap(),
        );
        let body = format!("password=abc&a={}", "b".repeat(500));
        let shown = redactor().beginning(&headers, body.as_bytes(), 60);
        assert!(shown.starts_with("password=<redacted>&a=bbb"), "{shown}");
    }

    proptest! {
        #[test]
        fn any_cut_of_json_hides_what_the_whole_would(
            before in "[a-z\"\\\\{}\\[\\]:, ]{0,30}",
            limit in 0..120_usize,
        ) {
            let body = json!({"before": before, "token": "QQQQQQQQ", "inner": json!({"secret": "QQQQQQQQ"}).to_string()});
            let body = format!("{body}{}", " ".repeat(200));
            let shown = beginning(&body, limit);
            prop_assert!(!shown.contains("QQ"), "{}", shown);
        }

        #[test]
        fn any_bytes_have_a_bounded_beginning(body in any::<Vec<u8>>(), limit in 0..64_usize) {
            let shown = redactor().beginning(&HeaderMap::new(), &body, limit);
            prop_assert!(shown.len() <= 3 * limit + 64, "{}", shown);
        }

        #[test]
        fn any_quotes_have_a_bounded_beginning(body in "[\"\\\\:{}\\[\\]a]{0,60}", limit in 0..20_usize) {
            let shown = beginning(&body.replace('a', "token"), limit);
            prop_assert!(shown.len() <= 3 * limit + 64, "{}", shown);
        }
    }
}
