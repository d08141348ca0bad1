//! What the path names.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use waystation_http::{ApiError, Code};
use waystation_runtime::LoadedDestination;
use waystation_runtime::destination::LoadedAction;

use crate::app::{App, unknown};
use crate::parameters::{Name, not_text};

/// The destination in a path.
pub(super) struct Target(pub(super) Arc<LoadedDestination>);

/// The destination and the action in a path.
pub(super) struct ActionTarget {
    pub(super) destination: Arc<LoadedDestination>,
    pub(super) action: Arc<LoadedAction>,
}

impl FromRequestParts<App> for Target {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Name(slug) = Name::from_request_parts(parts, app).await?;
        find_destination(app, &slug).map(Self)
    }
}

impl FromRequestParts<App> for ActionTarget {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let names = Path::<(String, String)>::from_request_parts(parts, app).await;
        let Path((slug, action)) = names.map_err(|_| not_text())?;
        let destination = find_destination(app, &slug)?;
        let action = find_action(&destination, &action)?;
        Ok(Self { destination, action })
    }
}

fn find_destination(app: &App, slug: &str) -> Result<Arc<LoadedDestination>, ApiError> {
    let registry = &app.api().registry;
    registry.get(slug).cloned().ok_or_else(|| {
        let slugs: Vec<&str> = registry.iter().map(|known| known.definition().slug).collect();
        unknown(
            Code::UnknownDestination,
            "destination",
            slug,
            slugs.iter().copied(),
        )
        .with("known", slugs)
    })
}

fn find_action(destination: &LoadedDestination, slug: &str) -> Result<Arc<LoadedAction>, ApiError> {
    destination.action(slug).cloned().ok_or_else(|| {
        let actions = destination.definition().actions.iter();
        let slugs: Vec<&str> = actions.map(|action| action.slug).collect();
        unknown(Code::UnknownAction, "action", slug, slugs.iter().copied()).with("known", slugs)
    })
}
