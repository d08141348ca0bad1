//! A run, and everything there is to know about it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use waystation_execute::{ExecuteBody, Report};
use waystation_http::{ApiError, json};

use super::partner::Partner;
use super::preview::Preview;
use crate::app::App;
use crate::body::Strict;
use crate::routes::execute::ExecutePath;
use crate::summary::Summary;

/// What is run, and who answers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RunBody {
    /// As for `/destinations/{slug}/actions/{action}`, but the mapping is the whole mapping: the page shows the
    /// defaults of the fields, and what is not there is meant not to be.
    request: ExecuteBody,
    #[serde(default)]
    partner: Partner,
    /// How often is tried again in process.
    #[serde(default)]
    retries: u32,
}

#[derive(Serialize)]
struct Shown<'a> {
    report: &'a Report,
    preview: Preview,
}

/// 200 with the run, whatever it came to.
pub(super) async fn run(
    State(app): State<App>,
    ExecutePath { destination, action }: ExecutePath,
    Strict(body): Strict<RunBody>,
) -> Result<Response, ApiError> {
    let calls = body.partner.calls(&app, body.retries)?;
    let mut request = body.request;
    request.settings = app.complete(&destination, request.settings);
    let subscribe = request
        .subscribe
        .take()
        .filter(|subscribe| !subscribe.trim().is_empty());
    request.subscribe = subscribe;
    let preview = Preview::new(
        &action,
        &request.payload,
        &request.mapping,
        request.subscribe.as_deref(),
    );
    let executed = app
        .executor()
        .run_as_mapped(&calls, &destination, &action, request)
        .await;
    let summary = Summary::new(Some(action.definition().slug), &executed.exchanges);
    let shown = Shown {
        report: &executed.report,
        preview,
    };
    Ok(summary.left_in(json::response(StatusCode::OK, &shown)))
}
