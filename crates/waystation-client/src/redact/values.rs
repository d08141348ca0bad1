//! Known secrets, wherever they turn up and however they are written.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use waystation_kit::Secret;

use super::REDACTED;
use super::escapes::{LAYERS, fully_unescaped, longest_escaped, unescape};

/// Shorter values are not looked for: `a` would hide half of every text.
const SHORTEST: usize = 4;

/// Values shorter than this are hidden only where they stand alone, for they occur inside words: a site id
/// `test` must not hide the middle of `latest`.
const LONG: usize = 8;

/// So many bytes of a secret are looked for; where a longer one begins, everything to the end of the text is hidden.
/// What is looked for comes from callers, too, and costs memory and time by its length.
const LONGEST: usize = 1 << 10;

/// So many bytes are looked for in all, in every form; beyond, everything counts as a secret. Two thousand keys of the
/// usual length have room in it, or some seventy of the greatest.
const MOST: usize = 1 << 20;

/// Finds known secrets in texts.
#[derive(Clone, Default)]
pub(super) enum KnownValues {
    /// There are none.
    #[default]
    None,
    /// These.
    Some(Arc<Finder>),
    /// They are too many to be looked for: everything counts as one.
    Everything,
}

/// Looks for all forms of all secrets at once.
pub(super) struct Finder {
    automaton: AhoCorasick,
    /// By the automaton's number of each form.
    reaches: Vec<Reach>,
    /// How long the longest form is, in bytes.
    longest: usize,
    /// Whether a plus sign may stand for a blank in what is looked for.
    plus: bool,
}

/// How far it is hidden around a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// Itself.
    Itself,
    /// All of the base64 around it, for the bits of the secret do not end where the digits do.
    Digits,
    /// Everything behind it: the secret is longer than what is looked for.
    ToTheEnd,
    /// The base64 before it, and everything behind it.
    DigitsToTheEnd,
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
        if forms.0.keys().map(Vec::len).sum::<usize>() > MOST {
            return Self::Everything;
        }
        // A table of all states and bytes would be quicker to search, and takes quadratic time to build for secrets
        // that repeat themselves.
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(forms.0.keys());
        let finder = automaton.map(|automaton| Finder {
            longest: automaton.max_pattern_len(),
            automaton,
            reaches: forms.0.values().copied().collect(),
            plus: forms.0.keys().any(|form| form.contains(&b' ')),
        });
        finder.map_or(Self::Everything, |finder| Self::Some(Arc::new(finder)))
    }

    /// How many bytes the longest of them may take, however it is written.
    pub(super) fn longest(&self) -> usize {
        match self {
            Self::None | Self::Everything => 0,
            Self::Some(finder) => longest_escaped(finder.longest),
        }
    }

    /// The text with every known secret replaced.
    pub(super) fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self {
            Self::None => Cow::Borrowed(text),
            Self::Everything => Cow::Borrowed(REDACTED),
            Self::Some(finder) => replace(text, &finder.spans(text)),
        }
    }
}

impl Finder {
    /// Where secrets are, in order; no two overlap.
    fn spans(&self, text: &str) -> Vec<(usize, usize)> {
        let mut spans = Vec::new();
        self.find(text.as_bytes(), |start, end| push(&mut spans, (start, end)));
        let mut layer = unescape(text.as_bytes(), self.plus);
        for _ in 0..LAYERS {
            let Some(unescaped) = layer else { break };
            self.find(&unescaped.bytes, |start, end| {
                let (start, end) = unescaped.place(start, end);
                push(
                    &mut spans,
                    (text.floor_char_boundary(start), text.ceil_char_boundary(end)),
                );
            });
            layer = unescaped.again(self.plus);
        }
        merged(spans)
    }

    fn find(&self, text: &[u8], mut found: impl FnMut(usize, usize)) {
        let mut last = (0, 0);
        for form in self.automaton.find_overlapping_iter(text) {
            let (start, end) = (form.start(), form.end());
            if end - start < LONG && !stands_alone(text, start, end) {
                continue;
            }
            match self.reaches.get(form.pattern().as_usize()) {
                // Looked at once, however often the form is in it.
                Some(Reach::Digits) if last.0 <= start && end <= last.1 => {}
                Some(Reach::Digits) => {
                    last = digits_around(text, start, end);
                    found(last.0, last.1);
                }
                Some(Reach::ToTheEnd) => return found(start, text.len()),
                Some(Reach::DigitsToTheEnd) => {
                    return found(digits_around(text, start, end).0, text.len());
                }
                Some(Reach::Itself) | None => found(start, end),
            }
        }
    }
}

