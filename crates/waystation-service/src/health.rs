//! Whether the service lives, and whether it can take events.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use utoipa::ToSchema;
use waystation_delivery::Deliveries;
use waystation_http::json;
use waystation_queue::Queue;

use crate::acceptor::QueueAcceptor;

/// What the routes look at.
#[derive(Clone)]
pub(crate) struct Health {
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) deliveries: Arc<Deliveries>,
    pub(crate) acceptor: Arc<QueueAcceptor>,
}

/// How the service is.
#[derive(Serialize, ToSchema)]
#[schema(as = Health)]
pub(crate) struct Report {
    /// `ok`, `ready` or `not ready`.
    status: &'static str,
    /// What keeps events from being taken, or the service from staying.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<String>,
    /// What keeps no event from being taken, but somebody has to see to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<String>,
}

pub(crate) fn router(health: Health) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .with_state(health)
}

/// Whether the process answers
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "operation",
    responses((status = 200, description = "It does.", body = Report)),
    security(()),
)]
pub(crate) async fn healthz() -> Response {
    let report = Report {
        status: "ok",
        problems: Vec::new(),
        details: Vec::new(),
    };
    json::response(StatusCode::OK, &report)
}

/// Whether events can be taken, as the store's writer finds, and every connection has its dispatcher
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operation",
    responses((status = 200, description = "They can.", body = Report),
              (status = 503, description = "They cannot, or the service is about to stop.", body = Report)),
    security(()),
)]
pub(crate) async fn readyz(State(health): State<Health>) -> Response {
    let mut problems = Vec::new();
    if health.acceptor.is_draining() {
        problems.push("The service is about to stop; events are taken until it does.".to_owned());
    }
    if let Err(error) = health.queue.ready().await {
        problems.push(error.to_string());
    }
    if !health.deliveries.is_healthy() {
        problems.push("A connection's dispatcher has ended; a restart brings it back.".to_owned());
    }
    let (status, word) = match problems.is_empty() {
        true => (StatusCode::OK, "ready"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not ready"),
    };
    json::response(
        status,
        &Report {
            status: word,
            problems,
            details: paused(&health.deliveries),
        },
    )
}

/// The connections that are paused because their partner refuses the credentials.
fn paused(deliveries: &Deliveries) -> Vec<String> {
    let connections = deliveries.connections().into_iter();
    let refused = connections.filter_map(|connection| {
        let refused = connection.guard_state().credentials_refused?;
        let name = connection.name();
        Some(format!(
            "Connection \"{name}\" is paused, its credentials are refused: {}",
            refused.message
        ))
    });
    refused.collect()
}
