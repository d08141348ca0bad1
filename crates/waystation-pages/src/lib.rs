//! The web pages, embedded as they were built.
//!
//! The sources are in `web/`, what Vite makes of them in `dist/`, which is committed: a build of the program needs
//! no Node. `tests/pages/run` builds the pages anew and fails when the result differs.
//!
//! [`page`] and [`asset`] answer requests. A page may run and load nothing but what this crate holds, and may talk to
//! nothing but the server that it came from; see [`POLICY`].
#![forbid(unsafe_code)]

mod compressed;

use std::borrow::Cow;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use rust_embed::RustEmbed;

/// What the pages may do: run and load what comes from their own server, and nothing else. There is no inline code
/// and no inline style.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// The built files.
#[derive(RustEmbed)]
#[folder = "dist"]
struct Built;

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The author's: trying and developing destinations.
    Workbench,
}

impl Page {
    const fn file(self) -> &'static str {
        match self {
            Self::Workbench => "index.html",
        }
    }
}

/// A page as an answer. It is asked for anew each time, for it names the files that belong to it.
#[must_use]
pub fn page(page: Page, asked: &HeaderMap) -> Response {
    file(page.file(), asked, "no-cache").unwrap_or_else(missing)
}

/// A file that a page loads, by its name below `/assets/`; `None` if there is none. Its name changes with its
/// content, so it is kept for good.
#[must_use]
pub fn asset(name: &str, asked: &HeaderMap) -> Option<Response> {
    file(
        &format!("assets/{name}"),
        asked,
        "public, max-age=31536000, immutable",
    )
}

/// Every built file: its path and its length in bytes.
pub fn files() -> impl Iterator<Item = (Cow<'static, str>, usize)> {
    Built::iter().filter_map(|path| {
        let length = Built::get(&path)?.data.len();
        Some((path, length))
    })
}

fn file(path: &str, asked: &HeaderMap, keep: &'static str) -> Option<Response> {
    let found = Built::get(path)?;
    let tag = entity_tag(&found.metadata.sha256_hash());
    let mut response = Response::new(Body::empty());
    let is_known = asked.get(IF_NONE_MATCH).is_some_and(|known| *known == tag);
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else if compressed::is_wanted(asked.get(ACCEPT_ENCODING)) {
        *response.body_mut() = Body::from(compressed::get(path, &found.data));
        response
            .headers_mut()
            .insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    } else {
        *response.body_mut() = match found.data {
            Cow::Borrowed(data) => Body::from(data),
            Cow::Owned(data) => Body::from(data),
        };
    }
    let headers = response.headers_mut();
    headers.insert(ETAG, tag);
    for (name, value) in [
        (CONTENT_TYPE, content_type(path)),
        (CACHE_CONTROL, keep),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
        (VARY, "accept-encoding"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Some(response)
}

/// A build without its pages cannot happen while `dist/` is whole; whoever meets it learns what to do.
fn missing() -> Response {
    let mut response = Response::new(Body::from(
        "This build has no pages: run tests/pages/run --update.",
    ));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

/// Sixteen bytes of the hash are as unique as all of it.
fn entity_tag(hash: &[u8]) -> HeaderValue {
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::try_from(format!("\"{hex}\"")).unwrap_or(HeaderValue::from_static("\"built\""))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;
