//! `GET /admin/v1/pauses`, and pausing and resuming connections, subscriptions and sources

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waystation_config::Config;
use waystation_delivery::{Meanwhile, Pause, Paused};
use waystation_http::{ApiError, Code, json};

use crate::app::{App, find_connection, find_source, store_failed, unknown};
use crate::auth::Caller;
use crate::body::OptionalBody;
use crate::parameters::Name;
use crate::problem::{BadBody, BadRequest, Denied, NoStore, Problem};
use crate::shown::pause::ShownPause;

/// How something is paused.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = PauseRequest)]
pub(super) struct PauseBody {
    /// Why, for those who see it later.
    reason: Option<String>,
    /// What becomes of events that come meanwhile.
    #[serde(default)]
    events: Events,
}

/// What becomes of events that come during a pause.
#[derive(Debug, Default, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PausedEvents)]
enum Events {
    /// They wait for its end.
    #[default]
    Wait,
    /// They are skipped by the rule `paused`.
    Skip,
}

/// What is paused by hand.
#[derive(Serialize, ToSchema)]
pub(super) struct Pauses {
    pauses: Vec<ShownPause>,
}

/// What the end of a pause came to.
#[derive(Serialize, ToSchema)]
pub(super) struct Resumed {
    /// Whether it was paused.
    resumed: bool,
    /// How many deliveries that had been put aside are due now. Those of a paused connection are not put aside.
    released: u64,
}

/// List what is paused
///
/// Connections, subscriptions and sources that somebody has paused. They stay so over restarts, until somebody resumes
/// them.
#[utoipa::path(
    get,
    path = "/pauses",
    operation_id = "listPauses",
    tag = "administration",
    responses((status = 200, description = "What is paused.", body = Pauses), Denied),
    security(("token" = ["read"])),
)]
pub(super) async fn list(State(app): State<App>) -> Response {
    let pauses = app.api().deliveries.pauses().all();
    let pauses = Pauses {
        pauses: pauses.iter().map(ShownPause::from).collect(),
    };
    json::response(StatusCode::OK, &pauses)
}

/// Pause a connection
///
/// Nothing is sent any more, but for what is under way. What waits goes on waiting, and is not too old when the pause is
/// over; new events wait too, or are skipped, as `events` says. Pausing again changes that, and the reason.
#[utoipa::path(
    post,
    path = "/connections/{name}/pause",
    operation_id = "pauseConnection",
    tag = "administration",
    params(("name" = String, Path, description = "The name in the configuration.")),
    request_body = Option<PauseBody>,
    responses(
        (status = 200, description = "It is paused.", body = ShownPause),
        (status = 404, description = "There is no such connection: `UNKNOWN_CONNECTION`.", body = Problem),
        BadRequest, BadBody, Denied, NoStore,
    ),
    security(("token" = ["operate"])),
)]
pub(super) async fn pause_connection(
    State(app): State<App>,
    Name(name): Name,
    caller: Caller,
    OptionalBody(body): OptionalBody<PauseBody>,
) -> Result<Response, ApiError> {
    find_connection(&app.config(), &name)?;
    pause(&app, Paused::Connection { name }, caller, body).await
}

/// Resume a connection
///
/// Deliveries are made again.
#[utoipa::path(
    post,
    path = "/connections/{name}/resume",
    operation_id = "resumeConnection",
    tag = "administration",
    params(("name" = String, Path, description = "The name in the configuration.")),
    responses(
        (status = 200, description = "It is not paused any more.", body = Resumed),
        (status = 404, description = "There is no such connection: `UNKNOWN_CONNECTION`.", body = Problem),
        Denied, NoStore,
    ),
    security(("token" = ["operate"])),
)]
pub(super) async fn resume_connection(
    State(app): State<App>,
    Name(name): Name,
) -> Result<Response, ApiError> {
    let known = find_connection(&app.config(), &name).map(|_| ());
    resume(&app, &Paused::Connection { name }, known).await
}

/// Pause a subscription
///
/// Its events wait, or are skipped, as `events` says; the connection's other subscriptions go on. Where deliveries of a
/// user are made in order, those behind one that waits wait too.
#[utoipa::path(
    post,
    path = "/connections/{name}/subscriptions/{subscription}/pause",
    operation_id = "pauseSubscription",
    tag = "administration",
    params(
        ("name" = String, Path, description = "The name of the connection."),
        ("subscription" = String, Path, description = "The name of the subscription."),
    ),
    request_body = Option<PauseBody>,
    responses(
        (status = 200, description = "It is paused.", body = ShownPause),
        (status = 404, description = "There is no such connection (`UNKNOWN_CONNECTION`) or subscription \
                                      (`UNKNOWN_SUBSCRIPTION`).", body = Problem),
        BadRequest, BadBody, Denied, NoStore,
    ),
    security(("token" = ["operate"])),
)]
pub(super) async fn pause_subscription(
    State(app): State<App>,
    Path((connection, name)): Path<(String, String)>,
    caller: Caller,
    OptionalBody(body): OptionalBody<PauseBody>,
) -> Result<Response, ApiError> {
    find_subscription(&app.config(), &connection, &name)?;
    pause(&app, Paused::Subscription { connection, name }, caller, body).await
}

