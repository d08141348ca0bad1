//! One line a request.

use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::app::App;
use crate::config::AccessLog;
use crate::summary::Summary;
use waystation_http::ApiError;
use waystation_http::RequestId;

/// What is known of a request when it has been answered.
struct Entry<'request> {
    method: Method,
    /// Without the query, which may hold credentials.
    path: String,
    status: StatusCode,
    took: Duration,
    request_id: &'request str,
    action: Option<&'static str>,
    partner: Option<&'request str>,
    failure: Option<&'request str>,
}

/// Logs what happens on the way of the request within a span that has its id, and in the end the request.
pub(crate) async fn write(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let id = request.extensions().get::<RequestId>().cloned();
    let request_id = id.as_ref().map(RequestId::as_str).unwrap_or_default();

    let span = tracing::info_span!("request", request_id);
    let mut response = next.run(request).instrument(span).await;

    let summary = response.extensions_mut().remove::<Summary>().unwrap_or_default();
    let turned_away = response.extensions().get::<ApiError>();
    let entry = Entry {
        method,
        path,
        status: response.status(),
        took: started.elapsed(),
        request_id,
        action: summary.action,
        partner: summary.partner.as_deref(),
        failure: summary.failure.as_deref().or(turned_away.map(ApiError::message)),
    };
    match app.config().access_log {
        AccessLog::Line => entry.write_line(),
        AccessLog::Fields => entry.write_fields(),
    }
    response
}

/// Logs at the level that the entry deserves. Failures count by themselves: the recorded routes answer them
/// with status 200.
macro_rules! log {
    ($entry:expr, $($logged:tt)*) => {
        if $entry.status.is_server_error() {
            tracing::error!($($logged)*)
        } else if $entry.status.is_client_error() || $entry.failure.is_some() {
            tracing::warn!($($logged)*)
        } else {
            tracing::info!($($logged)*)
        }
    };
}

impl Entry<'_> {
    fn write_line(&self) {
        let Self {
            method,
            path,
            action,
            partner,
            failure,
            request_id,
            ..
        } = self;
        let (status, milliseconds) = (self.status.as_u16(), self.took.as_millis());
        log!(
            self,
            action,
            partner,
            failure,
            request_id,
            "{method} {path} {status} in {milliseconds} ms"
        );
    }

    fn write_fields(&self) {
        let Self {
            path,
            action,
            partner,
            failure,
            request_id,
            ..
        } = self;
        let (method, status) = (self.method.as_str(), self.status.as_u16());
        let duration_ms = self.took.as_secs_f64() * 1_000.0;
        log!(
            self,
            method,
            path,
            status,
            duration_ms,
            action,
            partner,
            failure,
            request_id,
            "request"
        );
    }
}
