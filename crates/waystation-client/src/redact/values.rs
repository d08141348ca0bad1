//! Known secrets, wherever they turn up.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use aho_corasick::{AhoCorasick, Input, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use url::form_urlencoded;
use waystation_kit::Secret;

use super::REDACTED;

/// Shorter values are not looked for: `a` would hide half of every text.
const SHORTEST: usize = 4;

/// Values shorter than this are hidden only where they stand alone, for they occur inside words: a site id
/// `test` must not hide the middle of `latest`.
const LONG: usize = 8;

/// Finds known secrets in texts.
#[derive(Clone, Default)]
pub(super) enum KnownValues {
    /// There are none.
    #[default]
    None,
    /// These.
    Some(Box<AhoCorasick>),
    /// They are too many to be looked for: everything counts as one.
    Everything,
}

impl fmt::Debug for KnownValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Some(_) => "Some(<redacted>)",
            Self::Everything => "Everything",
        })
    }
}

impl KnownValues {
    pub(super) fn new(forms: &Forms) -> Self {
        if forms.0.is_empty() {
            return Self::None;
        }
        AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&forms.0)
            .map_or(Self::Everything, |values| Self::Some(Box::new(values)))
    }

    /// How long the longest of them is, in bytes.
    pub(super) fn longest(&self) -> usize {
        match self {
            Self::None | Self::Everything => 0,
            Self::Some(values) => values.max_pattern_len(),
        }
    }

    /// The text with every known secret replaced.
    pub(super) fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self {
            Self::None => Cow::Borrowed(text),
            Self::Everything => Cow::Borrowed(REDACTED),
            Self::Some(values) => replace(values, text),
        }
    }
}

fn replace<'t>(values: &AhoCorasick, text: &'t str) -> Cow<'t, str> {
    let mut shown = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = values.find(Input::new(text).span(at..text.len())) {
        let (before, secret) = (&text[..found.start()], &text[found.range()]);
        let after = &text[found.end()..];
        if secret.len() < LONG && !stands_alone(before, after) {
            at = found.start() + secret.chars().next().map_or(1, char::len_utf8);
            continue;
        }
        shown.push_str(&text[copied..found.start()]);
        shown.push_str(REDACTED);
        copied = found.end();
        at = found.end();
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    shown.push_str(&text[copied..]);
    Cow::Owned(shown)
}

fn stands_alone(before: &str, after: &str) -> bool {
    let continues = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphanumeric);
    !continues(before.chars().next_back()) && !continues(after.chars().next())
}

/// The forms in which secrets travel.
#[derive(Default)]
pub(super) struct Forms(BTreeSet<String>);

impl Forms {
    /// A secret as it is, as a part of an address or a form, inside of JSON text, and in base64: alone, and
    /// with the colon that makes a user name of it, as many partners take keys.
    pub(super) fn add(&mut self, secret: &Secret) {
        // Blanks around a secret are lost in headers, and are no secret themselves.
        for secret in [secret.expose(), secret.expose().trim()] {
            if secret.len() >= SHORTEST {
                self.add_spellings(secret);
                self.add_base64(secret);
                self.add_base64(&format!("{secret}:"));
            }
        }
    }

    /// Basic credentials, as the header carries them.
    pub(super) fn add_basic(&mut self, username: &Secret, password: &Secret) {
        self.add_base64(&format!("{}:{}", username.expose(), password.expose()));
    }

    fn add_spellings(&mut self, secret: &str) {
        self.0.insert(secret.to_owned());
        self.0
            .insert(form_urlencoded::byte_serialize(secret.as_bytes()).collect());
        self.0
            .insert(utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string());
        self.0.insert(encode_uri_component(secret));
        self.0.insert(json_escaped(secret));
    }

    fn add_base64(&mut self, text: &str) {
        for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
            let encoded = engine.encode(text);
            if encoded.len() >= SHORTEST {
                self.0.insert(encoded);
            }
        }
    }
}

/// As JavaScript's `encodeURIComponent`, which many partners' answers come from.
fn encode_uri_component(text: &str) -> String {
    const ESCAPED: &percent_encoding::AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'!')
        .remove(b'~')
        .remove(b'*')
        .remove(b'\'')
        .remove(b'(')
        .remove(b')');
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// What stands between the quotes when the text is written as JSON.
fn json_escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(secrets: &[&str]) -> KnownValues {
        let mut forms = Forms::default();
        for secret in secrets {
            forms.add(&Secret::from(*secret));
        }
        KnownValues::new(&forms)
    }

    #[test]
    fn secrets_are_hidden_in_all_their_forms() {
        let known = known(&["pa ss/w\"rd+1"]);
        for (text, expected) in [
            ("is pa ss/w\"rd+1.", "is <redacted>."),
            ("x=pa+ss%2Fw%22rd%2B1&y", "x=<redacted>&y"),
            ("x=pa%20ss%2Fw%22rd%2B1&y", "x=<redacted>&y"),
            (r#"{"a":"pa ss/w\"rd+1"}"#, r#"{"a":"<redacted>"}"#),
            ("Basic cGEgc3MvdyJyZCsxOg==", "Basic <redacted>"),
            ("cGEgc3MvdyJyZCsx", "<redacted>"),
        ] {
            assert_eq!(known.hide(text), expected, "{text}");
        }
    }

    #[test]
    fn blanks_around_a_secret_do_not_matter() {
        assert_eq!(
            known(&[" key-12345\n"]).hide("Bearer key-12345"),
            "Bearer <redacted>"
        );
    }

    #[test]
    fn basic_credentials_are_known_together() {
        let mut forms = Forms::default();
        forms.add_basic(&"ana".into(), &"pw".into());
        let known = KnownValues::new(&forms);
        assert_eq!(known.hide("Basic YW5hOnB3"), "Basic <redacted>");
        assert_eq!(known.hide("ana, pw"), "ana, pw");
    }

    #[test]
    fn short_secrets_are_hidden_where_they_stand_alone() {
        let known = known(&["test", "a-very-long-key"]);
        assert_eq!(known.hide("latest tests"), "latest tests");
        assert_eq!(
            known.hide("k=test&l=latest-test"),
            "k=<redacted>&l=latest-<redacted>"
        );
        assert_eq!(known.hide("xa-very-long-keyx"), "x<redacted>x");
        assert_eq!(known.hide("testtest"), "testtest");
    }

    #[test]
    fn very_short_secrets_and_none_hide_nothing() {
        for secrets in [&["a", "tok", ""][..], &[]] {
            let text = "a tok, a token";
            assert!(matches!(known(secrets).hide(text), Cow::Borrowed(shown) if shown == text));
        }
    }

    #[test]
    fn the_longest_secret_is_hidden_first() {
        let known = known(&["key-1234", "key-1234-and-more"]);
        assert_eq!(known.hide("key-1234-and-more"), "<redacted>");
    }

    #[test]
    fn texts_beyond_ascii_are_cut_between_characters() {
        let known = known(&["éééé"]);
        assert_eq!(known.hide("ü éééé ü"), "ü <redacted> ü");
        assert_eq!(known.hide("xéééé"), "x<redacted>");
    }

    #[test]
    fn nothing_is_printed() {
        let printed = format!("{:?}", known(&["hunter22"]));
        assert!(!printed.contains("hunter22"), "{printed}");
    }
}
