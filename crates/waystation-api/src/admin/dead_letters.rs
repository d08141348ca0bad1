//! `/admin/v1/dead-letters`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use waystation_http::{ApiError, json};

use super::deliveries::page;
use super::filter::DeadLetterParameters;
use super::selection::{self, Meant, SelectionBody};
use crate::app::App;
use crate::body::JsonBody;
use crate::parameters::{Id, Parameters};
use crate::problem::{BadBody, BadRequest, Denied, NoStore, Problem};
use crate::shown::delivery::ShownPage;

/// How many wait again.
#[derive(Serialize, ToSchema)]
pub(super) struct Replayed {
    replayed: u64,
    /// How many would, of a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    matching: Option<u64>,
    /// Whether there are no more than that: large numbers are not counted to their end.
    #[serde(skip_serializing_if = "Option::is_none")]
    exact: Option<bool>,
}

impl Replayed {
    /// So many.
    pub(super) const fn new(replayed: u64) -> Self {
        Self {
            replayed,
            matching: None,
            exact: None,
        }
    }
}

/// How many dead letters are gone.
#[derive(Serialize, ToSchema)]
pub(super) struct Purged {
    purged: u64,
    /// How many would be, of a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    matching: Option<u64>,
    /// Whether there are no more than that: large numbers are not counted to their end.
    #[serde(skip_serializing_if = "Option::is_none")]
    exact: Option<bool>,
}

fn replayed(replayed: u64) -> Response {
    json::response(StatusCode::OK, &Replayed::new(replayed))
}

fn purged(purged: u64) -> Response {
    let (matching, exact) = (None, None);
    let purged = Purged {
        purged,
        matching,
        exact,
    };
    json::response(StatusCode::OK, &purged)
}

/// List dead letters
///
/// What failed for good, newest first. `GET /admin/v1/deliveries/{id}` shows one with its history.
#[utoipa::path(
    get,
    path = "/dead-letters",
    operation_id = "listDeadLetters",
    tag = "administration",
    params(DeadLetterParameters),
    responses(
        (status = 200, description = "Dead letters that are like that.", body = ShownPage),
        BadRequest, Denied, NoStore,
    ),
    security(("token" = ["read"])),
)]
pub(super) async fn list(
    State(app): State<App>,
    Parameters(parameters): Parameters<DeadLetterParameters>,
) -> Result<Response, ApiError> {
    page(&app, parameters.query()?).await
}

/// Replay dead letters
///
/// They wait again, due at once, and are tried for as long as new events of their connection are. What the ingest
/// rejected is read again by the rules in force, and routed as a new event. With a filter, those stay dead whose
/// connection is not configured, and those that are not valid still. With `dryRun` they are only counted.
#[utoipa::path(
    post,
    path = "/dead-letters/replay",
    operation_id = "replayDeadLetters",
    tag = "administration",
    request_body = SelectionBody,
    responses(
        (status = 200, description = "They wait again.", body = Replayed),
        (status = 404, description = "There is no such delivery (`UNKNOWN_DELIVERY`) or connection \
                                      (`UNKNOWN_CONNECTION`).", body = Problem),
        (status = 409, description = "The delivery is not dead, its connection is not configured, or the event is not \
                                      valid still: `CONFLICT`.",
            body = Problem),
        BadRequest, BadBody, Denied, NoStore,
    ),
    security(("token" = ["operate"])),
)]
pub(super) async fn replay(
    State(app): State<App>,
    JsonBody(body): JsonBody<SelectionBody>,
) -> Result<Response, ApiError> {
    if body.dry_run {
        let counted = selection::count_replayable(&app, body.meant()?).await?;
        let counted = Replayed {
            replayed: 0,
            matching: Some(counted.count),
            exact: Some(counted.is_exact),
        };
        return Ok(json::response(StatusCode::OK, &counted));
    }
    selection::replay(&app, body.meant()?).await.map(replayed)
}

/// Replay a dead letter
///
/// It waits again, due at once, and is tried for as long as a new event of its connection is. What the ingest rejected is
/// read again by the rules in force, and routed as a new event.
#[utoipa::path(
    post,
    path = "/dead-letters/{id}/replay",
    operation_id = "replayDeadLetter",
    tag = "administration",
    params(("id" = u64, Path, description = "The number of the delivery.")),
    responses(
        (status = 200, description = "It waits again.", body = Replayed),
        (status = 404, description = "There is no such delivery: `UNKNOWN_DELIVERY`.", body = Problem),
        (status = 409, description = "It is not dead, its connection is not configured, or the event is not valid still: \
                                      `CONFLICT`.",
            body = Problem),
        BadRequest, Denied, NoStore,
    ),
    security(("token" = ["operate"])),
)]
pub(super) async fn replay_one(State(app): State<App>, Id(id): Id) -> Result<Response, ApiError> {
    selection::replay(&app, Meant::One(id)).await.map(replayed)
}

/// Purge dead letters
///
/// They are removed for good, and counted in the ledger as purged. With `dryRun` they are only counted.
#[utoipa::path(
    post,
    path = "/dead-letters/purge",
    operation_id = "purgeDeadLetters",
    tag = "administration",
    request_body = SelectionBody,
    responses(
        (status = 200, description = "They are gone.", body = Purged),
        (status = 404, description = "There is no such delivery: `UNKNOWN_DELIVERY`.", body = Problem),
        (status = 409, description = "The delivery is not dead: `CONFLICT`.", body = Problem),
        BadRequest, BadBody, Denied, NoStore,
    ),
    security(("token" = ["admin"])),
)]
pub(super) async fn purge(
    State(app): State<App>,
    JsonBody(body): JsonBody<SelectionBody>,
) -> Result<Response, ApiError> {
    if body.dry_run {
        let counted = selection::count_purgeable(&app, body.meant()?).await?;
        let counted = Purged {
            purged: 0,
            matching: Some(counted.count),
            exact: Some(counted.is_exact),
        };
        return Ok(json::response(StatusCode::OK, &counted));
    }
    selection::purge(&app, body.meant()?).await.map(purged)
}

/// Purge a dead letter
///
/// It is removed for good, and counted in the ledger as purged.
#[utoipa::path(
    delete,
    path = "/dead-letters/{id}",
    operation_id = "purgeDeadLetter",
    tag = "administration",
    params(("id" = u64, Path, description = "The number of the delivery.")),
    responses(
        (status = 200, description = "It is gone.", body = Purged),
        (status = 404, description = "There is no such delivery: `UNKNOWN_DELIVERY`.", body = Problem),
        (status = 409, description = "It is not dead: `CONFLICT`.", body = Problem),
        BadRequest, Denied, NoStore,
    ),
    security(("token" = ["admin"])),
)]
pub(super) async fn remove(State(app): State<App>, Id(id): Id) -> Result<Response, ApiError> {
    selection::purge(&app, Meant::One(id)).await.map(purged)
}
