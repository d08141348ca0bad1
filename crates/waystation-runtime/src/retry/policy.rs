//! The policy of the retry wrapper, as tower asks for it.

use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};
use tower::retry::Policy;
use waystation_kit::Error;
use waystation_kit::services::Clock;

use super::history::History;
use super::progress::Progress;
use super::verdict::Verdict;
use super::{RetrySettings, backoff};
use crate::layers::{Delivered, Delivery};

/// Share of a partner's wanted wait that jitter may add.
const PARTNER_WAIT_JITTER: f64 = 0.1;

/// Decides after each attempt of one delivery. After a mixed batch it shrinks the request to the items that
/// are worth another attempt; [`Progress::join`] puts the results together.
#[derive(Debug, Clone)]
pub struct RetryPolicy {
    settings: RetrySettings,
    clock: Clock,
    history: History,
    progress: Progress,
    started: Instant,
    attempt: u32,
}

impl RetryPolicy {
    /// A policy for one delivery.
    #[must_use]
    pub fn new(settings: RetrySettings, clock: Clock, history: History, progress: Progress) -> Self {
        Self {
            settings,
            clock,
            history,
            progress,
            started: Instant::now(),
            attempt: 0,
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

    fn note(&self, verdict: Verdict, waited: Option<Duration>) {
        let Some(attempt) = self.history.end(verdict, waited) else {
            return;
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
        self.note(verdict.clone(), wait);
        if let Ok(Delivered::Batch(outcomes)) = result {
            self.progress.note(outcomes.iter().map(Some));
        }
        if let (Verdict::RetryItems { indices, .. }, Some(_)) = (verdict, wait) {
            delivery.keep_items(&indices);
            self.progress.keep_open(&indices);
        }
        wait.map(sleep)
    }

    /// Called before every attempt, so this is where one begins.
    fn clone_request(&mut self, delivery: &Delivery) -> Option<Delivery> {
        self.history.begin(delivery.len());
        let last = self.attempt + 1 >= self.settings.attempts;
        match delivery {
            // Nobody needs a copy of what is not tried again, and a payload that nobody shares is given its
            // type without copying its texts.
            Delivery::Single { .. } if last => None,
            _ => Some(delivery.clone()),
        }
    }
}
