//! Everything about a call: `{outcome, multistatus, exchanges, attempts, timings}`.

use std::time::Duration;

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use waystation_client::record::ShownExchange;
use waystation_http::json;
use waystation_runtime::retry::ShownAttempt;
use waystation_runtime::{Call, Error};

use crate::caller::ShownTokens;
use crate::carried::ShownCarried;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::room::{ReportLimits, Room};

/// Everything about a call, without secrets.
#[derive(Serialize, ToSchema)]
pub struct Report {
    outcome: Outcome,
    /// A result for each item of a list, in the order of the list. One that the partner took and complained about has
    /// its `warning`; one of which nobody knows whether the partner took it has `unknownOutcome`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    multistatus: Option<Value>,
    /// What was sent to the partner, and what it answered.
    exchanges: Vec<ShownExchange>,
    /// How many exchanges there is no room for.
    #[serde(rename = "exchangesLeftOut", skip_serializing_if = "is_zero")]
    exchanges_left_out: usize,
    /// The attempts in their order.
    attempts: Vec<ShownAttempt>,
    timings: Timings,
    /// The tokens of a refresh, for the caller to keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<ShownTokens>,
    /// What is odd about the request and kept nothing from being done, in sentences.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(flatten)]
    carried: ShownCarried,
    #[serde(skip)]
    wanted_wait: Option<Duration>,
}

/// Where the time went, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Timings {
    /// From the request's body to the outcome.
    total_ms: f64,
    /// In exchanges with the partner, summed up.
    partner_ms: f64,
    /// Between attempts.
    waited_ms: f64,
}

impl Timings {
    /// Where the time of a call went.
    pub(crate) fn of(call: &Call, exchanges: &[ShownExchange]) -> Self {
        let attempts = call.attempts();
        let partner = exchanges.iter().filter_map(|exchange| exchange.timing);
        let waited: Duration = attempts.iter().filter_map(|attempt| attempt.waited).sum();
        Self {
            total_ms: milliseconds(call.elapsed()),
            // Folded from 0.0: the sum of no floats is -0.0, which would show.
            partner_ms: partner.fold(0.0, |sum, timing| sum + timing.duration_ms),
            waited_ms: milliseconds(waited),
        }
    }
}

impl Report {
    /// Why a call failed that is no delivery; what it exchanged with the partner is told within the limits.
    #[must_use]
    pub fn failed(call: &Call, error: &Error, limits: ReportLimits) -> Self {
        let room = Room::new(limits);
        Self::refused(call, Failure::new(error, &call.redactor(), &room), &room)
    }

    /// A request that was refused before anything was tried.
    #[must_use]
    pub(crate) fn refused(call: &Call, failure: Failure, room: &Room) -> Self {
        Self::new(call, Outcome::failed(failure), room)
    }

    /// What a call came to.
    #[must_use]
    pub(crate) fn new(call: &Call, mut outcome: Outcome, room: &Room) -> Self {
        let attempts = call.attempts();
        let (exchanges, exchanges_left_out) = room.exchanges(call.record(), &call.redactor());
        Self {
            timings: Timings::of(call, &exchanges),
            multistatus: outcome.items.take(),
            outcome,
            exchanges,
            exchanges_left_out,
            attempts: attempts.iter().map(ShownAttempt::new).collect(),
            tokens: None,
            notes: Vec::new(),
            carried: ShownCarried::default(),
            wanted_wait: attempts.last().and_then(|attempt| attempt.verdict.wanted_wait()),
        }
    }

    /// Adds tokens for the caller to keep.
    #[must_use]
    pub fn with_tokens(mut self, tokens: Option<ShownTokens>) -> Self {
        self.tokens = tokens;
        self
    }

    /// Adds what is odd about the request.
    #[must_use]
    pub fn with_notes(mut self, notes: Vec<String>) -> Self {
        self.notes = notes;
        self
    }

    /// What is odd about the request, in sentences.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Adds what the action noted for the caller.
    #[must_use]
    pub fn with_carried(mut self, carried: ShownCarried) -> Self {
        self.carried = carried;
        self
    }

    /// What became of the event or the list.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The status of an answer that is this report.
    #[must_use]
    pub fn http_status(&self) -> StatusCode {
        self.outcome.http_status()
    }

    /// The wait that the partner asked for, if something is left to be tried again.
    #[must_use]
    pub fn wanted_wait(&self) -> Option<Duration> {
        self.wanted_wait.filter(|_| self.http_status() != StatusCode::OK)
    }

    /// The report as an answer, with the partner's wanted wait as `Retry-After`.
    pub fn answer(&self) -> Response {
        let mut response = json::response(self.http_status(), self);
        if let Some(wait) = self.wanted_wait() {
            response.headers_mut().insert(RETRY_AFTER, whole_seconds(wait));
        }
        response
    }
}

/// A wait as `Retry-After` has it; rounded up, so that nobody comes too early.
#[must_use]
pub fn whole_seconds(wait: Duration) -> HeaderValue {
    HeaderValue::from(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// Three digits after the point are as much as clocks are good for.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}
