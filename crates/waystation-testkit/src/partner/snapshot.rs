//! Requests fit for a snapshot.

use http::header::{
    ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING, USER_AGENT,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};
use waystation_client::Redactor;
use waystation_client::redact::Direction;

use super::request::ReceivedRequest;

/// Headers that say nothing about the destination.
const LEFT_OUT: [HeaderName; 6] = [
    ACCEPT,
    ACCEPT_ENCODING,
    CONNECTION,
    CONTENT_LENGTH,
    HOST,
    TRANSFER_ENCODING,
];

/// How the sender names itself unless the destination says otherwise; it changes with every version.
const OWN_USER_AGENT: &str = "Waystation/";

/// The request in the order in which people read it, credentials hidden, absent parts left out.
pub(super) fn render(request: &ReceivedRequest, redactor: &Redactor) -> Value {
    let mut shown = Map::new();
    let request_line = format!("{} {}", request.method, redactor.url(&request.url));
    shown.insert("request".into(), request_line.into());
    let mut headers = redactor.headers(&telling(&request.headers), Direction::Request);
    headers.sort_keys();
    if !headers.is_empty() {
        shown.insert("headers".into(), Value::Object(headers));
    }
    if !request.body.is_empty() {
        let body = redactor.body(&request.headers, &request.body);
        let body = serde_json::from_str(&body).unwrap_or_else(|_| Value::from(body));
        shown.insert("body".into(), body);
    }
    Value::Object(shown)
}

/// The headers that say something about the destination.
fn telling(headers: &HeaderMap) -> HeaderMap {
    let mut telling = headers.clone();
    for name in LEFT_OUT {
        telling.remove(name);
    }
    let own = |value: &HeaderValue| value.as_bytes().starts_with(OWN_USER_AGENT.as_bytes());
    if telling.get(USER_AGENT).is_some_and(own) {
        telling.remove(USER_AGENT);
    }
    telling
}
