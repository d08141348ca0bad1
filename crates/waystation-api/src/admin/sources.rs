//! `GET /admin/v1/sources`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use waystation_http::json;

use crate::app::App;
use crate::problem::Denied;
use crate::shown::source::ShownSource;

/// Where events come from, by name.
#[derive(Serialize, ToSchema)]
pub(super) struct Sources {
    sources: Vec<ShownSource>,
}

/// List sources
#[utoipa::path(
    get,
    path = "/sources",
    operation_id = "listSources",
    tag = "administration",
    responses((status = 200, description = "Every source that is configured.", body = Sources), Denied),
    security(("token" = ["read"])),
)]
pub(super) async fn list(State(app): State<App>) -> Response {
    let sources = Sources {
        sources: ShownSource::all(&app.config(), app.api().deliveries.pauses()),
    };
    json::response(StatusCode::OK, &sources)
}
