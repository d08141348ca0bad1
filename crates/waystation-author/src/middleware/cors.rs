//! Which web pages may read our answers: a fixed list, as the reference's development server has it.

use axum::extract::Request;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_REQUEST_HEADERS, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The platform's applications, which show a tester for destinations, and a local one.
const ALLOWED_ORIGINS: [&str; 5] = [
    "https://app.segment.com",
    "https://eu1.app.segment.com",
    "https://app.segment.build",
    "https://eu1.app.segment.build",
    "http://localhost:8000",
];

const METHODS: HeaderValue = HeaderValue::from_static("GET,HEAD,PUT,PATCH,POST,DELETE");
const VARY_BY_ORIGIN: HeaderValue = HeaderValue::from_static("Origin");
const VARY_OF_PREFLIGHT: HeaderValue = HeaderValue::from_static("Origin, Access-Control-Request-Headers");

/// Whether a page of this origin may read our answers.
pub(super) fn is_allowed(origin: &HeaderValue) -> bool {
    ALLOWED_ORIGINS.iter().any(|allowed| origin == allowed)
}

/// Answers preflights, and lets pages of the allowed origins read all other answers.
pub(crate) async fn answer(request: Request, next: Next) -> Response {
    let origin = request
        .headers()
        .get(ORIGIN)
        .filter(|origin| is_allowed(origin))
        .cloned();
    let mut response = if request.method() == Method::OPTIONS {
        preflight(request.headers())
    } else {
        let mut response = next.run(request).await;
        response.headers_mut().insert(VARY, VARY_BY_ORIGIN);
        response
    };
    if let Some(origin) = origin {
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response
}

/// Says 204 to every page; only those of allowed origins find themselves allowed.
fn preflight(asked: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(VARY, VARY_OF_PREFLIGHT);
    if let Some(asked) = asked.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
    }
    response
}
