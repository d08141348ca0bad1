//! Errors of the HTTP edge: what keeps a request from reaching a destination.
//!
//! Failures of a destination are not among them; those are answers, see [`answer`](crate::answer) and
//! [`routes::execute`](crate::routes::execute). An error is a status, a stable code, a sentence for a person
//! and, where there is more to tell, details. It has its final form only once the request's id is known, so
//! it travels in the response's extensions up to [`request_id`](crate::middleware::request_id).

use axum::http::header::{ALLOW, CONNECTION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use waystation_json::JsonObject;

use crate::json;

/// Why a request was turned away.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    code: Code,
    message: String,
    details: JsonObject,
}

/// Stable codes; each has one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Code {
    InvalidJson,
    InvalidRequest,
    ForbiddenHost,
    ForbiddenOrigin,
    NotFound,
    UnknownDestination,
    UnknownAction,
    MethodNotAllowed,
    PayloadTooLarge,
    UnsupportedMediaType,
    InternalError,
}

impl Code {
    const fn status(self) -> StatusCode {
        match self {
            Self::InvalidJson | Self::InvalidRequest => StatusCode::BAD_REQUEST,
            Self::ForbiddenHost | Self::ForbiddenOrigin => StatusCode::FORBIDDEN,
            Self::NotFound | Self::UnknownDestination | Self::UnknownAction => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl ApiError {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            details: JsonObject::new(),
        }
    }

    /// A body that is not JSON, and where it stops being JSON.
    pub(crate) fn invalid_json(error: &serde_json::Error) -> Self {
        Self::new(Code::InvalidJson, format!("The body is not valid JSON: {error}.")).with(
            "position",
            json!({"line": error.line(), "column": error.column()}),
        )
    }

    /// A body that is JSON, but not what the route takes.
    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidRequest, message)
    }

    /// Anything that nobody foresaw; the log says more.
    pub(crate) fn internal() -> Self {
        let message = "The server failed on this request. Its log says more under the request's id.";
        Self::new(Code::InternalError, message)
    }

    /// Adds a detail.
    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.details.insert(key.into(), value.into());
        self
    }

    /// The sentence for a person.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The answer in its final form.
    pub(crate) fn render(&self, request_id: &str) -> Response {
        json::response(
            self.code.status(),
            &Rendered {
                code: self.code,
                message: &self.message,
                request_id,
                details: &self.details,
            },
        )
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
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        let headers = response.headers_mut();
        match self.code {
            Code::MethodNotAllowed => drop(headers.insert(ALLOW, HeaderValue::from_static("POST"))),
            // The rest of the body is still on its way; nothing can follow it.
            Code::PayloadTooLarge => drop(headers.insert(CONNECTION, HeaderValue::from_static("close"))),
            _ => {}
        }
        response.extensions_mut().insert(self);
        response
    }
}
