//! Finds out how many requests a partner takes in a time, where it refuses some with 429 and names no time.
//!
//! The rate follows from the last refusal: a little less than what the partner took in the second before it, growing
//! first slowly and then faster (the idea of TCP's CUBIC), until the next refusal or until the rate is of no
//! consequence.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::later;
use super::window::{Counts, Window};

/// The time over which is counted what the partner takes.
const SPAN: Duration = Duration::from_secs(1);

/// The share of what the partner took that is asked of it after a refusal.
const LEFT: f64 = 0.96;

/// By which share the rate grows in a second.
const GROWTH: f64 = 0.01;

/// After so many seconds growth is faster than even.
const KNEE: f64 = 20.0;

/// Without another refusal in this time there is no limit.
const FORGOTTEN: Duration = Duration::from_mins(2);

/// The least rate, in requests a second.
const LEAST: f64 = 0.1;

/// The longest rest after refusals in a row.
const LONGEST_REST: Duration = Duration::from_mins(1);

/// Hands out the moments at which requests may go out, once the partner has refused some.
#[derive(Debug)]
pub(super) struct Pace(Mutex<State>);

#[derive(Debug)]
struct State {
    /// What the partner took in the last second.
    taken: Window,
    limit: Option<Limit>,
    /// When the next request may go out.
    next: Instant,
}

#[derive(Debug, Clone, Copy)]
struct Limit {
    /// Requests a second at the last refusal.
    rate: f64,
    refused_at: Instant,
    /// Rests in a row without a request that was taken in between.
    vain_rests: u32,
    has_taken: bool,
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self(Mutex::new(State {
            taken: Window::new(SPAN, now),
            limit: None,
            next: now,
        }))
    }

    /// Takes the next moment that is free.
    ///
    /// # Errors
    /// That moment, if it is after `latest`; it stays free.
    pub(super) fn take(&self, now: Instant, latest: Instant) -> Result<Instant, Instant> {
        let mut state = self.locked();
        let Some(rate) = state.rate(now) else {
            return Ok(now);
        };
        let moment = state.next.max(now);
        if moment > latest {
            return Err(moment);
        }
        state.next = later(moment, Duration::from_secs_f64(1.0 / rate.max(LEAST)));
        Ok(moment)
    }

    /// The next moment that is free.
    pub(super) fn next(&self, now: Instant) -> Instant {
        let mut state = self.locked();
        match state.rate(now) {
            Some(_) => state.next.max(now),
            None => now,
        }
    }

    /// The partner took a request.
    pub(super) fn taken(&self, now: Instant) {
        let mut state = self.locked();
        state.taken.add(now, Counts { all: 1, marked: 0 });
        if let Some(limit) = &mut state.limit {
            limit.has_taken = true;
            limit.vain_rests = 0;
        }
    }

    /// The partner refused a request because there were too many in a time. Gives back how long to leave it alone,
    /// where the slower pace alone is not enough; `rest` is that time at first.
    pub(super) fn refused(&self, now: Instant, sent: Instant, rest: Duration) -> Option<Duration> {
        let mut state = self.locked();
        let taken = f64::from(state.taken.sum(now).all);
        match state.limit.filter(|limit| now - limit.refused_at < FORGOTTEN) {
            // It went out before the pace was changed, and says nothing new.
            Some(limit) if sent <= limit.refused_at => None,
            Some(limit) if !limit.has_taken => {
                state.limit = Some(Limit {
                    rate: (limit.rate / 2.0).max(LEAST),
                    refused_at: now,
                    vain_rests: limit.vain_rests.saturating_add(1),
                    has_taken: false,
                });
                let doublings = limit.vain_rests.saturating_add(1).min(16);
                Some(rest.saturating_mul(1 << doublings).min(LONGEST_REST.max(rest)))
            }
            Some(_) => {
                state.limit = Some(Limit::after(taken, now));
                None
            }
            None => {
                state.limit = Some(Limit::after(taken, now));
                state.next = now;
                Some(rest)
            }
        }
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        // Fields are replaced one by one, and nothing between them can panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Requests a second at this moment; `None` for no limit.
    fn rate(&mut self, now: Instant) -> Option<f64> {
        let limit = self.limit?;
        let since = now.saturating_duration_since(limit.refused_at);
        if since >= FORGOTTEN {
            self.limit = None;
            return None;
        }
        let seconds = since.as_secs_f64();
        Some(limit.rate * (1.0 + GROWTH * seconds + (seconds / KNEE).powi(3)))
    }
}

impl Limit {
    fn after(taken: f64, now: Instant) -> Self {
        Self {
            rate: (taken * LEFT).max(1.0),
            refused_at: now,
            vain_rests: 0,
            has_taken: false,
        }
    }
}
