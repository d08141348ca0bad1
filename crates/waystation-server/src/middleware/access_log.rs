//! One line a request.

use std::time::Instant;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::request_id::RequestId;
use crate::error::ApiError;
use crate::summary::Summary;

/// What happens on the way of the request is logged within a span that has its id. At the end this
/// writes `POST /trackEvent 200 in 12 ms` with what is known besides: action, partner's statuses, failure,
/// request id. The query stays out of it, for it may hold credentials.
pub(crate) async fn write(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let id = request.extensions().get::<RequestId>().cloned();
    let span = tracing::info_span!("request", id = id.as_ref().map(RequestId::as_str));
    let mut response = next.run(request).instrument(span).await;
    let summary = response.extensions_mut().remove::<Summary>().unwrap_or_default();
    let turned_away = response.extensions().get::<ApiError>();
    let failure = summary.failure.as_deref().or(turned_away.map(ApiError::message));
    let line = format!(
        "{method} {path} {status} in {duration} ms",
        status = response.status().as_u16(),
        duration = started.elapsed().as_millis(),
    );
    let Summary { action, partner, .. } = &summary;
    let (action, partner, request_id) = (*action, partner.as_deref(), id.as_ref().map(RequestId::as_str));
    match severity(response.status(), failure) {
        Severity::Fine => tracing::info!(action, partner, request_id, "{line}"),
        Severity::Failed => tracing::warn!(action, partner, failure, request_id, "{line}"),
        Severity::Broken => tracing::error!(action, partner, failure, request_id, "{line}"),
    }
    response
}

enum Severity {
    Fine,
    Failed,
    Broken,
}

/// Failures count by themselves: the recorded routes answer them with status 200.
fn severity(status: StatusCode, failure: Option<&str>) -> Severity {
    if status.is_server_error() {
        Severity::Broken
    } else if status.is_client_error() || failure.is_some() {
        Severity::Failed
    } else {
        Severity::Fine
    }
}
