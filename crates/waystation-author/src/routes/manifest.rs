//! `GET /manifest`: the definition of the destination.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::app::Served;
use waystation_http::json;

pub(super) async fn show(State(app): State<Served>) -> Response {
    let manifest = waystation_kit::manifest(app.destination().definition());
    json::response(StatusCode::OK, &manifest)
}
