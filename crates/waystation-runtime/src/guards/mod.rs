//! What belongs to a connection's life, shared by all its deliveries: the bound on deliveries under way, the
//! breaker, the rate limit, the rest that the partner asked for, the limit on requests at the partner, and the
//! budget for retries.
//!
//! Deliveries pass the bound, the breaker and the budget. What is metered otherwise are the requests that leave: each
//! waits in the connection's transport (`metered`) for the end of a rest, for the rate and for a permit.

mod adaptive;
mod admission;
mod breaker;
mod concurrency;
mod credentials;
mod health;
mod hold;
mod metered;
mod pace;
mod rate_limit;
mod retry_budget;
pub mod settings;
mod state;
mod window;

use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use waystation_kit::Error;
use waystation_kit::error::NotSent;
use waystation_kit::request::Answer;

use crate::layers::Delivered;
use admission::Admission;
pub(crate) use credentials::Credentials;
use hold::Hold;
use pace::Pace;
use rate_limit::RateLimit;
use retry_budget::RetryBudget;

pub(crate) use breaker::Breaker;
pub use breaker::BreakerState;
pub(crate) use concurrency::Calling;
use concurrency::{Concurrency, Permit};
pub use credentials::RefusedCredentials;
pub(crate) use health::{Health, is_held_back};
pub(crate) use metered::Metered;
pub use settings::{
    BreakerSettings, ConcurrencySettings, CredentialsSettings, GuardSettings, HoldSettings,
    RateLimitSettings, RetryBudgetSettings, Share,
};
pub use state::{GuardState, RateState};

/// The guards of one connection. They outlive its deliveries, and a reload of its settings does well to keep
/// them as long as the settings of the guards stay the same.
#[derive(Debug)]
pub struct Guards {
    settings: GuardSettings,
    admission: Admission,
    breaker: Option<Breaker>,
    rate_limit: Option<RateLimit>,
    pace: Pace,
    hold: Hold,
    concurrency: Concurrency,
    retry_budget: Option<RetryBudget>,
    credentials: Option<Credentials>,
}

impl Guards {
    /// Guards that have seen nothing yet.
    #[must_use]
    pub fn new(settings: GuardSettings) -> Self {
        Self {
            admission: Admission::new(settings.admission),
            breaker: settings.breaker.map(Breaker::new),
            rate_limit: settings.rate_limit.map(RateLimit::new),
            pace: Pace::new(Instant::now()),
            hold: Hold::new(settings.hold),
            concurrency: Concurrency::new(settings.concurrency),
            retry_budget: settings.retry_budget.map(RetryBudget::new),
            credentials: settings.credentials.map(Credentials::new),
            settings,
        }
    }

    /// What was set.
    #[must_use]
    pub fn settings(&self) -> &GuardSettings {
        &self.settings
    }

    /// When the next delivery may begin; `None` for now. Until then it would be refused or made to wait: the
    /// partner wants a rest, it keeps failing, or the rate limit leaves no room.
    #[must_use]
    pub fn ready_at(&self) -> Option<Instant> {
        let now = Instant::now();
        let rate_limit = self.rate_limit.as_ref().map(|limit| limit.next(now));
        [
            self.hold.until(now),
            self.breaker.as_ref().and_then(|breaker| breaker.ready_at(now)),
            rate_limit.filter(|next| *next > now),
            Some(self.pace.next(now)).filter(|next| *next > now),
            self.credentials
                .as_ref()
                .and_then(|credentials| credentials.ready_at(now)),
        ]
        .into_iter()
        .flatten()
        .max()
    }

    /// How many deliveries may begin at this moment without waiting for others, if each makes one request: what is
    /// worth taking out of a queue. 0 while [`Guards::ready_at`] names a time; 1 when a failing partner is due for a
    /// probe.
    ///
    /// A batch is one delivery. Ask again once those have begun, for only then are they counted.
    #[must_use]
    pub fn room(&self) -> usize {
        let now = Instant::now();
        if self.hold.until(now).is_some() || self.pace.next(now) > now {
            return 0;
        }
        let breaker = self.breaker.as_ref().map(|breaker| breaker.room(now));
        let rate_limit = self.rate_limit.as_ref().map(|limit| limit.room(now));
        [
            Some(self.admission.room()),
            Some(self.concurrency.room()),
            breaker,
            rate_limit,
            self.credentials.as_ref().map(|credentials| credentials.room(now)),
        ]
        .into_iter()
        .flatten()
        .min()
        .unwrap_or_default()
    }

    pub(crate) fn admission(&self) -> &Admission {
        &self.admission
    }