/// Adds a span, and joins it with those before that it overlaps. They come in the order of their ends, mostly.
fn push(spans: &mut Vec<(usize, usize)>, mut span: (usize, usize)) {
    while let Some(last) = spans.pop_if(|last| last.0 < span.1 && span.0 < last.1) {
        span = (span.0.min(last.0), span.1.max(last.1));
    }
    spans.push(span);
}

fn merged(mut spans: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    if spans.is_sorted() {
        return spans;
    }
    spans.sort_unstable();
    let mut merged = Vec::with_capacity(spans.len());
    for span in spans {
        push(&mut merged, span);
    }
    merged
}

/// The text without these parts of it, which come in order and do not overlap.
pub(super) fn replace<'t>(text: &'t str, spans: &[(usize, usize)]) -> Cow<'t, str> {
    if spans.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut copied = 0;
    for (start, end) in spans {
        shown.push_str(&text[copied..*start]);
        shown.push_str(REDACTED);
        copied = *end;
    }
    shown.push_str(&text[copied..]);
    Cow::Owned(shown)
}

fn stands_alone(text: &[u8], start: usize, end: usize) -> bool {
    let before = (1..=4).find_map(|length| character(text.get(start.checked_sub(length)?..start)?));
    let after = (1..=4).find_map(|length| character(text.get(end..end.checked_add(length)?)?));
    let continues = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphanumeric);
    !continues(before) && !continues(after)
}

/// The character that these bytes are.
fn character(bytes: &[u8]) -> Option<char> {
    std::str::from_utf8(bytes).ok()?.chars().next()
}

/// The digits of base64 around the given ones; of those that are no letters or figures the next ones only, for they
/// also stand between words.
fn digits_around(text: &[u8], start: usize, end: usize) -> (usize, usize) {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric();
    let is_next = |byte: &&u8| matches!(byte, b'+' | b'/' | b'-' | b'_');
    let start = start - usize::from(text[..start].last().filter(is_next).is_some());
    let end = end + usize::from(text[end..].first().filter(is_next).is_some());
    let before = text[..start]
        .iter()
        .rev()
        .take_while(|byte| is_digit(byte))
        .count();
    let after = text[end..].iter().take_while(|byte| is_digit(byte)).count();
    let end = end + after;
    let padding = text[end..].iter().take_while(|byte| **byte == b'=').count();
    (start - before, end + padding)
}

/// The forms in which secrets travel, apart from [escapes](super::escapes).
#[derive(Default)]
pub(super) struct Forms(BTreeMap<Vec<u8>, Reach>);

impl Forms {
    /// A secret as it is, in hexadecimal, and in base64: alone or with anything before and behind it, as credentials
    /// are put together.
    pub(super) fn add(&mut self, secret: &Secret) {
        // Blanks around a secret are lost in headers, and are no secret themselves.
        for secret in [secret.expose(), secret.expose().trim()] {
            if secret.len() >= SHORTEST {
                let beginning = &secret[..secret.floor_char_boundary(LONGEST)];
                let is_whole = beginning.len() == secret.len();
                self.add_forms(beginning, is_whole);
            }
        }
    }

    /// Basic credentials, as the header carries them.
    pub(super) fn add_basic(&mut self, username: &Secret, password: &Secret) {
        self.add(&format!("{}:{}", username.expose(), password.expose()).into());
    }

    fn add_forms(&mut self, secret: &str, is_whole: bool) {
        let (itself, in_digits) = match is_whole {
            true => (Reach::Itself, Reach::Digits),
            false => (Reach::ToTheEnd, Reach::DigitsToTheEnd),
        };
        self.insert(secret.into(), itself);
        self.insert(hexadecimal(secret, b"0123456789abcdef"), itself);
        self.insert(hexadecimal(secret, b"0123456789ABCDEF"), itself);
        if secret.len() < LONG {
            // Too short to be told from other digits in the midst of them.
            self.add_whole_base64(secret);
            self.add_whole_base64(&format!("{secret}:"));
        }
        for before in 0..3 {
            for digits in base64_within(secret, before) {
                if digits.len() >= LONG {
                    self.insert(digits, in_digits);
                }
            }
        }
    }

    fn add_whole_base64(&mut self, text: &str) {
        for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
            self.insert(engine.encode(text).into_bytes(), Reach::Itself);
        }
    }

    /// A form, and what it becomes where texts are unescaped further than it was escaped.
    fn insert(&mut self, form: Vec<u8>, reach: Reach) {
        if let Ok(text) = std::str::from_utf8(&form)
            && let Cow::Owned(unescaped) = fully_unescaped(text)
            && unescaped.len() >= SHORTEST
        {
            self.note(unescaped, reach);
        }
        self.note(form, reach);
    }

    fn note(&mut self, form: Vec<u8>, reach: Reach) {
        let known = self.0.entry(form).or_insert(reach);
        *known = (*known).max(reach);
    }
}

