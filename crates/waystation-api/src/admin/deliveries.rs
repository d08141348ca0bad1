//! `GET /admin/v1/deliveries`, `GET /admin/v1/deliveries/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use waystation_http::{ApiError, Code, json};
use waystation_queue::{DeliveryId, RecordDetail};

use super::filter::DeliveryParameters;
use crate::app::{App, store_failed};
use crate::parameters::{Id, Parameters};
use crate::problem::{BadRequest, Denied, NoStore, Problem};
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
    let page = app
        .api()
        .queue
        .records(parameters.query()?)
        .await
        .map_err(store_failed)?;
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

/// The record of a delivery.
pub(super) async fn find(app: &App, id: DeliveryId) -> Result<RecordDetail, ApiError> {
    let record = app.api().queue.record(id).await.map_err(store_failed)?;
    record.ok_or_else(|| unknown(id))
}

fn unknown(id: DeliveryId) -> ApiError {
    let message = format!("There is no delivery {id}, or its record is not kept any more.");
    ApiError::new(Code::UnknownDelivery, message)
}
