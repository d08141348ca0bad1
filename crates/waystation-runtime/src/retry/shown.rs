//! Attempts as people see them: in answers, in the delivery record.

use std::time::Duration;

use super::history::Attempt;
use super::verdict::Verdict;
use serde::Serialize;
use utoipa::ToSchema;

/// One attempt at the partner.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Attempt)]
pub struct ShownAttempt {
    /// 1 is the first.
    number: u32,
    /// How many items it carried.
    items: usize,
    /// What its result means: `done`, `retryItems`, `retryAll`, `split` or `final`.
    verdict: &'static str,
    /// Why, unless all is delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// The places of the items to be tried again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    retry_items: Vec<usize>,
    /// The wait that the partner asks for, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    wanted_wait_ms: Option<f64>,
    /// The wait before the next attempt, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    waited_ms: Option<f64>,
    /// How long it took, in milliseconds.
    duration_ms: f64,
}

impl ShownAttempt {
    /// The attempt as people see it.
    #[must_use]
    pub fn new(attempt: &Attempt) -> Self {
        let retry_items = match &attempt.verdict {
            Verdict::RetryItems { indices, .. } => indices.clone(),
            _ => Vec::new(),
        };
        Self {
            number: attempt.number,
            items: attempt.items,
            verdict: name(&attempt.verdict),
            why: attempt.verdict.why().map(|why| why.to_string()),
            retry_items,
            wanted_wait_ms: attempt.verdict.wanted_wait().map(milliseconds),
            waited_ms: attempt.waited.map(milliseconds),
            duration_ms: milliseconds(attempt.duration),
        }
    }
}

const fn name(verdict: &Verdict) -> &'static str {
    match verdict {
        // Of a list, items may have failed for good.
        Verdict::Delivered => "done",
        Verdict::RetryItems { .. } => "retryItems",
        Verdict::RetryAll { .. } => "retryAll",
        Verdict::Split { .. } => "split",
        Verdict::Final { .. } => "final",
    }
}

/// Three digits after the point are as much as clocks are good for.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}
