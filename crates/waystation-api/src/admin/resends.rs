//! `/admin/v1/resends`

use std::num::NonZeroU32;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waystation_config::Config;
use waystation_delivery::resend::MOST_FOUND;
use waystation_delivery::{Deliveries, ResendRequest};
use waystation_http::{ApiError, Code, json};
use waystation_queue::{OutcomeKind, RecordFilter, SkipRule};

use super::filter::{possible, range};
use crate::app::{App, find_connection, store_failed};
use crate::auth::Caller;
use crate::body::JsonBody;
use crate::parameters::{Name, one_of, unusable};
use crate::problem::{BadBody, BadRequest, Denied, NoStore, Problem};
use crate::shown::names;
use crate::shown::resend::ShownResend;
use crate::time::{self, Time};
use crate::whole;

/// How many events a second are sent again unless said otherwise.
const USUAL_PACE: NonZeroU32 = NonZeroU32::MIN.saturating_add(99);

/// The fastest pace.
const FASTEST_PACE: u32 = 10_000;

/// What is sent again, and where to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ResendRequest)]
pub(super) struct ResendBody {
    /// What deliveries must be like whose events are sent again.
    filter: ResendFilter,
    /// The connection that gets the events, if it has not had them: one that was added later. Without it, deliveries are
    /// made again to the connections that they were for.
    to: Option<String>,
    /// How many events a second are sent again at most; 100 unless said otherwise.
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 10_000)]
    per_second: Option<NonZeroU32>,
    /// Only count them, and send nothing.
    #[serde(default)]
    dry_run: bool,
}

/// What deliveries must be like. With `to`, events count whatever became of them; without, those that were delivered or
/// skipped, for what waits is on its way, and dead letters are replayed. Times are ISO 8601 with a zone, or milliseconds
/// since 1970 as text.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ResendFilter)]
struct ResendFilter {
    /// The name of the source.
    source: Option<String>,
    /// The name of the connection that they were for.
    connection: Option<String>,
    /// The name of the subscription that they were for.
    subscription: Option<String>,
    /// What became of them.
    #[schema(schema_with = names::outcomes_or_null)]
    outcome: Option<String>,
    /// The rule they were skipped by.
    #[schema(schema_with = names::rules_or_null)]
    rule: Option<String>,
    /// The status of the last round.
    #[serde(default, deserialize_with = "whole::optional")]
    #[schema(minimum = 100, maximum = 599)]
    status: Option<u16>,
    /// The sender's id of the event.
    message_id: Option<String>,
    /// Whom the event is about.
    user: Option<String>,
    /// `track`, `identify` and so on.
    event_type: Option<String>,
    /// The name of a tracked event or a page.
    event_name: Option<String>,
    /// The event arrived then or later.
    #[schema(schema_with = time::moment_or_null)]
    from: Option<String>,
    /// The event arrived before.
    #[schema(schema_with = time::moment_or_null)]
    until: Option<String>,
    /// It was delivered or skipped then or later.
    #[schema(schema_with = time::moment_or_null)]
    finished_from: Option<String>,
    /// It was delivered or skipped before.
    #[schema(schema_with = time::moment_or_null)]
    finished_until: Option<String>,
}

/// What a resend would be about.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ResendCount)]
pub(super) struct ShownCount {
    /// How many deliveries; with `to`, how many events.
    matching: u64,
    /// Whether there are no more than that: a resend is about a million at most.
    exact: bool,
    /// When the oldest of the events arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest: Option<Time>,
    /// Deliveries that ended before this are not kept: events that were asked for and are older may be missing.
    kept_since: Time,
    /// Whether that concerns what was asked for.
    may_be_missing: bool,
}

/// The resends that are remembered, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct Resends {
    resends: Vec<ShownResend>,
}

/// List resends
///
/// What is sent again, and what was since the service started, newest first.
#[utoipa::path(
    get,
    path = "/resends",
    operation_id = "listResends",
    tag = "administration",
    responses((status = 200, description = "The resends.", body = Resends), Denied),
    security(("token" = ["read"])),
)]
pub(super) async fn list(State(app): State<App>) -> Response {
    let resends = app.api().deliveries.resends().all();
    let resends = Resends {
        resends: resends.into_iter().map(ShownResend::from).collect(),
    };
    json::response(StatusCode::OK, &resends)
}

/// Send events again
///
/// Deliveries that were made or skipped are made again, or events are sent to a connection that was added later (`to`).
/// They are counted first (`dryRun` does only that), then sent from the oldest on, at a pace, as they were accepted and
/// with the ids that they had, by the configuration in force. A connection does not get by `to` what it has had, so that a
/// resend that was stopped can be begun again. It is about what the store still has.
#[utoipa::path(
    post,
    path = "/resends",
    operation_id = "createResend",
    tag = "administration",
    request_body = ResendBody,
    responses(
        (status = 200, description = "What it would be about, of a dry run.", body = ShownCount),
        (status = 202, description = "It has begun.", body = ShownResend),
        (status = 404, description = "There is no such connection: `UNKNOWN_CONNECTION`.", body = Problem),
        (status = 409, description = "The connection is switched off: `CONFLICT`.", body = Problem),
        (status = 429, description = "Too many are under way: `TOO_MANY_REQUESTS`.", body = Problem),
        BadRequest, BadBody, Denied, NoStore,
    ),
    security(("token" = ["operate"])),
)]
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<ResendBody>,
) -> Result<Response, ApiError> {
    let config = app.config();
    let (dry_run, from) = (
        body.dry_run,
        body.filter.from.as_deref().and_then(crate::time::parse),
    );
    let request = body.request(&config, &caller)?;
    let api = app.api();
    if dry_run {
        let found = Deliveries::count_resend(&*api.queue, &request).await;
        let found = found.map_err(store_failed)?;
        let kept_since = app.api().queue.clock().now().minus(config.record.keep);
        let count = ShownCount {
            matching: found.deliveries.len() as u64,
            exact: !found.is_cut_off,
            oldest: found.oldest.map(Time::from),
            kept_since: kept_since.into(),
            may_be_missing: from.is_none_or(|from| from < kept_since),
        };
        return Ok(json::response(StatusCode::OK, &count));
    }
    let begun = api.deliveries.resend(&api.queue, request);
    let begun = begun.map_err(|error| {
        ApiError::new(
            Code::TooManyRequests,
            format!("There is no room for another: {error}."),
        )
    })?;
    Ok(json::response(StatusCode::ACCEPTED, &ShownResend::from(begun)))
}

