//! What the guards of a connection are doing.

use serde::Serialize;
use utoipa::ToSchema;
use waystation_runtime::guards::{BreakerState, GuardState};

use super::names;

/// What the guards of a connection are doing.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Guards)]
pub(crate) struct ShownGuards {
    /// What the breaker does; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = names::breaker_states)]
    breaker: Option<&'static str>,
    /// Milliseconds until the breaker lets a probe through, if it refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusing_for_ms: Option<u64>,
    /// Milliseconds of the rest that the partner asked for, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    held_for_ms: Option<u64>,
    /// How many attempts may be at the partner at once.
    concurrency_limit: usize,
    /// How many are.
    in_flight: usize,
    /// How many deliveries are under way, those included that wait for another attempt.
    under_way: usize,
    /// What the rate limit says; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<ShownRate>,
    /// How the connection is paused because the partner refuses its credentials; absent while it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials_refused: Option<ShownRefusedCredentials>,
}

/// A connection that is paused because the partner refuses its credentials.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RefusedCredentials)]
struct ShownRefusedCredentials {
    /// The partner's words.
    message: String,
    /// Milliseconds since the connection paused.
    for_ms: u64,
    /// Milliseconds until a delivery goes out as a probe.
    next_probe_in_ms: u64,
}

/// What a rate limit says.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RateState)]
struct ShownRate {
    /// How many attempts may go out at once.
    room: usize,
    /// Milliseconds until the next may.
    next_in_ms: u64,
}

impl From<GuardState> for ShownGuards {
    fn from(state: GuardState) -> Self {
        Self {
            breaker: state.breaker.map(BreakerState::label),
            refusing_for_ms: state.refusing_for_ms,
            held_for_ms: state.held_for_ms,
            concurrency_limit: state.concurrency_limit,
            in_flight: state.in_flight,
            under_way: state.under_way,
            rate: state.rate.map(|rate| ShownRate {
                room: rate.room,
                next_in_ms: rate.next_in_ms,
            }),
            credentials_refused: state.credentials_refused.map(|refused| ShownRefusedCredentials {
                message: refused.message,
                for_ms: refused.for_ms,
                next_probe_in_ms: refused.next_probe_in_ms,
            }),
        }
    }
}
