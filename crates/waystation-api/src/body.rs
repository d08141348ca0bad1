//! Bodies of requests: a JSON object up to the configured size, and nothing else.

use axum::body::{HttpBody as _, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;
use serde_json::Value;
use waystation_http::{ApiError, Code};
use waystation_json::read::from_slice;

use crate::app::App;

/// The body of a request.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        check_type(request.headers())?;
        let limit = app.config().server.max_body;
        if announced_length(request.headers()).is_some_and(|length| length > limit as u64) {
            return Err(too_large(limit));
        }
        let body = to_bytes(request.into_body(), limit)
            .await
            .map_err(|error| unread(&error, limit))?;
        match from_slice(&body) {
            Ok(body @ Value::Object(_)) => typed(body).map(Self),
            Ok(_) => Err(ApiError::invalid_request("The body must be a JSON object.")),
            Err(error) => Err(ApiError::invalid_json(&error)),
        }
    }
}

/// The body of a request that need not have one.
pub(crate) struct OptionalBody<T>(pub(crate) T);

impl<T: DeserializeOwned + Default> FromRequest<App> for OptionalBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let has_body = !request.body().is_end_stream() || request.headers().contains_key(CONTENT_TYPE);
        match has_body {
            true => JsonBody::from_request(request, app)
                .await
                .map(|JsonBody(body)| Self(body)),
            false => Ok(Self(T::default())),
        }
    }
}

fn check_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|content_type| content_type.to_str().ok());
    let media_type = content_type.and_then(|content_type| content_type.split(';').next());
    if !media_type.is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("application/json")) {
        let message = "The body must be JSON: send it with the header content-type: application/json.";
        return Err(ApiError::new(Code::UnsupportedMediaType, message));
    }
    match headers.get(CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => Err(ApiError::new(
            Code::UnsupportedMediaType,
            "Compressed bodies are not supported here: send the body as it is.",
        )),
        _ => Ok(()),
    }
}

fn announced_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The body broke off, or goes on beyond the limit.
fn unread(error: &axum::Error, limit: usize) -> ApiError {
    let cause = std::error::Error::source(error);
    match cause.is_some_and(<dyn std::error::Error>::is::<LengthLimitError>) {
        true => too_large(limit),
        false => ApiError::invalid_request("The body could not be read to its end."),
    }
}

fn too_large(limit: usize) -> ApiError {
    let message =
        format!("The body is larger than the limit of {limit} bytes; max_body under [server] raises it.");
    ApiError::new(Code::PayloadTooLarge, message).with("limit", limit)
}

fn typed<T: DeserializeOwned>(body: Value) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(body).map_err(|error| {
        let path = error.path().to_string();
        let problem = error.into_inner();
        match path.as_str() {
            "." => ApiError::invalid_request(format!("The body cannot be used: {problem}.")),
            path => ApiError::invalid_request(format!("\"{path}\" in the body cannot be used: {problem}."))
                .with("path", path),
        }
    })
}
