//! What of a request must not get to another origin than the one it was made for.

use http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT,
};
use http::{HeaderMap, HeaderName};
use serde_json::Value;
use waystation_kit::request::OutgoingRequest;

use crate::redact::names;

/// The headers that describe a request and its body.
const DESCRIBING: [HeaderName; 7] = [
    ACCEPT,
    ACCEPT_LANGUAGE,
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    USER_AGENT,
];

/// Leaves only the headers that describe a request: partners name headers with keys as they like, so no name says that
/// a header holds none.
pub(crate) fn remove(headers: &mut HeaderMap) {
    let others: Vec<HeaderName> = headers
        .keys()
        .filter(|name| !DESCRIBING.contains(name))
        .cloned()
        .collect();
    for name in others {
        headers.remove(name);
    }
}

/// Whether a form or a JSON document names credentials.
pub(crate) fn are_in_body(request: &OutgoingRequest) -> bool {
    let Some(body) = &request.body else {
        return false;
    };
    let content_type = request.headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes);
    match content_type {
        Some(kind) if kind.starts_with(b"application/x-www-form-urlencoded") => {
            url::form_urlencoded::parse(body).any(|(name, _)| names::is_secret(&name))
        }
        _ => serde_json::from_slice(body).is_ok_and(|document| name_secrets(&document)),
    }
}

fn name_secrets(value: &Value) -> bool {
    match value {
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| names::is_secret(name) || name_secrets(value)),
        Value::Array(items) => items.iter().any(name_secrets),
        _ => false,
    }
}
