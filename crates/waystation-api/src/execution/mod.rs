//! The execution API: actions for callers that keep their own queue.

mod action;
mod events;
mod limits;
mod target;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

/// What all its paths begin with.
pub(crate) const PREFIX: &str = "/v1/destinations";

/// Its paths, for hints.
pub(crate) const ROUTES: &[&str] = &[
    "/v1/destinations/{slug}/actions/{action}",
    "/v1/destinations/{slug}/events",
];

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(action::run))
        .routes(routes!(events::run))
}
