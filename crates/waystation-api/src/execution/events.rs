//! `POST /v1/destinations/{slug}/events`

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use waystation_execute::report::whole_seconds;
use waystation_execute::{
    AuthBody, ShownCarried, ShownTokens, SubscriptionReport, SubscriptionReports, SubscriptionTask, lenient,
};
use waystation_http::{ApiError, json};
use waystation_json::JsonObject;
use waystation_runtime::ConnectionSettings;

use super::limits::{Limits, check_size};
use super::target::Target;
use crate::app::App;
use crate::body::JsonBody;
use crate::problem::{BadBody, Denied, Problem};

/// Events for a connection as a platform stores it. Keys that are not listed are mistakes.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EventsBody {
    /// The event, or a list of them.
    #[schema(schema_with = waystation_execute::body::events)]
    payload: Value,
    /// The settings of the destination; beside them `subscription` or `subscriptions`, each with `subscribe`,
    /// `partnerAction` and `mapping`; tokens may be under `oauth`.
    #[serde(deserialize_with = "lenient::object")]
    #[schema(value_type = Object)]
    settings: JsonObject,
    /// Tokens, in place of those in the settings.
    #[serde(default, deserialize_with = "lenient::optional_section")]
    auth: Option<AuthBody>,
    /// Features that are switched on.
    #[serde(default, deserialize_with = "lenient::object")]
    #[schema(value_type = Object)]
    features: JsonObject,
    /// What actions before these noted for the same event: `transaction` of their reports.
    #[serde(default, deserialize_with = "lenient::section")]
    transaction: BTreeMap<String, String>,
    /// Values that actions gave you to keep: `state` of earlier reports.
    #[serde(default, deserialize_with = "lenient::section")]
    state: BTreeMap<String, String>,
}

/// What the subscriptions came to, in their order.
#[derive(Serialize, ToSchema)]
pub(super) struct EventsReport {
    reports: Vec<SubscriptionReport>,
    /// The tokens of a refresh, for the caller to keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<ShownTokens>,
    #[serde(flatten)]
    carried: ShownCarried,
}

/// Reports of refusals, or a problem of the request, as the OpenAPI document tells of them.
#[derive(ToSchema)]
#[serde(untagged)]
#[allow(dead_code)]
enum ReportsOrProblem {
    /// The subscriptions were asked.
    Reports(EventsReport),
    /// They were not.
    Problem(Problem),
}

/// Run every subscription of a connection
///
/// Each subscription is asked for each event; those that match run their actions. Actions that build on others run after
/// them and find what they noted for the event (HubSpot's "Upsert Company" after "Upsert Contact"); the rest run at once.
/// A call may have 200 subscriptions and 20,000 deliveries, which are subscriptions times events; at most 32 run at once.
/// There is a report for each subscription, of each body 64 KiB, and 4 MiB in all. The answer's status is the one that every report would have alone; if they differ, 207.
#[utoipa::path(
    post,
    path = "/{slug}/events",
    operation_id = "runSubscriptions",
    tag = "execution",
    params(
        ("slug" = String, Path, description = "The slug of the destination."),
        ("Waystation-Attempts" = Option<u32>, Header, minimum = 1, maximum = 10,
            description = "How many attempts are made at most for each subscription. 1 unless said otherwise: the \
                           caller keeps its own queue."),
        ("Waystation-Deadline-Ms" = Option<u32>, Header, minimum = 1, maximum = 600_000,
            description = "How long the whole call may take, in milliseconds; unless said otherwise, the deadline of \
                           [delivery] in the configuration."),
    ),
    request_body = EventsBody,
    responses(
        (status = 200, description = "Every subscription delivered everything, or had nothing to do.", body = EventsReport),
        (status = 207, description = "The subscriptions came to different things, or not every item of a list was \
                                      delivered.", body = EventsReport),
        (status = 400, description = "The request cannot be used (a problem), or settings, mappings or payloads cannot \
                                      (reports).", body = ReportsOrProblem),
        (status = "4XX", description = "Every subscription was refused with this status, which may be one of those that \
                                        problems have. Reports are under `reports`, a problem has `code`.",
            body = ReportsOrProblem,
            headers(("Retry-After" = u64, description = "Seconds that the partner wants to be left alone."))),
        (status = "5XX", description = "Every subscription failed with this status (reports), or the service failed (a \
                                        problem).", body = ReportsOrProblem,
            headers(("Retry-After" = u64, description = "Seconds that the partner wants to be left alone."))),
        (status = 404, description = "There is no such destination: `UNKNOWN_DESTINATION`.", body = Problem),
        Denied, BadBody,
    ),
    security(("token" = ["execute"])),
)]
pub(super) async fn run(
    State(app): State<App>,
    Target(destination): Target,
    limits: Limits,
    JsonBody(body): JsonBody<EventsBody>,
) -> Result<Response, ApiError> {
    let stored = ConnectionSettings::from_stored(body.settings);
    if stored.subscriptions.is_empty() {
        let message = "The settings have no subscriptions: there must be \"subscription\" or \"subscriptions\" among \
                       them.";
        return Err(ApiError::invalid_request(message).with("path", "settings.subscriptions"));
    }
    check_size(&body.payload, stored.subscriptions.len())?;
    let task = SubscriptionTask {
        stored,
        auth: body.auth.map(Into::into),
        features: Arc::new(body.features),
        transaction: body.transaction,
        state: body.state,
        payload: body.payload,
    };
    let (settings, _until_answered) = limits.settings(&app);
    let SubscriptionReports {
        reports,
        tokens,
        carried,
    } = app
        .executor()
        .run_subscriptions(&settings, &destination, task)
        .await;
    let report = EventsReport {
        reports,
        tokens,
        carried,
    };
    Ok(report.answer())
}

impl EventsReport {
    fn http_status(&self) -> StatusCode {
        let mut statuses = self.reports.iter().map(|report| report.report.http_status());
        let first = statuses.next().unwrap_or_default();
        match statuses.all(|status| status == first) {
            true => first,
            false => StatusCode::MULTI_STATUS,
        }
    }

    /// The reports as an answer, with the longest wanted wait as `Retry-After`.
    fn answer(&self) -> Response {
        let mut response = json::response(self.http_status(), self);
        let waits = self
            .reports
            .iter()
            .filter_map(|report| report.report.wanted_wait());
        if let Some(wait) = waits.max() {
            response.headers_mut().insert(RETRY_AFTER, whole_seconds(wait));
        }
        response
    }
}
