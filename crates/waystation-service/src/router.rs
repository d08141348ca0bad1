//! Every route of the service, and what a request passes on its way there.
//!
//! ```text
//! request id > span > measured > panics > tracking API, execution API, admin API, health, metrics, OpenAPI
//! ```

use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use waystation_api::Api;
use waystation_config::Config;
use waystation_delivery::Watch;
use waystation_http::{ApiError, Code, host, panics, request_id};
use waystation_ingest::{Acceptor, BrowserScript, IngestSettings};
use waystation_telemetry::{Sources, Telemetry, http};

use crate::acceptor::QueueAcceptor;
use crate::health::{self, Health};
use crate::reload::Reloader;

/// What stands for a connection in the metrics of attempts that callers of the execution API have made.
const EXECUTION_API: &str = "(execution API)";

/// Every route of the service.
pub(crate) fn router(reloader: &Arc<Reloader>, acceptor: &Arc<QueueAcceptor>, sources: Sources) -> Router {
    let telemetry = &reloader.telemetry;
    let counting = telemetry.counting(Arc::clone(acceptor) as Arc<dyn Acceptor>);
    let (ingest, ingest_document) =
        waystation_ingest::router(counting, ingest_settings(reloader)).split_for_parts();
    let (api, api_document) = waystation_api::router(api(reloader, &sources));
    let document = Arc::new(waystation_api::openapi::merged([
        ingest_document,
        api_document,
        Operation::openapi(),
    ]));
    let health = health::router(Health {
        queue: Arc::clone(&sources.queue),
        deliveries: Arc::clone(&sources.deliveries),
        acceptor: Arc::clone(acceptor),
    });
    let metrics = get(metrics).with_state((Arc::clone(telemetry), sources));
    let told = health
        .route("/metrics", metrics)
        .route("/openapi.json", get(openapi).with_state(document));
    let told = told.layer(from_fn_with_state(Arc::clone(&reloader.config), by_own_name));
    ingest
        .merge(api)
        .merge(told)
        .merge(waystation_book::router())
        .fallback(not_found)
        .layer(panics::caught())
        .layer(from_fn_with_state(Arc::clone(telemetry), http::measure))
        .layer(from_fn(http::in_span))
        .layer(from_fn(request_id::identify))
}

fn ingest_settings(reloader: &Reloader) -> IngestSettings {
    let ingest = &reloader.config.load().ingest;
    IngestSettings {
        browser_script: ingest.browser_script.as_deref().and_then(browser_script),
        max_event: ingest.max_event,
        max_request: ingest.max_request,
        max_events: ingest.max_events,
        trusted_proxies: ingest.trusted_proxies,
        is_tls: reloader.tls.is_some(),
        ..IngestSettings::default()
    }
}

/// The script that is configured; the configuration has seen that it can be read.
fn browser_script(place: &str) -> Option<BrowserScript> {
    if place.starts_with("http://") || place.starts_with("https://") {
        return Some(BrowserScript::At(place.to_owned()));
    }
    match std::fs::read(place) {
        Ok(script) => Some(BrowserScript::Text(script.into())),
        Err(error) => {
            tracing::warn!(place, %error, "the script for browsers cannot be read");
            None
        }
    }
}

fn api(reloader: &Arc<Reloader>, sources: &Sources) -> Api {
    Api {
        registry: reloader.registry.clone(),
        config: Arc::clone(&reloader.config),
        client: Arc::clone(&reloader.client),
        queue: Arc::clone(&sources.queue),
        deliveries: Arc::clone(&sources.deliveries),
        reload: Arc::clone(reloader) as _,
        observer: reloader.telemetry.observer(EXECUTION_API),
    }
}

/// While everybody on this machine may ask without a token, a web page that has made its own name point here may not.
async fn by_own_name(State(config): State<Arc<ArcSwap<Config>>>, request: Request, next: Next) -> Response {
    match host::foreign(request.headers()).filter(|_| config.load().api.open) {
        Some(name) => {
            let message =
                format!("This server is not to be called by the host name \"{name}\", but by its address.");
            ApiError::new(Code::ForbiddenHost, message).into_response()
        }
        None => next.run(request).await,
    }
}

/// What the OpenAPI document says of the routes for machines.
#[derive(utoipa::OpenApi)]
#[openapi(
    paths(health::healthz, health::readyz, metrics, openapi),
    tags((name = "operation", description = "For machines that watch the service."))
)]
struct Operation;

/// The metrics, for Prometheus
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operation",
    operation_id = "getMetrics",
    responses((status = 200, description = "The metrics.", body = String, content_type = "text/plain")),
    security(()),
)]
async fn metrics(State((telemetry, sources)): State<(Arc<Telemetry>, Sources)>) -> Response {
    http::metrics(State((telemetry, sources))).await
}

/// This document
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "operation",
    operation_id = "getDocument",
    responses((status = 200, description = "The document.", body = serde_json::Value)),
    security(()),
)]
async fn openapi(State(document): State<Arc<OpenApi>>) -> Response {
    waystation_http::json::response(StatusCode::OK, &*document)
}

async fn not_found() -> ApiError {
    let message =
        "There is no such route. Events go to /v1/track and the like; /openapi.json lists all routes.";
    ApiError::new(Code::NotFound, message)
}
