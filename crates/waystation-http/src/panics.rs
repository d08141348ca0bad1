//! Panics of handlers: a line in the log, and an answer that says nothing of it.

use std::any::Any;

use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::error::ApiError;

/// Turns a panic into an answer.
#[must_use]
pub fn caught() -> CatchPanicLayer<fn(Box<dyn Any + Send>) -> Response> {
    CatchPanicLayer::custom(panicked)
}

/// Tells the log what panicked, under the request's id; the caller learns nothing of it.
fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let cause = match cause.downcast::<String>() {
        Ok(text) => *text,
        Err(cause) => cause
            .downcast_ref::<&str>()
            .copied()
            .unwrap_or("without words")
            .to_owned(),
    };
    tracing::error!(cause, "a handler panicked");
    ApiError::internal().into_response()
}
