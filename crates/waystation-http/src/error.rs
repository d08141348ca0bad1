//! Errors of the HTTP edge: what keeps a request from reaching a destination.
//!
//! Failures of a destination are not among them; those are answers. An error is a status, a stable code, a
//! sentence for a person and, where there is more to tell, details. It has its final form only once the
//! request's id is known, so it travels in the response's extensions up to [`request_id`](crate::request_id).

use std::time::Duration;

use axum::http::header::{ALLOW, CONNECTION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use waystation_json::JsonObject;

use crate::json;

/// Why a request was turned away.
#[derive(Debug, Clone)]
pub struct ApiError {
    code: Code,
    message: String,
    details: JsonObject,
    /// Boxed, for results that hold an error are moved about.
    headers: Box<HeaderMap>,
}

/// Stable codes; each has one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    /// 400: the body is not JSON.
    InvalidJson,
    /// 400: the body, the path or the query is not what the route takes.
    InvalidRequest,
    /// 400: the body is larger than the tracking API takes; its documented answer is not 413.
    PayloadLimitExceeded,
    /// 401: no or a wrong bearer token.
    Unauthorized,
    /// 401: no source has this write key.
    InvalidWriteKey,
    /// 403: the token is known, but not for this.
    Forbidden,
    /// 403: the server is not called by that name.
    ForbiddenHost,
    /// 403: a web page may not drive the server.
    ForbiddenOrigin,
    /// 404: no such route.
    NotFound,
    /// 404: no such destination.
    UnknownDestination,
    /// 404: no such action.
    UnknownAction,
    /// 404: no such source.
    UnknownSource,
    /// 404: no such connection.
    UnknownConnection,
    /// 404: no such subscription of a connection.
    UnknownSubscription,
    /// 404: no such delivery.
    UnknownDelivery,
    /// 405: the route takes another method.
    MethodNotAllowed,
    /// 409: not in the state that this needs.
    Conflict,
    /// 413: the body is larger than the server takes.
    PayloadTooLarge,
    /// 415: the body has a type or an encoding that the route does not take.
    UnsupportedMediaType,
    /// 422: the configuration has faults; the one in force stays.
    InvalidConfiguration,
    /// 429: more requests than the source may send.
    TooManyRequests,
    /// 500: what nobody foresaw.
    InternalError,
    /// 503: the queue has reached its bound.
    QueueFull,
    /// 503: not now; for instance because the server is stopping.
    Unavailable,
}

impl Code {
    /// The status of answers with this code.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::InvalidJson | Self::InvalidRequest | Self::PayloadLimitExceeded => StatusCode::BAD_REQUEST,
            Self::Unauthorized | Self::InvalidWriteKey => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::ForbiddenHost | Self::ForbiddenOrigin => StatusCode::FORBIDDEN,
            Self::NotFound
            | Self::UnknownDestination
            | Self::UnknownAction
            | Self::UnknownSource
            | Self::UnknownConnection
            | Self::UnknownSubscription
            | Self::UnknownDelivery => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict => StatusCode::CONFLICT,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::InvalidConfiguration => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::QueueFull | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// A header that every answer with this code has.
    fn header(self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::Unauthorized => Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            // The rest of the body is still on its way; nothing can follow it.
            Self::PayloadTooLarge => Some((CONNECTION, HeaderValue::from_static("close"))),
            _ => None,
        }
    }
}

impl ApiError {
    /// An error with a sentence for a person.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            details: JsonObject::new(),
            headers: Box::new(code.header().into_iter().collect()),
        }
    }

    /// A body that is not JSON, and where it stops being JSON.
    #[must_use]
    pub fn invalid_json(error: &serde_json::Error) -> Self {
        Self::new(Code::InvalidJson, format!("The body is not valid JSON: {error}.")).with(
            "position",
            json!({"line": error.line(), "column": error.column()}),
        )
    }

    /// What the route cannot take.
    pub fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidRequest, message)
    }

    /// Anything that nobody foresaw; the log says more.
    #[must_use]
    pub fn internal() -> Self {
        let message = "The server failed on this request. Its log says more under the request's id.";
        Self::new(Code::InternalError, message)
    }

    /// Adds a detail.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.details.insert(key.into(), value.into());
        self
    }

    /// Says which methods the route takes.
    #[must_use]
    pub fn allowing(mut self, methods: &'static str) -> Self {
        self.headers.insert(ALLOW, HeaderValue::from_static(methods));
        self
    }

    /// Says when to come again, in whole seconds, rounded up and at least one: some senders read no fractions,
    /// and take 0 for never.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.headers
            .insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        self
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// The sentence for a person.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The answer in its final form.
    pub(crate) fn render(&self, request_id: &str) -> Response {
        let mut response = json::response(
            self.code.status(),
            &Rendered {
                code: self.code,
                message: &self.message,
                request_id,
                details: &self.details,
            },
        );
        let headers = (*self.headers).clone();
        response.headers_mut().extend(headers);
        response
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rendered<'error> {
    code: Code,
    message: &'error str,
    request_id: &'error str,
    #[serde(flatten)]
    details: &'error JsonObject,
}

impl IntoResponse for ApiError {
    /// A response without a body: [`request_id::identify`](crate::request_id::identify) puts it in.
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_whole_seconds_and_never_none() {
        let told = |milliseconds| {
            let error =
                ApiError::new(Code::QueueFull, "full").retry_after(Duration::from_millis(milliseconds));
            let response = error.render("id");
            response.headers()[RETRY_AFTER].to_str().unwrap().to_owned()
        };
        assert_eq!([told(0), told(1), told(1_000), told(1_001)], ["1", "1", "1", "2"]);
    }
}
