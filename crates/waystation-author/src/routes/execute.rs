//! `POST /destinations/{slug}/actions/{action}`: runs an action and tells everything.
//!
//! Unlike the [recorded route](super::action), this one validates settings, refreshes tokens, asks a
//! subscription if it is given one, tells results of single items, and answers with the status of what
//! happened: that of the failure for one event; for a list 200 if every item was delivered, else 207. An asynchronous
//! action hands the payload in as a job, of which `.../jobs/{job}` tells what became.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use waystation_execute::{ExecuteBody, JobReport, PollBody};
use waystation_http::{ApiError, Code};
use waystation_kit::any::Perform;
use waystation_runtime::LoadedDestination;
use waystation_runtime::destination::LoadedAction;

use crate::app::App;
use crate::body::Strict;
use crate::summary::Summary;

/// What the path names.
pub(crate) struct ExecutePath {
    pub(crate) destination: Arc<LoadedDestination>,
    pub(crate) action: Arc<LoadedAction>,
}

pub(super) async fn run(
    State(app): State<App>,
    ExecutePath { destination, action }: ExecutePath,
    Strict(body): Strict<ExecuteBody>,
) -> Response {
    if matches!(action.definition().perform, Perform::Asynchronous { .. }) {
        let report = app
            .executor()
            .submit_job(app.calls(), &destination, &action, body)
            .await;
        return told(&action, &report);
    }
    let executed = app
        .executor()
        .run_action(app.calls(), &destination, &action, body)
        .await;
    let summary = Summary::new(Some(action.definition().slug), &executed.exchanges);
    let summary = match executed.report.outcome().failure() {
        Some(failure) => summary.failed(failure),
        None => summary,
    };
    for note in executed.report.notes() {
        tracing::warn!("{note}");
    }
    summary.left_in(executed.report.answer())
}

/// `POST /destinations/{slug}/actions/{action}/jobs/{job}`: asks what became of a job that was handed in.
pub(super) async fn poll(
    State(app): State<App>,
    Path((slug, action, job)): Path<(String, String, String)>,
    Strict(body): Strict<PollBody>,
) -> Result<Response, ApiError> {
    let destination = find_destination(&app, &slug)?;
    let action = find_action(&destination, &action)?;
    let report = app
        .executor()
        .poll_job(app.calls(), &destination, &action, job, body)
        .await;
    Ok(told(&action, &report))
}

fn told(action: &LoadedAction, report: &JobReport) -> Response {
    let summary = Summary::new(Some(action.definition().slug), report.sent());
    let summary = match report.failure() {
        Some(failure) => summary.failed(failure),
        None => summary,
    };
    summary.left_in(report.answer())
}

impl FromRequestParts<App> for ExecutePath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let names = Path::<(String, String)>::from_request_parts(parts, app).await;
        let Path((slug, action)) = names.map_err(|_| {
            let message = "The names of the destination and the action must be UTF-8.";
            ApiError::new(Code::NotFound, message)
        })?;
        let destination = find_destination(app, &slug)?;
        let action = find_action(&destination, &action)?;
        Ok(Self { destination, action })
    }
}

/// The destination of this slug: the one that is served, or any other of this build.
///
/// # Errors
/// 404 with the nearest name.
pub(crate) fn find_destination(app: &App, slug: &str) -> Result<Arc<LoadedDestination>, ApiError> {
    // Served, perhaps, without being in the registry.
    let served = app.config().destination.as_ref();
    if let Some(served) = served.filter(|served| served.definition().slug == slug) {
        return Ok(Arc::clone(served));
    }
    let registry = &app.config().registry;
    registry.get(slug).cloned().ok_or_else(|| {
        let slugs: Vec<&str> = registry.iter().map(|known| known.definition().slug).collect();
        unknown(Code::UnknownDestination, "destination", slug, &slugs)
    })
}

/// The action of this slug.
///
/// # Errors
/// 404 with the nearest name.
pub(crate) fn find_action(
    destination: &LoadedDestination,
    slug: &str,
) -> Result<Arc<LoadedAction>, ApiError> {
    destination.action(slug).cloned().ok_or_else(|| {
        let actions = destination.definition().actions.iter();
        let slugs: Vec<&str> = actions.map(|action| action.slug).collect();
        unknown(Code::UnknownAction, "action", slug, &slugs)
    })
}

/// 404 with the nearest name, and all there are.
fn unknown(code: Code, what: &str, slug: &str, known: &[&str]) -> ApiError {
    let nearest = waystation_runtime::registry::nearest(slug, known.iter().copied());
    let hint = match nearest {
        Some(nearest) => format!("did you mean \"{nearest}\"?"),
        None => format!("there are {}.", known.join(", ")),
    };
    let error =
        ApiError::new(code, format!("There is no {what} \"{slug}\": {hint}")).with("known", known.to_vec());
    match nearest {
        Some(nearest) => error.with("suggestion", nearest),
        None => error,
    }
}
