//! `GET /admin/v1/config`, `POST /admin/v1/reload`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use waystation_config::{Difference, Section};
use waystation_http::{ApiError, Code, json};

use crate::app::App;
use crate::problem::{Denied, Problem};
use crate::reload::{ReloadRefused, Reloaded};
use crate::shown::config::ShownConfig;

/// Show the configuration
///
/// The configuration in force, with every default filled in, and without secrets.
#[utoipa::path(
    get,
    path = "/config",
    operation_id = "getConfiguration",
    tag = "administration",
    responses((status = 200, description = "The configuration in force.", body = ShownConfig), Denied),
    security(("token" = ["read"])),
)]
pub(super) async fn show(State(app): State<App>) -> Response {
    let shown = ShownConfig::new(&app.config(), &app.api().deliveries);
    json::response(StatusCode::OK, &shown)
}

/// What a new configuration changed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Reloaded)]
pub(super) struct ShownReload {
    /// Whether anything is different.
    changed: bool,
    sources: ShownDifference,
    connections: ShownDifference,
    /// The other sections that are different.
    sections: Vec<&'static str>,
    /// Those of them that take effect at the next start only.
    at_next_start: Vec<&'static str>,
}

/// What is different among named parts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Difference)]
struct ShownDifference {
    added: Vec<String>,
    removed: Vec<String>,
    changed: Vec<String>,
}

/// Read the configuration again
///
/// The new configuration is put in force without a restart, with nothing in flight lost. If it has faults, every one
/// is named, and the configuration before stays in force.
#[utoipa::path(
    post,
    path = "/reload",
    operation_id = "reloadConfiguration",
    tag = "administration",
    responses(
        (status = 200, description = "The new configuration is in force.", body = ShownReload),
        (status = 422, description = "`INVALID_CONFIGURATION`: the new configuration is refused; `faults` names \
                                      everything that is wrong with it, each with `severity`, `code`, `message`, `hint` \
                                      and `place`.", body = Problem),
        Denied,
    ),
    security(("token" = ["admin"])),
)]
pub(super) async fn reload(State(app): State<App>) -> Result<Response, ApiError> {
    let reloaded = app.api().reload.reload().await.map_err(refused)?;
    Ok(json::response(StatusCode::OK, &ShownReload::from(reloaded)))
}

fn refused(refused: ReloadRefused) -> ApiError {
    match refused {
        ReloadRefused::Faults(faults) => {
            let message = "The new configuration has faults and is refused; the one before stays in force.";
            let faults = serde_json::to_value(&faults).unwrap_or_default();
            ApiError::new(Code::InvalidConfiguration, message).with("faults", faults)
        }
        ReloadRefused::Failed(problem) => ApiError::new(
            Code::InvalidConfiguration,
            format!("The new configuration cannot be put in force, the one before stays: {problem}"),
        ),
    }
}

impl From<Reloaded> for ShownReload {
    fn from(reloaded: Reloaded) -> Self {
        let names = |sections: &[Section]| sections.iter().map(|section| section.name()).collect();
        Self {
            changed: !reloaded.changes.is_empty(),
            sources: ShownDifference::from(&reloaded.changes.sources),
            connections: ShownDifference::from(&reloaded.changes.connections),
            sections: names(&reloaded.changes.sections),
            at_next_start: names(&reloaded.at_next_start),
        }
    }
}

impl From<&Difference> for ShownDifference {
    fn from(difference: &Difference) -> Self {
        let names = |names: &[std::sync::Arc<str>]| names.iter().map(ToString::to_string).collect();
        Self {
            added: names(&difference.added),
            removed: names(&difference.removed),
            changed: names(&difference.changed),
        }
    }
}
