//! Requests, measured; and the page that shows the metrics.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;
use waystation_http::RequestId;

use crate::metrics::{Counted, text};
use crate::telemetry::{Sources, Telemetry};

/// Counts requests by route and status, and how long their answers take, up to the headers.
///
/// For [`axum::middleware::from_fn_with_state`] on a router with all its routes: what is matched outside of the
/// layer has no route.
pub async fn measure(State(telemetry): State<Arc<Telemetry>>, request: Request, next: Next) -> Response {
    let mut measured = Measured {
        counted: telemetry.counted(),
        started: Instant::now(),
        method: method(request.method()),
        route: request.extensions().get::<MatchedPath>().cloned(),
        status: None,
    };
    let response = next.run(request).await;
    measured.status = Some(response.status());
    response
}

/// A request under way. It is counted even if its caller goes away.
struct Measured<'telemetry> {
    counted: &'telemetry Counted,
    started: Instant,
    method: &'static str,
    route: Option<MatchedPath>,
    status: Option<StatusCode>,
}

impl Drop for Measured<'_> {
    fn drop(&mut self) {
        let route = self.route.as_ref().map_or("unmatched", MatchedPath::as_str);
        let status = self.status.as_ref().map_or("aborted", StatusCode::as_str);
        self.counted.http_requests.add([self.method, route, status], 1);
        let took = self.started.elapsed();
        self.counted
            .http_request_duration
            .record([self.method, route], took);
    }
}

/// The method's name; one name for all that a caller may make up.
fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// Runs a request within a span that has its id, method and route, so that log lines and traces show them.
///
/// For [`axum::middleware::from_fn`], inside of [`waystation_http::request_id::identify`].
pub async fn in_span(request: Request, next: Next) -> Response {
    let extensions = request.extensions();
    let span = tracing::info_span!(
        "request",
        request_id = extensions.get::<RequestId>().map(RequestId::as_str),
        method = method(request.method()),
        route = extensions
            .get::<MatchedPath>()
            .map_or("unmatched", MatchedPath::as_str),
        status = tracing::field::Empty,
    );
    let response = next.run(request).instrument(span.clone()).await;
    span.record("status", response.status().as_u16());
    response
}

/// The metrics page, for a `GET` route.
pub async fn metrics(State((telemetry, sources)): State<(Arc<Telemetry>, Sources)>) -> Response {
    let page = telemetry.render(&sources).await;
    ([(CONTENT_TYPE, text::CONTENT_TYPE)], page).into_response()
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use tower::ServiceExt;

    use waystation_queue::Clock;

    use super::*;

    #[tokio::test]
    async fn requests_are_counted_by_route_and_never_by_path() {
        let telemetry = Telemetry::new(Clock::System);
        let router = Router::new()
            .route("/records/{id}", get(async || StatusCode::NO_CONTENT))
            .fallback(async || StatusCode::NOT_FOUND)
            .layer(from_fn_with_state(Arc::clone(&telemetry), measure));
        for (method, path) in [
            ("GET", "/records/secret-1"),
            ("GET", "/records/secret-2"),
            ("POST", "/records/secret-3"),
            ("SECRET", "/records/secret-4"),
            ("GET", "/secret"),
        ] {
            let request = Request::builder().method(method).uri(path);
            let request = request.body(Body::empty()).unwrap();
            router.clone().oneshot(request).await.unwrap();
        }
        let page = telemetry.render_counted();
        for line in [
            "waystation_http_requests_total{method=\"GET\",route=\"/records/{id}\",status=\"204\"} 2",
            "waystation_http_requests_total{method=\"POST\",route=\"/records/{id}\",status=\"405\"} 1",
            "waystation_http_requests_total{method=\"other\",route=\"/records/{id}\",status=\"405\"} 1",
            "waystation_http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"} 1",
            "waystation_http_request_duration_seconds_count{method=\"GET\",route=\"/records/{id}\"} 2",
        ] {
            assert!(
                page.lines().any(|found| found == line),
                "{line} is missing in:\n{page}"
            );
        }
        assert!(!page.to_lowercase().contains("secret"), "{page}");
    }

    #[tokio::test]
    async fn a_caller_that_does_not_wait_is_counted() {
        let telemetry = Telemetry::new(Clock::System);
        let router = Router::new()
            .route("/slow", get(async || std::future::pending::<StatusCode>().await))
            .layer(from_fn_with_state(Arc::clone(&telemetry), measure));
        let request = Request::builder().uri("/slow").body(Body::empty()).unwrap();
        let call = tokio::spawn(router.oneshot(request));
        tokio::task::yield_now().await;
        call.abort();
        assert!(call.await.is_err());
        let line = "waystation_http_requests_total{method=\"GET\",route=\"/slow\",status=\"aborted\"} 1";
        let page = telemetry.render_counted();
        assert!(page.lines().any(|found| found == line), "{page}");
    }
}
