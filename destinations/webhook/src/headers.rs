//! Headers as a mapping names them, made ready for a request.

use waystation_kit::json::js_string;
use waystation_kit::prelude::*;

/// Headers about the connection or the framing of a message (RFC 9110, section 7.6.1, and RFC 9112, section 6).
/// They are the transport's: a length or an encoding that is not the body's would cut the request in two.
const TRANSPORT_HEADERS: [&str; 8] = [
    "connection",
    "content-length",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What a mapping stands for that found nothing in a script: the header is not sent at all.
const NOTHING: &str = "undefined";

/// What becomes of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderChange {
    /// It gets this value.
    Set(String),
    /// It is not sent.
    Remove,
}

/// The changes that the headers of a payload make to a request, in their order.
///
/// Values are sent as text: lists with commas between their items. Names that differ in upper and lower case alone
/// are one header, whose values are joined by commas as RFC 9110 (section 5.2) wants it.
///
/// # Errors
/// A value has characters beyond Latin-1. Other characters that no header may have are found when the request is built.
pub fn header_changes(headers: Option<&JsonObject>) -> Result<Vec<(&str, HeaderChange)>> {
    let mut joined: Vec<(&str, String)> = Vec::with_capacity(headers.map_or(0, JsonObject::len));
    for (name, value) in headers.into_iter().flatten() {
        if TRANSPORT_HEADERS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
        {
            continue;
        }
        let value = latin1_text(name, value)?;
        match joined
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
        {
            Some((_, earlier)) => {
                earlier.push_str(", ");
                earlier.push_str(&value);
            }
            None => joined.push((name, value)),
        }
    }
    Ok(joined
        .into_iter()
        .map(|(name, value)| (name, change(value)))
        .collect())
}

fn change(value: String) -> HeaderChange {
    if value == NOTHING {
        HeaderChange::Remove
    } else {
        HeaderChange::Set(value)
    }
}

fn latin1_text(name: &str, value: &Value) -> Result<String> {
    let text = js_string(value);
    if text.chars().all(|c| c <= '\u{ff}') {
        return Ok(text);
    }
    Err(Error::payload(format!(
        "the header \"{name}\" has characters that no header may have; only ASCII is safe"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(headers: &Value) -> Result<Vec<(String, HeaderChange)>> {
        let changes = header_changes(headers.as_object())?;
        Ok(changes
            .into_iter()
            .map(|(name, change)| (name.to_owned(), change))
            .collect())
    }

    fn set(name: &str, value: &str) -> (String, HeaderChange) {
        (name.to_owned(), HeaderChange::Set(value.to_owned()))
    }

    #[test]
    fn values_are_sent_as_text() {
        let headers = json!({"a": 5, "b": true, "c": null, "d": ["x", 1], "e": "", "f": 1e21});
        let expected = [
            set("a", "5"),
            set("b", "true"),
            set("c", "null"),
            set("d", "x,1"),
            set("e", ""),
            set("f", "1e+21"),
        ];
        assert_eq!(changes(&headers).unwrap(), expected);
    }

    #[test]
    fn one_header_in_two_spellings_is_joined() {
        let headers = json!({"X-Dup": "one", "X-Other": "x", "x-dup": "two"});
        assert_eq!(
            changes(&headers).unwrap(),
            [set("X-Dup", "one, two"), set("X-Other", "x")]
        );
    }

    #[test]
    fn the_framing_of_the_message_is_not_for_mappings() {
        let headers = json!({"Content-Length": "3", "TRANSFER-ENCODING": "chunked", "Connection": "close"});
        assert_eq!(changes(&headers).unwrap(), []);
    }

    #[test]
    fn undefined_takes_a_header_away() {
        assert_eq!(
            changes(&json!({"X-Signature": "undefined"})).unwrap(),
            [("X-Signature".to_owned(), HeaderChange::Remove)]
        );
    }

    #[test]
    fn characters_beyond_latin_1_are_refused() {
        assert_eq!(changes(&json!({"x": "café"})).unwrap(), [set("x", "café")]);
        let error = changes(&json!({"x": "żółć"})).unwrap_err();
        assert!(matches!(error, Error::PayloadValidation(_)), "{error:?}");
        assert!(error.to_string().contains("\"x\""), "{error}");
    }

    #[test]
    fn no_headers_are_no_changes() {
        assert_eq!(header_changes(None).unwrap(), []);
    }
}
