//! The routes, a file for each group.

mod action;
mod audience;
mod authenticate;
mod delete;
mod dynamic_field;
pub(crate) mod execute;
mod hook;
mod manifest;
pub(crate) mod not_found;
mod refresh;
mod refused;

use axum::Router;
use axum::routing::{get, post};
use waystation_runtime::LoadedDestination;

use crate::app::{App, Served};
use crate::workbench;

/// The path of the route that executes any action.
pub(crate) const EXECUTE: &str = "/destinations/{slug}/actions/{action}";

/// The path of the route that asks about a job.
const POLL: &str = "/destinations/{slug}/actions/{action}/jobs/{job}";

/// The routes that are there whether a destination is served or not.
pub(crate) fn common() -> Router<App> {
    Router::new()
        .route(EXECUTE, post(execute::run))
        .route(POLL, post(execute::poll))
        .merge(waystation_book::router())
        .merge(workbench::router())
        .fallback(not_found::answer)
        .method_not_allowed_fallback(not_found::answer)
}

/// The routes of a destination, as the reference's development server has them. Those for what it does not offer are
/// not there.
pub(crate) fn recorded(destination: &LoadedDestination) -> Router<Served> {
    let definition = destination.definition();
    let audiences = definition.audiences.as_ref();
    let mut router = Router::new()
        .route("/manifest", get(manifest::show))
        .route("/authenticate", post(authenticate::test))
        .route("/refreshAccessToken", post(refresh::refresh))
        .route("/{action}", post(action::run))
        .route("/{action}/{field}", post(dynamic_field::ask))
        .route("/{action}/hooks/{hook}", post(hook::run))
        .route("/{action}/hooks/{hook}/dynamic/{input}", post(hook::ask_input));
    if definition.delete.is_some() {
        router = router.route("/delete", post(delete::delete));
    }
    if audiences.is_some_and(|audiences| audiences.create.is_some()) {
        router = router.route("/createAudience", post(audience::create));
    }
    if audiences.is_some_and(|audiences| audiences.get.is_some()) {
        router = router.route("/getAudience", post(audience::get));
    }
    router.method_not_allowed_fallback(not_found::answer)
}
