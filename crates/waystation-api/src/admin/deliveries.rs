//! `GET /admin/v1/deliveries`, `GET /admin/v1/deliveries/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use waystation_http::{ApiError, Code, json};
use waystation_queue::{DeliveryId, RecordDetail, RecordQuery};

use super::dead_letters::Replayed;
use super::filter::DeliveryParameters;
use super::selection::{self, DeliverySelectionBody, Meant};
use crate::app::{App, store_failed};
use crate::body::JsonBody;
use crate::parameters::{Id, Parameters};
use crate::problem::{BadBody, BadRequest, Denied, NoStore, Problem};
use crate::shown::delivery::{ShownDetail, ShownPage};
use crate::shown::secrets;

/// List deliveries
///
/// The delivery record, newest first: what waits, and what became of the rest, as long as it is kept.
#[utoipa::path(
    get,
    path = "/deliveries",
    operation_id = "listDeliveries",
    tag = "administration",
    params(DeliveryParameters),
    responses(
        (status = 200, description = "Deliveries that are like that.", body = ShownPage),
        BadRequest, Denied, NoStore,
    ),
    security(("token" = ["read"])),
)]
pub(super) async fn list(
    State(app): State<App>,
    Parameters(parameters): Parameters<DeliveryParameters>,
) -> Result<Response, ApiError> {
    page(&app, parameters.query()?).await
}

/// The deliveries that are like that, as they are shown.
pub(super) async fn page(app: &App, query: RecordQuery) -> Result<Response, ApiError> {
    let page = app.api().queue.records(query).await.map_err(store_failed)?;
    Ok(json::response(StatusCode::OK, &ShownPage::from(page)))
}

/// Show a delivery
///
/// The event, and every round with its attempts, requests and answers, without secrets.
#[utoipa::path(
    get,
    path = "/deliveries/{id}",
    operation_id = "getDelivery",
    tag = "administration",
    params(("id" = u64, Path, description = "The number of the delivery.")),
    responses(
        (status = 200, description = "Everything that is known of the delivery.", body = ShownDetail),
        (status = 404, description = "There is no such delivery, or not any more: `UNKNOWN_DELIVERY`.", body = Problem),
        BadRequest, Denied, NoStore,
    ),
    security(("token" = ["read"])),
)]
pub(super) async fn show(State(app): State<App>, Id(id): Id) -> Result<Response, ApiError> {
    let record = find(&app, id).await?;
    let connection = record.summary.connection.clone();
    let redactor = secrets::redactor_of(connection.as_deref(), &app.config(), &app.api().deliveries);
    Ok(json::response(
        StatusCode::OK,
        &ShownDetail::new(record, &redactor),
    ))
}

/// Replay deliveries
///
/// Skipped ones are routed anew by the configuration in force, as new deliveries in their place; those that would be
/// skipped again stay. Dead ones are replayed as by `POST /admin/v1/dead-letters/replay`. What waits or was delivered is
/// never replayed, and an event that was sent again meanwhile is not taken twice.
#[utoipa::path(
    post,
    path = "/deliveries/replay",
    operation_id = "replayDeliveries",
    tag = "administration",
    request_body = DeliverySelectionBody,
    responses(
        (status = 200, description = "They wait.", body = Replayed),
        (status = 404, description = "There is no such delivery (`UNKNOWN_DELIVERY`) or connection \
                                      (`UNKNOWN_CONNECTION`).", body = Problem),
        (status = 409, description = "The delivery is neither skipped nor dead, or it would come to nothing again: \
                                      `CONFLICT`.", body = Problem),
        BadRequest, BadBody, Denied, NoStore,
    ),
    security(("token" = ["operate"])),
)]
pub(super) async fn replay(
    State(app): State<App>,
    JsonBody(body): JsonBody<DeliverySelectionBody>,
) -> Result<Response, ApiError> {
    let replayed = selection::replay_any(&app, body.meant()?).await?;
    Ok(json::response(StatusCode::OK, &Replayed::new(replayed)))
}

/// Replay a delivery
///
/// One that was skipped is routed anew by the configuration in force; one that is dead waits again.
#[utoipa::path(
    post,
    path = "/deliveries/{id}/replay",
    operation_id = "replayDelivery",
    tag = "administration",
    params(("id" = u64, Path, description = "The number of the delivery.")),
    responses(
        (status = 200, description = "It waits.", body = Replayed),
        (status = 404, description = "There is no such delivery: `UNKNOWN_DELIVERY`.", body = Problem),
        (status = 409, description = "It is neither skipped nor dead, or it would come to nothing again: `CONFLICT`.",
            body = Problem),
        BadRequest, Denied, NoStore,
    ),
    security(("token" = ["operate"])),
)]
pub(super) async fn replay_one(State(app): State<App>, Id(id): Id) -> Result<Response, ApiError> {
    let replayed = selection::replay_any(&app, Meant::One(id)).await?;
    Ok(json::response(StatusCode::OK, &Replayed::new(replayed)))
}

/// The record of a delivery.
pub(super) async fn find(app: &App, id: DeliveryId) -> Result<RecordDetail, ApiError> {
    let record = app.api().queue.record(id).await.map_err(store_failed)?;
    record.ok_or_else(|| unknown(id))
}

fn unknown(id: DeliveryId) -> ApiError {
    let message = format!("There is no delivery {id}, or its record is not kept any more.");
    ApiError::new(Code::UnknownDelivery, message)
}
