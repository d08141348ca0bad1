//! Bodies of requests: a JSON object up to the configured size, and nothing else.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::task::spawn_blocking;
use waystation_http::{ApiError, Code};
use waystation_json::read::from_slice_within;

use crate::app::App;

/// The body of a request.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        check_type(request.headers())?;
        let limit = app.config().server.max_body;
        if announced_length(request.headers()).is_some_and(|length| length > limit as u64) {
            // A caller that waits for leave to send learns it before it has sent anything.
            if !request.headers().contains_key(EXPECT) {
                drain(request.into_body(), limit).await;
            }
            return Err(too_large(limit));
        }
        let body = received(request.into_body(), limit).await?;
        let body = match body.len() > SMALL {
            true => spawn_blocking(move || parsed(&body)).await.map_err(|error| {
                tracing::error!(%error, "a body could not be read");
                ApiError::new(Code::InternalError, "The body could not be read.")
            })?,
            false => parsed(&body),
        };
        typed(body?).map(Self)
    }
}

/// Bodies up to this size, in bytes, are read where the request is served, in some milliseconds; larger ones apart from
/// the workers that serve everybody.
const SMALL: usize = 256 << 10;

/// How many times the limit is read of a body that is larger, to tell its sender.
const PATIENCE: usize = 4;

/// How many values a body may hold: as many as a list of large events has. In memory, each takes many times the two bytes
/// that an empty list has on the wire.
const MOST_VALUES: usize = 1_000_000;

fn parsed(body: &[u8]) -> Result<Value, ApiError> {
    match from_slice_within(body, MOST_VALUES) {
        Ok(body @ Value::Object(_)) => Ok(body),
        Ok(_) => Err(ApiError::invalid_request("The body must be a JSON object.")),
        Err(error) => Err(ApiError::invalid_json(&error)),
    }
}

/// The body of a request that need not have one.
pub(crate) struct OptionalBody<T>(pub(crate) T);

impl<T: DeserializeOwned + Default> FromRequest<App> for OptionalBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let limit = app.config().server.max_body;
        let (parts, body) = request.into_parts();
        let body = received(body, limit).await?;
        // Whoever has nothing to say may say so.
        if matches!(body.trim_ascii(), b"" | b"null") {
            return Ok(Self(T::default()));
        }
        check_type(&parts.headers)?;
        typed(parsed(&body)?).map(Self)
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

async fn received(mut body: Body, limit: usize) -> Result<Bytes, ApiError> {
    let mut received = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| ApiError::invalid_request("The body could not be read to its end."))?;
        let Ok(chunk) = frame.into_data() else { continue };
        if received.len() + chunk.len() > limit {
            drop(received);
            drain(body, limit).await;
            return Err(too_large(limit));
        }
        received.extend_from_slice(&chunk);
    }
    Ok(received.freeze())
}

/// Takes the rest of a body off the wire, up to some times the limit: an answer in the midst of it costs the connection,
/// and the caller sees it break where it should see the answer.
async fn drain(mut body: Body, limit: usize) {
    let mut patience = limit.saturating_mul(PATIENCE);
    while let Some(Ok(frame)) = body.frame().await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        match patience.checked_sub(length) {
            Some(rest) => patience = rest,
            None => return,
        }
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
