//! An id for every request: in the answer, in errors, in the log.

use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use ulid::Ulid;

use crate::error::ApiError;

/// The header of the id, on the way in and on the way out.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over from a caller.
const LONGEST_ID: usize = 128;

/// The id of the request at hand, in its extensions.
#[derive(Debug, Clone)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// The caller's id if it can be trusted to be one, else a new one.
    fn of(request: &Request) -> Self {
        let given = request.headers().get(REQUEST_ID);
        match given.filter(|given| is_sane(given.as_bytes())) {
            Some(given) => Self(given.clone()),
            None => Self::new(),
        }
    }

    fn new() -> Self {
        let id = Ulid::generate().to_string();
        // Letters and digits, which every header may hold.
        Self(HeaderValue::try_from(id).unwrap_or(HeaderValue::from_static("unknown")))
    }

    /// The id as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

/// Whether an id can go into logs and answers as it is.
fn is_sane(id: &[u8]) -> bool {
    (1..=LONGEST_ID).contains(&id.len())
        && id
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/+=".contains(byte))
}

/// Gives the request an id, gives it back in the answer, and gives errors their final form.
pub async fn identify(mut request: Request, next: Next) -> Response {
    let id = RequestId::of(&request);
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        response = rendered(&error, &id, response.headers());
    }
    response.headers_mut().insert(REQUEST_ID, id.0);
    response
}

/// The error's own answer, with the headers that it has collected on its way.
fn rendered(error: &ApiError, id: &RequestId, collected: &HeaderMap) -> Response {
    let mut response = error.render(id.as_str());
    for (name, value) in collected {
        // The length is that of a body that is no more.
        if name != CONTENT_LENGTH && !response.headers().contains_key(name) {
            response.headers_mut().append(name, value.clone());
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_could_confuse_a_log_are_not_taken_over() {
        assert!(is_sane(b"01J9-abc_def.0:1/2+3="));
        for id in [
            "",
            "two words",
            "line\nbreak",
            "\u{1b}[31m",
            "ä",
            &"x".repeat(129),
        ] {
            assert!(!is_sane(id.as_bytes()), "{id:?}");
        }
    }
}
