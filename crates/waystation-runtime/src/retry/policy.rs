//! The policy of the retry wrapper, as tower asks for it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, Ready, ready};
use tokio::time::{Instant, Sleep, sleep};
use tower::retry::Policy;
use waystation_kit::{Error, ItemError, ItemOutcome};

use super::history::History;
use super::progress::Progress;
use super::split::Split;
use super::verdict::{GaveUp, Verdict, Why, ends_the_call};
use super::{RetrySettings, backoff, unknown};
use crate::guards::is_held_back;
use crate::layers::{Delivered, Delivery, Target};

/// Share of a partner's wanted wait that jitter may add.
const PARTNER_WAIT_JITTER: f64 = 0.1;

/// Decides after each attempt of one delivery. After a mixed batch it shrinks the request to the items that
/// are worth another attempt, and it takes a batch apart that was refused as a whole; [`Progress::join`] puts
/// the results together.
#[derive(Clone)]
pub struct RetryPolicy {
    target: Arc<Target>,
    history: History,
    progress: Progress,
    started: Instant,
    /// Attempts whose results may be better another time. The others need no limit: they settle something.
    failures: u32,
    split: Option<Split>,
}

impl RetryPolicy {
    /// A policy for one delivery.
    #[must_use]
    pub fn new(target: Arc<Target>, history: History, progress: Progress) -> Self {
        if let Some(guards) = target.connection.guards() {
            guards.count_delivery();
        }
        Self {
            split: Split::of(&target.options.retries, &target.action),
            target,
            history,
            progress,
            started: Instant::now(),
            failures: 0,
        }
    }

    fn settings(&self) -> &RetrySettings {
        &self.target.options.retries
    }

    /// Attempts over the life of the delivery whose results may be better another time, those of earlier calls
    /// included.
    fn attempts_made(&self) -> u32 {
        self.target.options.earlier_attempts.saturating_add(self.failures)
    }

    /// The wait before the next attempt.
    ///
    /// # Errors
    /// Why there is to be none.
    fn next_wait(&self, wanted: Option<Duration>) -> Result<Duration, GaveUp> {
        let settings = self.settings();
        let made = self.attempts_made();
        if made >= settings.attempts {
            return Err(GaveUp::Attempts);
        }
        let wait = match wanted {
            Some(wanted) if wanted > settings.longest_partner_wait => return Err(GaveUp::LongWait),
            Some(wanted) => settings.jitter.add(wanted, PARTNER_WAIT_JITTER),
            None => backoff::wait(settings, made),
        };
        if self.started.elapsed().saturating_add(wait) > settings.budget {
            return Err(GaveUp::Time);
        }
        // What was not sent has cost the partner nothing yet.
        let guards = self.target.connection.guards();
        if self.history.is_sent() && guards.is_some_and(|guards| !guards.may_retry()) {
            return Err(GaveUp::BudgetSpent);
        }
        Ok(wait)
    }

    /// Another attempt for what may fare better, after a wait.
    fn retry_later(
        &mut self,
        verdict: Verdict,
        after: Option<Duration>,
        why: Why,
        delivery: &mut Delivery,
    ) -> Option<Duration> {
        self.failures += 1;
        let wait = self.next_wait(after);
        self.tell(why, delivery.len(), wait);
        if let (Verdict::RetryItems { indices, .. }, Ok(_)) = (&verdict, wait) {
            delivery.keep_items(indices);
            self.progress.keep_open(indices);
        }
        self.history.end(verdict, wait.ok(), wait.err());
        wait.ok()
    }

