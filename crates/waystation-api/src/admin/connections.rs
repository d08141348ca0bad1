//! `GET /admin/v1/connections`, `GET /admin/v1/connections/{name}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use waystation_config::Config;
use waystation_http::{ApiError, json};
use waystation_queue::{Depth, Ledger};

use crate::app::{App, find_connection, store_failed};
use crate::parameters::Name;
use crate::problem::{Denied, NoStore, Problem};
use crate::shown::connection::{ConnectionDetail, ShownConnection, ShownConnectionConfig};
use crate::shown::secrets;

/// Where events go, by name.
#[derive(Serialize, ToSchema)]
pub(super) struct Connections {
    connections: Vec<ShownConnection>,
}

/// List connections
///
/// Every connection that is configured, with what waits, what became of the rest, and what its guards are doing.
#[utoipa::path(
    get,
    path = "/connections",
    operation_id = "listConnections",
    tag = "administration",
    responses((status = 200, description = "How every connection is doing.", body = Connections), Denied, NoStore),
    security(("token" = ["read"])),
)]
pub(super) async fn list(State(app): State<App>) -> Result<Response, ApiError> {
    let (ledger, depths) = counts(&app).await?;
    let connections = Connections {
        connections: statuses(&app, &app.config(), &ledger, &depths),
    };
    Ok(json::response(StatusCode::OK, &connections))
}

/// Show a connection
///
/// How it is doing: what waits, what became of the rest, what its guards are doing; when its deliveries are tried; and
/// its configuration, without secrets.
#[utoipa::path(
    get,
    path = "/connections/{name}",
    operation_id = "getConnection",
    tag = "administration",
    params(("name" = String, Path, description = "The name in the configuration.")),
    responses(
        (status = 200, description = "How the connection is doing.", body = ConnectionDetail),
        (status = 404, description = "There is no such connection: `UNKNOWN_CONNECTION`.", body = Problem),
        Denied, NoStore,
    ),
    security(("token" = ["read"])),
)]
pub(super) async fn show(State(app): State<App>, Name(name): Name) -> Result<Response, ApiError> {
    let config = app.config();
    let connection = find_connection(&config, &name)?;
    let (ledger, depths) = counts(&app).await?;
    let running = app.api().deliveries.connections();
    let running = running.iter().find(|open| *open.name() == connection.name);
    let redactor = secrets::redactor(connection, &app.api().deliveries);
    let schedule = waystation_delivery::schedule::attempts(&connection.policy).into_iter();
    let detail = ConnectionDetail {
        schedule_ms: schedule
            .map(|at| u64::try_from(at.as_millis()).unwrap_or(u64::MAX))
            .collect(),
        status: ShownConnection::new(
            connection,
            running.map(|open| &**open),
            app.api().deliveries.pauses(),
            &ledger,
            &depths,
        ),
        configuration: ShownConnectionConfig::new(connection, &redactor),
    };
    Ok(json::response(StatusCode::OK, &detail))
}

/// How every connection is doing.
pub(super) fn statuses(
    app: &App,
    config: &Config,
    ledger: &Ledger,
    depths: &[Depth],
) -> Vec<ShownConnection> {
    let running = app.api().deliveries.connections();
    let status = |connection: &std::sync::Arc<waystation_config::ConnectionConfig>| {
        let open = running.iter().find(|open| *open.name() == connection.name);
        let pauses = app.api().deliveries.pauses();
        ShownConnection::new(connection, open.map(|open| &**open), pauses, ledger, depths)
    };
    config.connections.iter().map(status).collect()
}

/// What the store counts.
pub(super) async fn counts(app: &App) -> Result<(Ledger, Vec<Depth>), ApiError> {
    let queue = &app.api().queue;
    let counts = tokio::try_join!(queue.ledger(), queue.depths());
    counts.map_err(store_failed)
}
