//! The write key that a request shows.

use std::borrow::Cow;
use std::fmt;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::envelope::Envelope;

/// Some senders leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// How many characters of a write key a log may show.
const SHOWN: usize = 4;

/// The key of the `Authorization` header, else the one in the body.
///
/// A header of another scheme than Basic says nothing of the source: with Segment's OAuth the key is in the
/// body. Neither do keys of the items of a batch.
pub(crate) fn write_key<'request>(
    headers: &HeaderMap,
    envelope: &'request Envelope<'_>,
) -> Option<Cow<'request, str>> {
    basic_user(headers)
        .map(Cow::Owned)
        .or_else(|| envelope.write_key())
        .filter(|key| !key.is_empty())
}

/// The user of basic authentication. Old senders leave out the colon behind it.
pub(crate) fn basic_user(headers: &HeaderMap) -> Option<String> {
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = header.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let mut user = String::from_utf8(BASE64.decode(encoded.trim()).ok()?).ok()?;
    user.truncate(user.find(':').unwrap_or(user.len()));
    Some(user).filter(|user| !user.is_empty())
}

/// As much of a write key as helps to find it.
pub(crate) struct Masked<'key>(pub(crate) &'key str);

impl fmt::Display for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for shown in self.0.chars().take(SHOWN) {
            write!(f, "{}", shown.escape_default())?;
        }
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use base64::prelude::BASE64_STANDARD;

    use super::*;

    fn key(authorization: Option<&str>, body: &str) -> Option<String> {
        let headers = authorization.map(|value| (AUTHORIZATION, HeaderValue::from_str(value).unwrap()));
        let envelope = Envelope::batch(body).unwrap();
        write_key(&headers.into_iter().collect(), &envelope).map(Cow::into_owned)
    }

    #[test]
    fn the_key_is_found_wherever_segment_takes_it_from() {
        let with_key = r#"{"batch":[{}],"writeKey":"body"}"#;
        let basic = |plain: &str| Some(format!("Basic {}", BASE64_STANDARD.encode(plain)));
        let table = [
            (basic("header:"), with_key, Some("header")),
            (basic("header"), with_key, Some("header")),
            (basic("header:password"), with_key, Some("header")),
            (Some("bAsIc aGVhZGVyOg".to_owned()), with_key, Some("header")),
            (None, with_key, Some("body")),
            (Some("Bearer token".to_owned()), with_key, Some("body")),
            (Some("Basic %%%".to_owned()), with_key, Some("body")),
            (basic(":"), with_key, Some("body")),
            (basic(""), r#"{"batch":[{}],"writeKey":""}"#, None),
            (None, r#"{"batch":[{}],"writeKey":7}"#, None),
            (None, r#"{"batch":[{"writeKey":"item"}]}"#, None),
        ];
        for (authorization, body, expected) in table {
            let found = key(authorization.as_deref(), body);
            assert_eq!(found.as_deref(), expected, "{authorization:?} {body}");
        }
    }

    #[test]
    fn logs_do_not_tell_keys() {
        assert_eq!(Masked("abcdefgh").to_string(), "abcd***");
        assert_eq!(Masked("a\nb").to_string(), "a\\nb***");
    }
}
