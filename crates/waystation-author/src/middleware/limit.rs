//! Reads the body of every request before anything is done with it, up to the limit.
//!
//! An answer that comes while the body is still on its way costs the connection: the caller that wants to
//! use it again finds it closed. So even a path that leads nowhere takes its body first.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use waystation_http::{ApiError, Code};

/// Replaces the body that arrives by one that has arrived. Needs [`axum::extract::DefaultBodyLimit`] around it.
pub(crate) async fn read_body(State(app): State<App>, request: Request, next: Next) -> Response {
    match buffered(request, app.config().body_limit).await {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn buffered(request: Request, limit: usize) -> Result<Request, ApiError> {
    // A caller that waits for leave to send learns it before it has sent anything.
    if announced_length(&request).is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts.clone(), body);
    let body = Bytes::from_request(request, &())
        .await
        .map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(limit),
            _ => ApiError::invalid_request("The body could not be read to its end."),
        })?;
    Ok(Request::from_parts(parts, Body::from(body)))
}

fn announced_length(request: &Request) -> Option<u64> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(limit: usize) -> ApiError {
    let message = format!("The body is larger than the limit of {limit} bytes; --body-limit raises it.");
    ApiError::new(Code::PayloadTooLarge, message).with("limit", limit)
}
