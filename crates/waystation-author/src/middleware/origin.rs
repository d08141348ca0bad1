//! Keeps web pages from driving the server, which acts with the author's credentials.
//!
//! * **Rebinding.** A page can make its own host name point here and then is of the same origin as we are.
//!   So the `Host` has to be one that nobody else can own: an address, `localhost`, or a name that the
//!   operator allows.
//! * **Foreign pages.** A browser lets any page send a request as long as a form could have sent it; anything
//!   else it asks us about first, and [`cors`] says no. So from a foreign page that is not on the
//!   list only those requests are refused here that a browser sends without asking. A JSON request with a
//!   foreign `Origin` therefore passes: no browser sends it.

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::cors;
use crate::app::App;
use crate::body::is_json;
use waystation_http::{ApiError, Code, host};

/// Refuses requests that a web page may have sent behind the author's back.
pub(crate) async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let allowed = check_host(request.headers(), &app.config().allowed_hosts)
        .and_then(|()| check_origin(request.method(), request.headers()));
    match allowed {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

fn check_host(headers: &HeaderMap, allowed: &[String]) -> Result<(), ApiError> {
    // Browsers always send it; what does not is no browser.
    let Some(host) = headers.get(HOST) else {
        return Ok(());
    };
    let name = host.to_str().map(host::name).unwrap_or_default();
    if host::is_own(name) || allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    let message = format!(
        "This server is not to be called by the host name \"{name}\", for a web page could do so too. Call it by \
         its address or as localhost, or start it with --allow-host {name}."
    );
    Err(ApiError::new(Code::ForbiddenHost, message))
}

fn check_origin(method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
    let changes_nothing = matches!(*method, Method::GET | Method::HEAD);
    if changes_nothing || is_json(headers) || !is_from_foreign_page(headers) {
        return Ok(());
    }
    let message = "This request comes from a web page that this server does not know. Requests of other \
                   programs have no Origin header, or the content type application/json.";
    Err(ApiError::new(Code::ForbiddenOrigin, message))
}

fn is_from_foreign_page(headers: &HeaderMap) -> bool {
    match headers.get(ORIGIN) {
        Some(origin) => !cors::is_allowed(origin) && !is_own_origin(origin, headers),
        None => headers
            .get("sec-fetch-site")
            .is_some_and(|site| site == "cross-site" || site == "same-site"),
    }
}

/// Refuses every request of a page that is not our own, for routes that nothing else is meant to drive.
pub(crate) async fn own_pages_only(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let is_own = match headers.get(ORIGIN) {
        Some(origin) => is_own_origin(origin, headers),
        None => !is_from_foreign_page(headers),
    };
    match is_own {
        true => next.run(request).await,
        false => {
            let message =
                "This request comes from another web page; the workbench answers its own page only.";
            ApiError::new(Code::ForbiddenOrigin, message).into_response()
        }
    }
}

/// Whether the page is one of our own: the `Host` has been checked before.
fn is_own_origin(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let own = headers.get(HOST).and_then(|host| host.to_str().ok());
    let origin = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.strip_prefix("http://"));
    own.is_some() && own == origin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_pages_are_told_by_origin_or_by_the_browser() {
        let headers = |pairs: &[(&'static str, &'static str)]| -> HeaderMap {
            let pairs = pairs.iter();
            pairs
                .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
                .collect()
        };
        let table = [
            (headers(&[]), false),
            (headers(&[("origin", "https://app.segment.com")]), false),
            (
                headers(&[("origin", "http://localhost:3000"), ("host", "localhost:3000")]),
                false,
            ),
            (
                headers(&[("origin", "http://localhost:4000"), ("host", "localhost:3000")]),
                true,
            ),
            (headers(&[("origin", "null")]), true),
            (headers(&[("origin", "https://evil.test")]), true),
            (headers(&[("sec-fetch-site", "cross-site")]), true),
            (headers(&[("sec-fetch-site", "none")]), false),
        ];
        for (headers, foreign) in table {
            assert_eq!(is_from_foreign_page(&headers), foreign, "{headers:?}");
        }
    }
}