/// The digits that a secret has in base64 whatever is around it, with so many bytes before it.
fn base64_within(secret: &str, before: usize) -> [Vec<u8>; 2] {
    let bytes = [&[0; 2][..before], secret.as_bytes()].concat();
    // Digits have six bits; the first and the last have some of the neighbours.
    let (first, behind) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
    [STANDARD_NO_PAD, URL_SAFE_NO_PAD].map(|engine| {
        let digits = engine.encode(&bytes).into_bytes();
        digits.get(first..behind).unwrap_or_default().to_vec()
    })
}

fn hexadecimal(text: &str, digits: &[u8; 16]) -> Vec<u8> {
    let bytes = text.bytes();
    bytes
        .flat_map(|byte| [digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]])
        .collect()
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
            ("x=pa%20ss%2fw%22rd%2b1&y", "x=<redacted>&y"),
            (r#"{"a":"pa ss\/w\u0022rd\u002B1"}"#, r#"{"a":"<redacted>"}"#),
            (
                r#"{"a":"{\"a\":\"pa ss\\/w\\\"rd+1\"}"}"#,
                r#"{"a":"{\"a\":\"<redacted>\"}"}"#,
            ),
            ("<b>pa ss/w&quot;rd+1</b>", "<b><redacted></b>"),
            ("<b>pa&#32;ss&#x2F;w&#34;rd&#43;1</b>", "<b><redacted></b>"),
            ("%70%61%20%73%73%2F%77%22%72%64%2B%31", "<redacted>"),
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
    fn base64_is_hidden_whatever_stands_before_and_behind_the_secret() {
        let known = known(&["hunter22-hunter22"]);
        for before in ["", "a", "ab", "abc", "site:", "{\"key\":\""] {
            for behind in ["", ":", "\"}", "&b=1"] {
                let text = format!("{before}hunter22-hunter22{behind}");
                for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
                    let shown = known
                        .hide(&format!("Basic {}, x", engine.encode(&text)))
                        .into_owned();
                    let digits = shown
                        .replace(REDACTED, "")
                        .replace("Basic ", "")
                        .replace(", x", "");
                    assert!(digits.len() < 6 && shown.contains(REDACTED), "{text}: {shown}");
                }
            }
        }
    }

    #[test]
    fn hexadecimal_is_hidden_in_both_cases() {
        let known = known(&["k\u{e9}y-1/"]);
        assert_eq!(known.hide("x6bc3a9792d312fx"), "x<redacted>x");
        assert_eq!(known.hide("6BC3A9792D312F"), REDACTED);
    }

    #[test]
    fn long_secrets_are_hidden_to_the_end_of_the_text() {
        let key = "-----BEGIN KEY-----\n".to_owned() + &"AbCd0123/+".repeat(300);
        let known = known(&[&key]);
        assert_eq!(known.hide(&format!("a {key} b")), "a <redacted>");
        let escaped = serde_json::Value::from(key.as_str()).to_string();
        assert_eq!(known.hide(&format!("a {escaped} b")), "a \"<redacted>");
        assert!(known.hide(&STANDARD.encode(format!("x{key}"))).len() <= REDACTED.len());
    }

    /// The numbers are those of the automaton, which grows with what is looked for; time is not measured.
    #[test]
    fn what_is_looked_for_is_bounded_whatever_the_secret() {
        for secret in ["k".repeat(1_000_000), "ab".repeat(500_000), "é".repeat(500_000)] {
            let KnownValues::Some(finder) = known(&[&secret]) else {
                panic!("nothing is known");
            };
            assert!(finder.longest <= 4 * LONGEST, "{}", finder.longest);
            assert!(
                finder.automaton.memory_usage() < 2 << 20,
                "{}",
                finder.automaton.memory_usage()
            );
            assert_eq!(finder.automaton.kind(), AhoCorasickKind::ContiguousNFA);
        }
        let many: Vec<String> = (0..2_000)
            .map(|number| format!("{number}-{}", "x".repeat(1_000)))
            .collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(known(&many).hide("anything"), REDACTED);
    }

    #[test]
    fn texts_that_match_everywhere_are_searched_once() {
        let known = known(&["kkkk", &"k".repeat(1_000), "a2tra2tra2tr"]);
        let long = format!("{}x", "k".repeat(999)).repeat(300);
        assert_eq!(known.hide(&long), long.as_str());
        let digits = "a2tr".repeat(200_000);
        assert_eq!(known.hide(&digits), REDACTED);
        assert_eq!(known.hide(&"k".repeat(500_000)), REDACTED);
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
