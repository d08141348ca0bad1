//! The workbench: the page at `/`, and what it asks.
//!
//! | route | tells |
//! | --- | --- |
//! | `GET /workbench` | the destinations, and how the server was started |
//! | `GET /workbench/destinations/{slug}` | one destination: its manifest, and which functions it has |
//! | `POST /workbench/destinations/{slug}/actions/{action}/preview` | what subscription and mapping make of events; nothing is sent |
//! | `POST /workbench/destinations/{slug}/actions/{action}/run` | the same, and the whole run: a report as of `/destinations` |
//! | `POST /workbench/destinations/{slug}/call` | everything else: authenticate, delete, refresh, audiences, dynamic fields, hooks |
//!
//! Only the page itself is answered, no other web page.

mod call;
mod condition;
mod destinations;
mod origins;
mod partner;
mod preview;
mod run;

use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use waystation_http::{ApiError, Code};
use waystation_pages::Page;

use crate::app::App;
use crate::middleware::origin;

/// The routes of the page and of what it asks.
pub(crate) fn router() -> Router<App> {
    let action = "/workbench/destinations/{slug}/actions/{action}";
    Router::new()
        .route("/workbench", get(destinations::list))
        .route("/workbench/destinations/{slug}", get(destinations::show))
        .route("/workbench/destinations/{slug}/call", post(call::make))
        .route(&format!("{action}/preview"), post(preview::show))
        .route(&format!("{action}/run"), post(run::run))
        .layer(from_fn(origin::own_pages_only))
        .route("/", get(page))
        .route("/assets/{name}", get(asset))
}

async fn page(headers: HeaderMap) -> Response {
    waystation_pages::page(Page::Workbench, &headers)
}

async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    waystation_pages::asset(&name, &headers).unwrap_or_else(|| {
        ApiError::new(Code::NotFound, format!("The pages have no file {name}.")).into_response()
    })
}
