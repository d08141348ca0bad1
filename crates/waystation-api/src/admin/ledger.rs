//! `GET /admin/v1/ledger`, `GET /admin/v1/stats`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use waystation_http::{ApiError, json};

use super::connections::{counts, statuses};
use crate::app::{App, store_failed};
use crate::problem::{Denied, NoStore};
use crate::shown::connection::ShownConnection;
use crate::shown::ledger::{ShownLedger, ShownTally};

/// Show the ledger
///
/// What became of everything that was ever accepted, in all and by connection, and whether it adds up: accepted =
/// waiting + delivered + skipped + dead + purged.
#[utoipa::path(
    get,
    path = "/ledger",
    operation_id = "getLedger",
    tag = "administration",
    responses((status = 200, description = "The counts.", body = ShownLedger), Denied, NoStore),
    security(("token" = ["read"])),
)]
pub(super) async fn show(State(app): State<App>) -> Result<Response, ApiError> {
    let ledger = app.api().queue.ledger().await.map_err(store_failed)?;
    Ok(json::response(StatusCode::OK, &ShownLedger::from(&ledger)))
}

/// The service at a glance.
#[derive(Serialize, ToSchema)]
pub(super) struct Stats {
    /// Whether every connection is served.
    healthy: bool,
    /// How many callers follow deliveries.
    following: usize,
    /// What became of everything that was ever accepted.
    total: ShownTally,
    /// How every connection is doing.
    connections: Vec<ShownConnection>,
}

/// Show the service at a glance
#[utoipa::path(
    get,
    path = "/stats",
    operation_id = "getStats",
    tag = "administration",
    responses((status = 200, description = "The counts, and how every connection is doing.", body = Stats), Denied, NoStore),
    security(("token" = ["read"])),
)]
pub(super) async fn stats(State(app): State<App>) -> Result<Response, ApiError> {
    let (ledger, depths) = counts(&app).await?;
    let stats = Stats {
        healthy: app.api().deliveries.is_healthy(),
        following: app.api().deliveries.live().watchers(),
        total: ShownTally::from(&ledger.total),
        connections: statuses(&app, &app.config(), &ledger, &depths),
    };
    Ok(json::response(StatusCode::OK, &stats))
}
