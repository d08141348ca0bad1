//! What the route answers: `{outcome, multistatus, exchanges, attempts, timings}`.

use std::time::Duration;

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use waystation_client::Redactor;
use waystation_client::record::ShownExchange;
use waystation_kit::{Auth, ItemOutcome, RefreshedTokens};
use waystation_runtime::outcome::nodes;
use waystation_runtime::retry::{Attempt, Verdict};
use waystation_runtime::{BatchOutcome, Error, EventOutcome, Skip};

use super::failure::Failure;
use crate::call::Call;
use crate::routes::refresh::ShownTokens;
use waystation_http::json;

/// The whole answer.
#[derive(Serialize)]
pub(super) struct Report {
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    multistatus: Option<Value>,
    exchanges: Vec<ShownExchange>,
    attempts: Vec<ShownAttempt>,
    timings: Timings,
    /// The tokens of a refresh, for the caller to keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<ShownTokens>,
}

/// What became of the event or the list.
#[derive(Default, Serialize)]
pub(super) struct Outcome {
    status: Status,
    /// What the action returned for an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    /// Why nothing was to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// How many items of a list were delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered: Option<usize>,
    /// How many were not.
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
    #[serde(skip)]
    items: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
enum Status {
    /// All of it is at the partner.
    Delivered,
    /// Some items of a list are.
    Partial,
    /// None of it is.
    #[default]
    Failed,
    /// Nothing was to be done.
    Skipped,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownAttempt {
    number: u32,
    items: usize,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// The places of the items to be tried again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    retry_items: Vec<usize>,
    /// The wait that the partner asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    wanted_wait_ms: Option<f64>,
    /// The wait before the next attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    waited_ms: Option<f64>,
    duration_ms: f64,
}

/// Where the time went, in milliseconds.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Timings {
    /// From the request's body to the outcome.
    total_ms: f64,
    /// In exchanges with the partner, summed up.
    partner_ms: f64,
    /// Between attempts.
    waited_ms: f64,
}

impl Outcome {
    pub(super) fn of_event(outcome: Result<EventOutcome, Error>, redactor: &Redactor) -> Self {
        match outcome {
            Ok(EventOutcome::Performed { output, .. }) => Self {
                status: Status::Delivered,
                data: output.into_data().map(|data| redactor.value(&data)),
                ..Self::default()
            },
            Ok(EventOutcome::Skipped(skip)) => Self::skipped(&skip),
            Err(error) => Self::failed(Failure::new(&error, redactor)),
        }
    }

    pub(super) fn of_batch(outcome: Result<BatchOutcome, Error>, redactor: &Redactor) -> Self {
        match outcome {
            Ok(BatchOutcome::Items(items)) => Self::of_items(&items, redactor),
            Ok(BatchOutcome::Failed { error, items }) => Self {
                error: Some(Failure::new(&Error::Action(error), redactor)),
                ..Self::of_items(&items, redactor)
            },
            Ok(BatchOutcome::Skipped(skip)) => Self::skipped(&skip),
            Err(error) => Self::failed(Failure::new(&error, redactor)),
        }
    }

    pub(super) fn failed(error: Failure) -> Self {
        Self {
            status: Status::Failed,
            error: Some(error),
            ..Self::default()
        }
    }

    fn skipped(skip: &Skip) -> Self {
        Self {
            status: Status::Skipped,
            reason: Some(skip.to_string()),
            ..Self::default()
        }
    }

    fn of_items(items: &[ItemOutcome], redactor: &Redactor) -> Self {
        let failed = items
            .iter()
            .filter(|item| matches!(item, ItemOutcome::Error(_)))
            .count();
        let delivered = items.len() - failed;
        Self {
            status: match (delivered, failed) {
                (0, 0) => Status::Skipped,
                (_, 0) => Status::Delivered,
                (0, _) => Status::Failed,
                (_, _) => Status::Partial,
            },
            reason: items.is_empty().then(|| "the list is empty".to_owned()),
            delivered: Some(delivered),
            failed: Some(failed),
            items: Some(redactor.value(&Value::Array(nodes(items)))),
            ..Self::default()
        }
    }

