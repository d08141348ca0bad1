//! The answers of the tracking API.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use waystation_http::{ApiError, Code, json};

use crate::acceptor::Refused;

/// When to come again if nobody knows better.
const SOON: Duration = Duration::from_secs(5);

/// All events of the request are on disk.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Success {
    /// Always true.
    success: bool,
}

impl IntoResponse for Success {
    fn into_response(self) -> Response {
        json::response(StatusCode::OK, &self)
    }
}

impl Success {
    pub(crate) const fn new() -> Self {
        Self { success: true }
    }
}

/// Nothing of the request was taken.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) ApiError);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.0.with("success", false).into_response()
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let error = match refused {
            Refused::Full { retry_after } => {
                ApiError::new(Code::QueueFull, "The queue is full: try again later.").retry_after(retry_after)
            }
            Refused::ConnectionFull { retry_after } => ApiError::new(
                Code::QueueFull,
                "As much waits for a connection of this source as may wait: try again later.",
            )
            .retry_after(retry_after),
            Refused::Unavailable => ApiError::new(
                Code::Unavailable,
                "Events cannot be stored at the moment: try again.",
            )
            .retry_after(SOON),
            Refused::ShuttingDown => {
                ApiError::new(Code::Unavailable, "The server is shutting down: try again.").retry_after(SOON)
            }
        };
        Self(error)
    }
}

/// The source sends too much.
pub(crate) fn too_many(wait: Duration) -> ApiError {
    ApiError::new(
        Code::TooManyRequests,
        "The source sends more events than it may: try again later.",
    )
    .retry_after(wait)
}

/// No source is known by the key, or there is none.
pub(crate) fn invalid_write_key(shown: bool) -> ApiError {
    let message = match shown {
        true => "No source takes events with this write key.",
        false => {
            "The write key is missing: send it as the user of basic authentication, or as writeKey in the body."
        }
    };
    ApiError::new(Code::InvalidWriteKey, message)
}
