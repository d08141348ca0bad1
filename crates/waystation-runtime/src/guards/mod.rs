//! What belongs to a connection's life, shared by all its deliveries: the bound on deliveries under way, the
//! breaker, the rate limit, the rest that the partner asked for, the limit on attempts at the partner, and the
//! budget for retries.
//!
//! The layers of the stack ask here, one file a layer in [`layers`](crate::layers).

mod adaptive;
mod admission;
mod breaker;
mod concurrency;
mod health;
mod hold;
mod rate_limit;
mod retry_budget;
pub mod settings;
mod state;
mod window;

use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use waystation_kit::Error;
use waystation_kit::error::NotSent;

use crate::layers::Delivered;
use admission::Admission;
use hold::Hold;
use rate_limit::RateLimit;
use retry_budget::RetryBudget;

pub(crate) use breaker::Breaker;
pub use breaker::BreakerState;
pub(crate) use concurrency::{Concurrency, Permit};
pub(crate) use health::Health;
pub use settings::{
    BreakerSettings, ConcurrencySettings, GuardSettings, HoldSettings, RateLimitSettings,
    RetryBudgetSettings, Share,
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
    hold: Hold,
    concurrency: Concurrency,
    retry_budget: Option<RetryBudget>,
}

impl Guards {
    /// Guards that have seen nothing yet.
    #[must_use]
    pub fn new(settings: GuardSettings) -> Self {
        Self {
            admission: Admission::new(settings.admission),
            breaker: settings.breaker.map(Breaker::new),
            rate_limit: settings.rate_limit.map(RateLimit::new),
            hold: Hold::new(settings.hold),
            concurrency: Concurrency::new(settings.concurrency),
            retry_budget: settings.retry_budget.map(RetryBudget::new),
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
        ]
        .into_iter()
        .flatten()
        .max()
    }

    /// How many deliveries may begin at this moment without waiting for others: what is worth taking out of a
    /// queue. 0 while [`Guards::ready_at`] names a time; 1 when a failing partner is due for a probe.
    ///
    /// A batch is one delivery. Ask again once those have begun, for only then are they counted.
    #[must_use]
    pub fn room(&self) -> usize {
        let now = Instant::now();
        if self.hold.until(now).is_some() {
            return 0;
        }
        let breaker = self.breaker.as_ref().map(|breaker| breaker.room(now));
        let rate_limit = self.rate_limit.as_ref().map(|limit| limit.room(now));
        [
            Some(self.admission.room()),
            Some(self.concurrency.room()),
            breaker,
            rate_limit,
        ]
        .into_iter()
        .flatten()
        .min()
        .unwrap_or_default()
    }

    pub(crate) fn admission(&self) -> &Admission {
        &self.admission
    }

    pub(crate) fn breaker(&self) -> Option<&Breaker> {
        self.breaker.as_ref()
    }

    pub(crate) fn concurrency(&self) -> &Concurrency {
        &self.concurrency
    }

    /// Whether the partner has asked for a rest that is not over.
    pub(crate) fn is_held(&self) -> bool {
        self.hold.until(Instant::now()).is_some()
    }

    /// Waits until the partner's rest is over and the rate limit has room. No permit is held meanwhile.
    ///
    /// # Errors
    /// [`Error::NotSent`] if that takes longer than `patience`, or if the breaker begins to refuse.
    pub(crate) async fn wait_for_turn(&self, patience: Duration) -> Result<(), Error> {
        self.unless_tripped(self.turn(later(Instant::now(), patience)))
            .await?
    }

    /// Waits for something that keeps an admitted attempt from going out.
    ///
    /// # Errors
    /// [`NotSent::BreakerRefusing`] if the breaker begins to refuse meanwhile.
    pub(crate) async fn unless_tripped<T>(&self, wait: impl Future<Output = T>) -> Result<T, Error> {
        match &self.breaker {
            Some(breaker) => breaker.unless_tripped(wait).await,
            None => Ok(wait.await),
        }
    }

    async fn turn(&self, latest: Instant) -> Result<(), Error> {
        loop {
            self.hold.wait(latest).await?;
            let Some(rate_limit) = &self.rate_limit else {
                return Ok(());
            };
            let now = Instant::now();
            let moment = rate_limit.take(now, latest).map_err(|moment| Error::NotSent {
                reason: NotSent::RateLimited,
                after: moment - now,
            })?;
            sleep_until(moment).await;
            // A moment that fell into a rest is lost: after it, the limit counts anew.
            if !self.is_held() {
                return Ok(());
            }
        }
    }

    /// Gives the connection the rest that the result of an attempt asks for. Gives back how long it is if it is
    /// new or longer than before.
    pub(crate) fn rest_after(&self, result: &Result<Delivered, Error>, now_millis: i64) -> Option<Duration> {
        self.hold.begin(result, now_millis)
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
