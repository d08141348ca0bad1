//! What the guards of a connection are doing at a moment, for metrics and for people.

use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use super::{Breaker, BreakerState, Guards, RefusedCredentials};

/// What the guards of a connection are doing at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GuardState {
    /// What the breaker does; `None` without one.
    pub breaker: Option<BreakerState>,
    /// Milliseconds until the breaker lets a probe through, if it refuses.
    pub refusing_for_ms: Option<u64>,
    /// Milliseconds of the rest that the partner asked for, if there is one.
    pub held_for_ms: Option<u64>,
    /// How many requests may be at the partner at once.
    pub concurrency_limit: usize,
    /// How many are.
    pub in_flight: usize,
    /// How many deliveries are under way, those included that wait for another attempt.
    pub under_way: usize,
    /// What the rate limit says; `None` without one.
    pub rate: Option<RateState>,
    /// How the connection is paused because the partner refuses its credentials; `None` while it is not.
    pub credentials_refused: Option<RefusedCredentials>,
}

/// What a rate limit says at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RateState {
    /// How many requests may go out at once.
    pub room: usize,
    /// Milliseconds until the next may.
    pub next_in_ms: u64,
}

impl Guards {
    /// What the guards are doing.
    #[must_use]
    pub fn state(&self) -> GuardState {
        let now = Instant::now();
        let until = |moment: Instant| milliseconds(moment.saturating_duration_since(now));
        let (concurrency_limit, in_flight) = self.concurrency.load();
        let breaker = self.breaker.as_ref().map(Breaker::state);
        let refusing = self
            .breaker
            .as_ref()
            .filter(|_| breaker == Some(BreakerState::Refusing));
        GuardState {
            breaker,
            refusing_for_ms: refusing.map(|breaker| breaker.ready_at(now).map_or(0, until)),
            held_for_ms: self.hold.until(now).map(until),
            concurrency_limit,
            in_flight,
            under_way: self
                .settings
                .admission
                .get()
                .saturating_sub(self.admission.room()),
            rate: self.rate_limit.as_ref().map(|limit| RateState {
                room: limit.room(now),
                next_in_ms: until(limit.next(now)),
            }),
            credentials_refused: self.refused_credentials(),
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