/// Show a resend
///
/// How far it has come.
#[utoipa::path(
    get,
    path = "/resends/{id}",
    operation_id = "getResend",
    tag = "administration",
    params(("id" = u64, Path, description = "The number of the resend.")),
    responses(
        (status = 200, description = "How far it has come.", body = ShownResend),
        (status = 404, description = "There is no such resend, or not any more: `NOT_FOUND`.", body = Problem),
        BadRequest, Denied,
    ),
    security(("token" = ["read"])),
)]
pub(super) async fn show(State(app): State<App>, Name(id): Name) -> Result<Response, ApiError> {
    let resend = app.api().deliveries.resends().get(number(&id)?);
    found(&id, resend)
}

/// Stop a resend
///
/// What it has sent goes on its way.
#[utoipa::path(
    post,
    path = "/resends/{id}/stop",
    operation_id = "stopResend",
    tag = "administration",
    params(("id" = u64, Path, description = "The number of the resend.")),
    responses(
        (status = 200, description = "It stops.", body = ShownResend),
        (status = 404, description = "There is no such resend, or not any more: `NOT_FOUND`.", body = Problem),
        BadRequest, Denied,
    ),
    security(("token" = ["operate"])),
)]
pub(super) async fn stop(State(app): State<App>, Name(id): Name) -> Result<Response, ApiError> {
    let resend = app.api().deliveries.resends().stop(number(&id)?);
    found(&id, resend)
}

fn number(id: &str) -> Result<u64, ApiError> {
    id.parse()
        .map_err(|_| unusable("id", id, "must be the number of a resend"))
}

fn found(id: &str, resend: Option<waystation_delivery::Progress>) -> Result<Response, ApiError> {
    let resend = resend.ok_or_else(|| {
        let message = format!("There is no resend {id}, or it is not remembered any more.");
        ApiError::new(Code::NotFound, message)
    })?;
    Ok(json::response(StatusCode::OK, &ShownResend::from(resend)))
}

impl ResendBody {
    /// The request as it can be carried out.
    ///
    /// # Errors
    /// A member cannot be used, or the connection cannot get anything.
    fn request(self, config: &Config, caller: &Caller) -> Result<ResendRequest, ApiError> {
        for name in self.filter.connection.iter().filter(|_| self.to.is_none()) {
            find_connection(config, name)?;
        }
        if let Some(to) = &self.to
            && !find_connection(config, to)?.enabled
        {
            let message = format!("The connection \"{to}\" is switched off: nothing can be sent there.");
            return Err(ApiError::new(Code::Conflict, message));
        }
        let pace = self.per_second.unwrap_or(USUAL_PACE);
        if pace.get() > FASTEST_PACE {
            return Err(unusable("perSecond", &pace.to_string(), "must be 10000 at most"));
        }
        let filter = self.filter;
        let outcome = one_of(
            "outcome",
            filter.outcome.as_deref(),
            OutcomeKind::ALL,
            OutcomeKind::name,
        )?;
        let can_be = |outcome| matches!(outcome, OutcomeKind::Delivered | OutcomeKind::Skipped);
        if let Some(outcome) = outcome.filter(|outcome| self.to.is_none() && !can_be(*outcome)) {
            return Err(unusable(
                "outcome",
                outcome.name(),
                "must be delivered or skipped where no connection is named in \"to\"",
            ));
        }
        let parameter = |text: &'static str, value: &Option<String>| (text, value.clone());
        let range = |from: (&'static str, Option<String>), until: (&'static str, Option<String>)| {
            range((from.0, from.1.as_deref()), (until.0, until.1.as_deref()))
        };
        Ok(ResendRequest {
            event_type: filter.event_type,
            event_name: filter.event_name,
            to: self.to.map(Into::into),
            per_second: pace,
            by: caller.name(),
            filter: RecordFilter {
                source: filter.source.map(Into::into),
                connection: filter.connection.map(Into::into),
                subscription: filter.subscription.map(Into::into),
                outcome,
                rule: one_of("rule", filter.rule.as_deref(), SkipRule::ALL, SkipRule::name)?,
                status: filter.status.map(possible).transpose()?,
                message_id: filter.message_id,
                user: filter.user,
                received: range(parameter("from", &filter.from), parameter("until", &filter.until))?,
                finished: range(
                    parameter("finishedFrom", &filter.finished_from),
                    parameter("finishedUntil", &filter.finished_until),
                )?,
                ..RecordFilter::default()
            },
        })
    }
}

// The document says a million.
const _: () = assert!(MOST_FOUND == 1_000_000);