/// Resume a subscription
///
/// What waited for it is due at once.
#[utoipa::path(
    post,
    path = "/connections/{name}/subscriptions/{subscription}/resume",
    operation_id = "resumeSubscription",
    tag = "administration",
    params(
        ("name" = String, Path, description = "The name of the connection."),
        ("subscription" = String, Path, description = "The name of the subscription."),
    ),
    responses(
        (status = 200, description = "It is not paused any more.", body = Resumed),
        (status = 404, description = "There is no such connection (`UNKNOWN_CONNECTION`) or subscription \
                                      (`UNKNOWN_SUBSCRIPTION`).", body = Problem),
        Denied, NoStore,
    ),
    security(("token" = ["operate"])),
)]
pub(super) async fn resume_subscription(
    State(app): State<App>,
    Path((connection, name)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let known = find_subscription(&app.config(), &connection, &name);
    resume(&app, &Paused::Subscription { connection, name }, known).await
}

/// Pause a source
///
/// Its events are taken, and wait or are skipped, as `events` says.
#[utoipa::path(
    post,
    path = "/sources/{name}/pause",
    operation_id = "pauseSource",
    tag = "administration",
    params(("name" = String, Path, description = "The name in the configuration.")),
    request_body = Option<PauseBody>,
    responses(
        (status = 200, description = "It is paused.", body = ShownPause),
        (status = 404, description = "There is no such source: `UNKNOWN_SOURCE`.", body = Problem),
        BadRequest, BadBody, Denied, NoStore,
    ),
    security(("token" = ["operate"])),
)]
pub(super) async fn pause_source(
    State(app): State<App>,
    Name(name): Name,
    caller: Caller,
    OptionalBody(body): OptionalBody<PauseBody>,
) -> Result<Response, ApiError> {
    find_source(&app.config(), &name)?;
    pause(&app, Paused::Source { name }, caller, body).await
}

/// Resume a source
///
/// What waited is due at once.
#[utoipa::path(
    post,
    path = "/sources/{name}/resume",
    operation_id = "resumeSource",
    tag = "administration",
    params(("name" = String, Path, description = "The name in the configuration.")),
    responses(
        (status = 200, description = "It is not paused any more.", body = Resumed),
        (status = 404, description = "There is no such source: `UNKNOWN_SOURCE`.", body = Problem),
        Denied, NoStore,
    ),
    security(("token" = ["operate"])),
)]
pub(super) async fn resume_source(State(app): State<App>, Name(name): Name) -> Result<Response, ApiError> {
    let known = find_source(&app.config(), &name).map(|_| ());
    resume(&app, &Paused::Source { name }, known).await
}

async fn pause(app: &App, paused: Paused, caller: Caller, body: PauseBody) -> Result<Response, ApiError> {
    let pause = Pause {
        paused,
        meanwhile: match body.events {
            Events::Wait => Meanwhile::Wait,
            Events::Skip => Meanwhile::Skip,
        },
        reason: body.reason,
        since: app.api().queue.clock().now(),
        by: caller.name(),
    };
    let pauses = app.api().deliveries.pauses();
    let pause = pauses.pause(pause).await.map_err(store_failed)?;
    Ok(json::response(StatusCode::OK, &ShownPause::from(&pause)))
}

/// What is paused can be resumed although the configuration does not have it any more.
async fn resume(app: &App, paused: &Paused, known: Result<(), ApiError>) -> Result<Response, ApiError> {
    let pauses = app.api().deliveries.pauses();
    let released = pauses.resume(paused).await.map_err(store_failed)?;
    if released.is_none() {
        known?;
    }
    let resumed = Resumed {
        resumed: released.is_some(),
        released: released.unwrap_or_default(),
    };
    Ok(json::response(StatusCode::OK, &resumed))
}

fn find_subscription(config: &Config, connection: &str, name: &str) -> Result<(), ApiError> {
    let connection = find_connection(config, connection)?;
    let names = || {
        connection
            .subscriptions
            .iter()
            .map(|subscription| &*subscription.name)
    };
    match names().any(|known| known == name) {
        true => Ok(()),
        false => Err(unknown(Code::UnknownSubscription, "subscription", name, names())),
    }
}