    /// A list that came as far as its items has 200 or 207, whatever they came to.
    fn http_status(&self) -> StatusCode {
        match (self.status, self.delivered, &self.error) {
            (Status::Delivered | Status::Skipped, _, _) => StatusCode::OK,
            (_, Some(_), _) => StatusCode::MULTI_STATUS,
            (_, None, Some(error)) => error.http_status(),
            (_, None, None) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What the access log says of it.
    fn failure(&self) -> Option<String> {
        match (&self.error, self.failed) {
            (Some(error), _) => Some(error.message().to_owned()),
            (None, Some(failed @ 1..)) => Some(format!("{failed} items were not delivered")),
            (None, _) => None,
        }
    }
}

impl ShownAttempt {
    fn new(attempt: &Attempt) -> Self {
        let (verdict, retry_items, wanted) = match &attempt.verdict {
            // Of a list, items may have failed for good.
            Verdict::Delivered => ("done", &[][..], None),
            Verdict::RetryItems { indices, after, .. } => ("retryItems", indices.as_slice(), *after),
            Verdict::RetryAll { after, .. } => ("retryAll", &[][..], *after),
            Verdict::Split { .. } => ("split", &[][..], None),
            Verdict::Final { .. } => ("final", &[][..], None),
        };
        Self {
            number: attempt.number,
            items: attempt.items,
            verdict,
            why: attempt.verdict.why().map(|why| why.to_string()),
            retry_items: retry_items.to_vec(),
            wanted_wait_ms: wanted.map(milliseconds),
            waited_ms: attempt.waited.map(milliseconds),
            duration_ms: milliseconds(attempt.duration),
        }
    }
}

impl Report {
    /// A request that was refused before anything was tried.
    pub(super) fn refused(call: &Call, failure: Failure) -> Self {
        Self::new(call, Outcome::failed(failure), &[])
    }

    pub(super) fn new(call: &Call, mut outcome: Outcome, attempts: &[Attempt]) -> Self {
        let exchanges = call.exchanges();
        let partner = exchanges.iter().filter_map(|exchange| exchange.timing);
        let waited: Duration = attempts.iter().filter_map(|attempt| attempt.waited).sum();
        Self {
            timings: Timings {
                total_ms: milliseconds(call.elapsed()),
                // Folded from 0.0: the sum of no floats is -0.0, which would show.
                partner_ms: partner.fold(0.0, |sum, timing| sum + timing.duration_ms),
                waited_ms: milliseconds(waited),
            },
            multistatus: outcome.items.take(),
            outcome,
            exchanges,
            attempts: attempts.iter().map(ShownAttempt::new).collect(),
            tokens: None,
        }
    }

    /// Adds the tokens if they are not those that the call began with: nobody else keeps them.
    pub(super) fn with_new_tokens(mut self, before: &Auth, now: &Auth) -> Self {
        if now.access_token != before.access_token {
            let access_token = now.access_token.clone();
            let refresh_token = now.refresh_token.clone();
            self.tokens = access_token
                .map(|access_token| RefreshedTokens {
                    access_token,
                    refresh_token,
                })
                .map(ShownTokens::from);
        }
        self
    }

    /// The response, with the partner's wanted wait as `Retry-After` if the last attempt ended with one.
    pub(super) fn answer(self, call: &Call, action: &'static str) -> Response {
        let status = self.outcome.http_status();
        let failure = self.outcome.failure();
        let summary = call.summary(Some(action), failure.as_deref());
        let mut response = summary.left_in(json::response(status, &self));
        let wanted = self.attempts.last().and_then(|attempt| attempt.wanted_wait_ms);
        if let Some(wanted) = wanted.filter(|_| status != StatusCode::OK) {
            let seconds = HeaderValue::from(whole_seconds(wanted));
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        response
    }
}

/// Three digits after the point are as much as clocks are good for.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}

/// Rounded up, so that nobody comes too early.
fn whole_seconds(milliseconds: f64) -> u64 {
    Duration::try_from_secs_f64((milliseconds / 1_000.0).ceil())
        .unwrap_or_default()
        .as_secs()
}
