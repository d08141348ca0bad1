//! `POST /v1/destinations/{slug}/actions/{action}`

use axum::extract::State;
use axum::response::Response;
use waystation_execute::{ExecuteBody, Report};
use waystation_http::ApiError;

use super::limits::{Limits, check_size};
use super::target::ActionTarget;
use crate::app::App;
use crate::body::JsonBody;
use crate::problem::{BadBody, Denied, Problem, ReportOrProblem};

/// Run an action
///
/// Settings are validated, the subscription is asked if there is one, tokens are refreshed, the mapping is resolved,
/// the payload is validated, and the partner is called. One event: the answer's status is that of the outcome. A list:
/// 200 if every item was delivered, else 207, with a result for each item in `multistatus`, in the order of the list.
/// A list may have 20,000 events. A report tells everything, without secrets: of each body 64 KiB, and 4 MiB in all. When
/// the caller hangs up, what is under way is given up.
#[utoipa::path(
    post,
    path = "/{slug}/actions/{action}",
    operation_id = "runAction",
    tag = "execution",
    params(
        ("slug" = String, Path, description = "The slug of the destination."),
        ("action" = String, Path, description = "The slug of the action."),
        ("Waystation-Attempts" = Option<u32>, Header, minimum = 1, maximum = 10,
            description = "How many attempts are made at most. 1 unless said otherwise: the caller keeps its own queue."),
        ("Waystation-Deadline-Ms" = Option<u32>, Header, minimum = 1, maximum = 600_000,
            description = "How long the whole call may take, in milliseconds; unless said otherwise, the deadline of \
                           [delivery] in the configuration."),
    ),
    request_body = ExecuteBody,
    responses(
        (status = 200, description = "Everything was delivered, or nothing was to be done.", body = Report),
        (status = 207, description = "Of a list, not every item was delivered.", body = Report),
        (status = 400, description = "The request cannot be used (a problem), or settings, mapping or payload cannot \
                                      (a report).", body = ReportOrProblem),
        (status = "4XX", description = "The partner refused the event: a report with the partner's status, which may be \
                                        one of those that problems have. A report has `outcome`, a problem has `code`.",
            body = ReportOrProblem,
            headers(("Retry-After" = u64, description = "Seconds that the partner wants to be left alone."))),
        (status = "5XX", description = "The partner failed (a report), or the service (a problem).",
            body = ReportOrProblem,
            headers(("Retry-After" = u64, description = "Seconds that the partner wants to be left alone."))),
        (status = 404, description = "There is no such destination (`UNKNOWN_DESTINATION`) or action \
                                      (`UNKNOWN_ACTION`).", body = Problem),
        Denied, BadBody,
    ),
    security(("token" = ["execute"])),
)]
pub(super) async fn run(
    State(app): State<App>,
    ActionTarget { destination, action }: ActionTarget,
    limits: Limits,
    JsonBody(body): JsonBody<ExecuteBody>,
) -> Result<Response, ApiError> {
    check_size(&body.payload, 1)?;
    let (settings, _until_answered) = limits.settings(&app);
    let executed = app
        .executor()
        .run_action(&settings, &destination, &action, body)
        .await;
    Ok(executed.report.answer())
}
