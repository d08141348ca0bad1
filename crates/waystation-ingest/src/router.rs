//! The routes of the tracking API.

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;

use crate::acceptor::Acceptor;
use crate::settings::IngestSettings;

/// The tracking API as an axum router, with its part of the OpenAPI document.
///
/// It is to stand under [`waystation_http::request_id::identify`], which gives errors their final form.
pub fn router(acceptor: Arc<dyn Acceptor>, settings: IngestSettings) -> OpenApiRouter {
    let _ = (acceptor, settings);
    OpenApiRouter::default()
}