    pub(crate) fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }

    /// How the connection is paused because the partner refuses its credentials, if it is.
    #[must_use]
    pub fn refused_credentials(&self) -> Option<RefusedCredentials> {
        self.credentials.as_ref()?.refused(Instant::now())
    }

    /// The credentials may have become good: the next delivery of a paused connection goes out as a probe.
    pub fn probe_credentials(&self) {
        if let Some(credentials) = &self.credentials {
            credentials.probe_now();
        }
    }

    pub(crate) fn breaker(&self) -> Option<&Breaker> {
        self.breaker.as_ref()
    }

    /// Waits until a request may leave: the partner's rest is over, the rate has room, and a permit is free. No permit
    /// is held before that.
    ///
    /// # Errors
    /// [`Error::NotSent`] if the rest takes longer than `patience`, or the rate has no room within `rate_patience`, or
    /// the breaker begins to refuse.
    pub(crate) async fn permit(
        &self,
        patience: Duration,
        rate_patience: Duration,
    ) -> Result<Permit<'_>, Error> {
        let came = Instant::now();
        let (latest, rate_latest) = (later(came, patience), later(came, rate_patience));
        self.unless_tripped(self.turn(latest, rate_latest)).await??;
        loop {
            let permit = self.unless_tripped(self.concurrency.acquire()).await?;
            if self.hold.until(Instant::now()).is_none() {
                return Ok(permit);
            }
            // A rest has begun in the meantime: the turn comes after it, without a permit until then.
            drop(permit);
            let now = Instant::now();
            let (latest, rate_latest) = (later(now, patience), later(now, rate_patience));
            self.unless_tripped(self.turn(latest, rate_latest)).await??;
        }
    }

    /// Waits for something that keeps an admitted attempt from going out.
    ///
    /// # Errors
    /// [`NotSent::BreakerRefusing`] if the breaker begins to refuse meanwhile.
    async fn unless_tripped<T>(&self, wait: impl Future<Output = T>) -> Result<T, Error> {
        match &self.breaker {
            Some(breaker) => breaker.unless_tripped(wait).await,
            None => Ok(wait.await),
        }
    }

    async fn turn(&self, latest: Instant, rate_latest: Instant) -> Result<(), Error> {
        loop {
            self.hold.wait(latest).await?;
            let now = Instant::now();
            let refusal = |moment: Instant| Error::NotSent {
                reason: NotSent::RateLimited,
                after: moment - now,
            };
            let paced = self.pace.take(now, rate_latest).map_err(refusal)?;
            let moment = match &self.rate_limit {
                Some(rate_limit) => rate_limit.take(now, rate_latest).map_err(refusal)?.max(paced),
                None => paced,
            };
            // The timer is only as exact as a millisecond: where there is nothing to wait for, that would be added.
            if moment > now {
                sleep_until(moment).await;
            }
            // A moment that fell into a rest is lost: after it, the limit counts anew.
            if self.hold.until(Instant::now()).is_none() {
                return Ok(());
            }
        }
    }

    /// Learns from what a request came to, and gives its permit back. `asked` is the rest that the answer asks for.
    /// Gives back the rest of the whole connection that follows, if it is new or longer than before.
    pub(crate) fn learn(
        &self,
        permit: Permit<'_>,
        result: &Result<Answer, Error>,
        asked: Option<Duration>,
    ) -> Option<Duration> {
        let now = Instant::now();
        let health = Health::of_request(result);
        let (sent, is_crowd) = (permit.started(), permit.explains_refusal());
        if health == Health::Taking {
            self.pace.taken(now);
        }
        let rest = match (asked, health) {
            (Some(asked), _) => Some(asked),
            // Too many at once: the limit on concurrency takes care of that, and nobody else has to wait.
            (None, Health::Limiting) if is_crowd => None,
            (None, Health::Limiting) => self.too_many_in_a_time(now, sent),
            _ => None,
        };
        let is_crowding = health != Health::Limiting || is_crowd;
        permit.finish(if is_crowding { health } else { Health::Answering });
        self.hold.begin_for(rest?)
    }

    /// The rest after a refusal that names no time and that the number of requests at once does not explain.
    fn too_many_in_a_time(&self, now: Instant, sent: Instant) -> Option<Duration> {
        let rest = self.settings.hold.without_hint;
        if rest.is_zero() {
            return None;
        }
        self.pace.refused(now, sent, rest)
    }

    /// A call begins that makes requests.
    pub(crate) fn begin_call(&self) -> Calling<'_> {
        self.concurrency.call()
    }

    /// Learns what a call says that its requests did not: items that want less traffic. `was_limited` says whether a
    /// request has been refused for that reason. Gives back the rest that follows, if it is new or longer than before.
    pub(crate) fn learn_from_call(
        &self,
        result: &Result<Delivered, Error>,
        was_limited: bool,
    ) -> Option<Duration> {
        if was_limited {
            return None;
        }
        if let Ok(Delivered::Batch(_)) = result
            && Health::of(result).is_pressed()
        {
            self.concurrency.press();
        }
        self.hold.begin(result)
    }

    /// A delivery begins: the more there are, the more retries are possible.
    pub(crate) fn count_delivery(&self) {
        if let Some(budget) = &self.retry_budget {
            budget.deposit();
        }
    }

    /// Whether one more retry is possible; it counts as made if so.
    pub(crate) fn may_retry(&self) -> bool {
        self.retry_budget.as_ref().is_none_or(RetryBudget::withdraw)
    }
}

/// A moment after another; what is too far away to be told is far enough at a year.
fn later(moment: Instant, wait: Duration) -> Instant {
    moment
        .checked_add(wait)
        .unwrap_or_else(|| moment + Duration::from_hours(24 * 365))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn where_there_is_room_no_time_passes() {
        let guards = Guards::new(GuardSettings::default());
        let before = Instant::now();
        let permit = guards.permit(Duration::ZERO, Duration::ZERO).await;
        assert!(permit.is_ok());
        assert_eq!(Instant::now(), before);
    }
}