    fn tell(&self, why: Why, items: usize, wait: Result<Duration, GaveUp>) {
        match wait {
            Ok(wait) => {
                tracing::info!(attempt = self.failures, %why, items, wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX), "retrying");
                let observer = &self.target.options.observer;
                observer.retrying(self.target.place(), why);
            }
            Err(gave_up) => tell_given_up(&self.target, gave_up, why),
        }
    }

    /// Puts the items aside that were refused along with others; why, if there are any.
    fn take_apart(&mut self, delivery: &Delivery, result: &Result<Delivered, Error>) -> Option<Why> {
        let Delivery::Batch(items) = delivery else {
            return None;
        };
        let why = self.split.as_mut()?.take_apart(items, result, &self.progress)?;
        self.target.options.observer.split(self.target.place(), why);
        Some(why)
    }

    /// The next half of a batch that is being taken apart, if one is left.
    fn next_half(&mut self, delivery: &mut Delivery) -> Option<()> {
        *delivery = self.split.as_mut()?.next_half(&self.progress)?;
        Some(())
    }

    /// Items that were put aside go back to the caller as what keeps this one from being tried again: nobody
    /// knows yet whether they are to blame.
    fn postpone_halves(&mut self, result: &Result<Delivered, Error>) {
        let Some(split) = &mut self.split else { return };
        let retryable = match result {
            Ok(Delivered::Batch(outcomes)) => outcomes.iter().find_map(|outcome| match outcome {
                ItemOutcome::Error(error) if outcome.is_retryable() => Some(error.clone()),
                _ => None,
            }),
            Ok(_) => None,
            Err(error) => Some(ItemError::from_error(error)),
        };
        if let Some(error) = retryable {
            split.postpone(&error, &self.progress);
        }
    }
}

/// Ends the attempt that is still under way, if there is one: the last one possible, which the policy is not
/// asked about, or one that the caller's deadline cut off.
pub(crate) fn end_last(target: &Target, history: &History, result: &Result<Delivered, Error>) {
    let verdict = Verdict::of(result);
    let gave_up = match verdict {
        Verdict::RetryAll { .. } | Verdict::RetryItems { .. } => Some(GaveUp::Attempts),
        Verdict::Delivered | Verdict::Split { .. } | Verdict::Final { .. } => None,
    };
    let Some(attempt) = history.end(verdict, None, gave_up) else {
        return;
    };
    if result.as_ref().is_err_and(Error::outcome_is_unknown) {
        // Only a single payload comes here with an answer.
        history.note_unknown(0);
    }
    if let (Some(gave_up), Some(why)) = (gave_up, attempt.verdict.why()) {
        tell_given_up(target, gave_up, why);
    }
}

fn tell_given_up(target: &Target, gave_up: GaveUp, why: Why) {
    if target.options.retries.attempts > 1 {
        tracing::warn!(%why, because = gave_up.label(), "gave up");
    }
    target.options.observer.gave_up(target.place(), gave_up, why);
}

impl Policy<Delivery, Delivered, Error> for RetryPolicy {
    type Future = Either<Sleep, Ready<()>>;

    fn retry(
        &mut self,
        delivery: &mut Delivery,
        result: &mut Result<Delivered, Error>,
    ) -> Option<Self::Future> {
        let verdict = Verdict::of(result);
        let verdict = verdict.unless_final(&self.target.options.never_retry, result);
        let verdict = unknown::bounded(verdict, &self.target, delivery, result, &self.history);
        if let Ok(Delivered::Batch(outcomes)) = result {
            self.progress.note(outcomes.iter().map(Some));
        }
        if !is_held_back(result) {
            let goes_on = matches!(verdict, Verdict::RetryAll { .. });
            self.progress.said(result.as_ref().err().filter(|_| goes_on));
        }
        let refused_along = self.take_apart(delivery, result);
        if let Verdict::RetryAll { after, why } | Verdict::RetryItems { after, why, .. } = verdict {
            let wait = self.retry_later(verdict, after, why, delivery);
            if wait.is_none() {
                self.postpone_halves(result);
            }
            return wait.map(|wait| Either::Left(sleep(wait)));
        }
        let verdict = refused_along.map_or(verdict, |why| Verdict::Split { why });
        self.history.end(verdict, None, None);
        if result.as_ref().is_err_and(ends_the_call) {
            return None;
        }
        self.next_half(delivery)?;
        Some(Either::Right(ready(())))
    }

    /// Called before every attempt, so this is where one begins.
    fn clone_request(&mut self, delivery: &Delivery) -> Option<Delivery> {
        self.history.begin(delivery.len());
        let last = self.attempts_made().saturating_add(1) >= self.settings().attempts;
        match delivery {
            // Nobody needs a copy of what is not tried again, and a payload that nobody shares is given its
            // type without copying its texts.
            Delivery::Single { .. } if last => None,
            _ => Some(delivery.clone()),
        }
    }
}
