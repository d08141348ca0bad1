//! The policy of the retry wrapper, as tower asks for it.

use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};
use tower::retry::Policy;
use waystation_kit::services::Clock;
use waystation_kit::{Error, ItemError, ItemOutcome};

use super::history::{Attempt, History};
use super::verdict::Verdict;
use super::{RetrySettings, backoff};
use crate::layers::{Delivered, Delivery};

/// Share of a partner's wanted wait that jitter may add.
const PARTNER_WAIT_JITTER: f64 = 0.1;

/// Decides after each attempt of one delivery. After a mixed batch it shrinks the request to the items
/// that are worth another attempt and joins the results in order at the end, so that a delivered item is
/// never sent twice.
#[derive(Debug, Clone)]
pub struct RetryPolicy {
    settings: RetrySettings,
    clock: Clock,
    history: History,
    started: Instant,
    attempt_started: Instant,
    attempt: u32,
    settled: Settled,
}

/// What is known of each item of the batch as it came in.
#[derive(Debug, Clone, Default)]
struct Settled {
    outcomes: Vec<Option<ItemOutcome>>,
    /// The places, in the batch as it came in, of the items of the current attempt.
    open: Vec<usize>,
}

impl RetryPolicy {
    /// A policy for one delivery.
    #[must_use]
    pub fn new(settings: RetrySettings, clock: Clock, history: History) -> Self {
        let now = Instant::now();
        Self {
            settings,
            clock,
            history,
            started: now,
            attempt_started: now,
            attempt: 0,
            settled: Settled::default(),
        }
    }

    /// The wait before the next attempt, if there is to be one.
    fn next_wait(&self, wanted: Option<Duration>) -> Option<Duration> {
        if self.attempt >= self.settings.attempts {
            return None;
        }
        let wait = match wanted {
            Some(wanted) if wanted > self.settings.longest_partner_wait => return None,
            Some(wanted) => self.settings.jitter.add(wanted, PARTNER_WAIT_JITTER),
            None => backoff::wait(&self.settings, self.attempt),
        };
        (self.started.elapsed() + wait <= self.settings.budget).then_some(wait)
    }

    fn note(&self, delivery: &Delivery, verdict: Verdict, waited: Option<Duration>) {
        let attempt = Attempt {
            number: self.attempt,
            items: delivery.len(),
            duration: self.attempt_started.elapsed(),
            verdict,
            waited,
        };
        match (&attempt.verdict, waited) {
            (Verdict::RetryItems { why, indices, .. }, Some(wait)) => {
                tracing::info!(attempt = attempt.number, %why, items = indices.len(), ?wait, "retrying items");
            }
            (Verdict::RetryAll { why, .. }, Some(wait)) => {
                tracing::info!(attempt = attempt.number, %why, ?wait, "retrying");
            }
            (Verdict::RetryItems { why, .. } | Verdict::RetryAll { why, .. }, None) if self.attempt > 1 => {
                tracing::warn!(attempt = attempt.number, %why, "gave up");
            }
            _ => {}
        }
        self.history.add(attempt);
    }
}

impl Policy<Delivery, Delivered, Error> for RetryPolicy {
    type Future = Sleep;

    fn retry(
        &mut self,
        delivery: &mut Delivery,
        result: &mut Result<Delivered, Error>,
    ) -> Option<Self::Future> {
        self.attempt += 1;
        let verdict = Verdict::of(result, self.clock.now_millis());
        let wait = match &verdict {
            Verdict::Delivered | Verdict::Final { .. } => None,
            Verdict::RetryAll { after, .. } | Verdict::RetryItems { after, .. } => self.next_wait(*after),
        };
        self.note(delivery, verdict.clone(), wait);
        self.settled.take(delivery, result);
        let Some(wait) = wait else {
            self.settled.join_into(result);
            return None;
        };
        if let Verdict::RetryItems { indices, .. } = verdict {
            delivery.keep_items(&indices);
            self.settled.keep_open(&indices);
        }
        self.attempt_started = Instant::now() + wait;
        Some(sleep(wait))
    }

    fn clone_request(&mut self, delivery: &Delivery) -> Option<Delivery> {
        Some(delivery.clone())
    }
}

impl Settled {
    /// Notes what an attempt says about the items that it carried.
    fn take(&mut self, delivery: &Delivery, result: &Result<Delivered, Error>) {
        let Delivery::Batch(items) = delivery else { return };
        if self.outcomes.is_empty() {
            self.outcomes = vec![None; items.len()];
            self.open = (0..items.len()).collect();
        }
        if let Ok(Delivered::Batch(outcomes)) = result {
            for (place, outcome) in self.open.iter().zip(outcomes) {
                self.outcomes[*place] = Some(outcome.clone());
            }
        }
    }

    fn keep_open(&mut self, indices: &[usize]) {
        self.open = indices
            .iter()
            .filter_map(|index| self.open.get(*index).copied())
            .collect();
    }

    /// Replaces the last attempt's result by what is known of the whole batch. An error stays an error as
    /// long as no item has a result of its own.
    fn join_into(&mut self, result: &mut Result<Delivered, Error>) {
        let known = self.outcomes.iter().any(Option::is_some);
        if !known {
            return;
        }
        if let Err(error) = result {
            for place in &self.open {
                self.outcomes[*place] = Some(ItemError::from_error(error).into());
            }
        }
        let outcomes = std::mem::take(&mut self.outcomes).into_iter();
        let joined = outcomes.map(|outcome| outcome.unwrap_or_else(|| ItemError::missing().into()));
        *result = Ok(Delivered::Batch(joined.collect()));
    }
}
