//! Events that are sent again.

use serde::Serialize;
use utoipa::ToSchema;
use waystation_delivery::Progress;

use super::names;
use crate::time::Time;

/// Events that are sent again.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Resend)]
pub(crate) struct ShownResend {
    id: u64,
    #[schema(schema_with = names::resend_states)]
    state: &'static str,
    /// The connection that gets them; absent if it is that of each delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// How many events a second are sent again at most.
    per_second: u32,
    /// How many deliveries, or with `to` events, it is about; 0 until they are counted.
    total: u64,
    /// How many of them were looked at.
    looked_at: u64,
    /// How many deliveries were put into the queue.
    sent: u64,
    /// How many were passed over: no subscription matches any more, or the connection has had the event already.
    passed_over: u64,
    /// When the oldest of the events arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest: Option<Time>,
    started_at: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<Time>,
    /// What keeps it from going on.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// Who wanted it: the name of a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
}

impl From<Progress> for ShownResend {
    fn from(progress: Progress) -> Self {
        let request = progress.request;
        Self {
            id: progress.id,
            state: progress.state.name(),
            to: request.to.as_deref().map(str::to_owned),
            per_second: request.per_second.get(),
            total: progress.total,
            looked_at: progress.looked_at,
            sent: progress.sent,
            passed_over: progress.passed_over,
            oldest: progress.oldest.map(Time::from),
            started_at: progress.started_at.into(),
            finished_at: progress.finished_at.map(Time::from),
            problem: progress.problem,
            by: request.by,
        }
    }
}
