//! How many requests are at the partner at once.
//!
//! A refusal with 429 has one of two reasons: too many requests at once, or too many in a time. It is the former if the
//! partner has lately taken no request that had as many beside it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::adaptive::Adaptive;
use super::health::Health;
use super::settings::ConcurrencySettings;

/// How long what the partner took is held against a refusal.
const EVIDENCE: Duration = Duration::from_secs(1);

/// Permits for requests, as many as the limit says at the moment.
#[derive(Debug)]
pub(crate) struct Concurrency {
    semaphore: Semaphore,
    limit: Mutex<Limit>,
}

#[derive(Debug)]
struct Limit {
    current: usize,
    in_flight: usize,
    waiting: usize,
    /// Permits that the limit no longer allows, but that are still at work.
    owed: usize,
    /// Calls of actions that go on, with or without a request at the partner.
    calls: usize,
    /// `None` for a fixed limit.
    adaptive: Option<Adaptive>,
    crowds: Crowds,
}

/// The most requests at once of which the partner has taken one, in this slot of time and in the one before.
#[derive(Debug)]
struct Crowds {
    since: Instant,
    latest: usize,
    before: usize,
}

/// Held for one request, and never by a sleeping retry.
#[derive(Debug)]
pub(crate) struct Permit<'limit> {
    concurrency: &'limit Concurrency,
    permit: Option<SemaphorePermit<'limit>>,
    started: Instant,
    /// How many requests were at the partner when this one left, itself included.
    crowd: usize,
}

/// Held while an action is called.
#[derive(Debug)]
pub(crate) struct Calling<'limit>(&'limit Concurrency);

/// Counts somebody who waits, even if they give up.
struct Waiting<'limit>(&'limit Concurrency);

impl Concurrency {
    pub(super) fn new(settings: ConcurrencySettings) -> Self {
        let (current, adaptive) = match settings {
            ConcurrencySettings::Fixed { limit } => (limit.get(), None),
            ConcurrencySettings::Adaptive { start, ceiling } => {
                let adaptive = Adaptive::new(ceiling.get(), Instant::now());
                (start.min(ceiling).get(), Some(adaptive))
            }
        };
        let current = current.min(Semaphore::MAX_PERMITS);
        Self {
            semaphore: Semaphore::new(current),
            limit: Mutex::new(Limit {
                current,
                in_flight: 0,
                waiting: 0,
                owed: 0,
                calls: 0,
                adaptive,
                crowds: Crowds {
                    since: Instant::now(),
                    latest: 0,
                    before: 0,
                },
            }),
        }
    }

    /// Waits in line for a permit.
    pub(crate) async fn acquire(&self) -> Permit<'_> {
        let waiting = Waiting::new(self);
        // It fails only once the semaphore is closed, which nobody does.
        let permit = self.semaphore.acquire().await.ok();
        drop(waiting);
        let mut limit = self.locked();
        limit.in_flight += 1;
        if limit.in_flight >= limit.current
            && let Some(adaptive) = &mut limit.adaptive
        {
            adaptive.reach_limit();
        }
        Permit {
            concurrency: self,
            permit,
            started: Instant::now(),
            crowd: limit.in_flight,
        }
    }

    /// A call of an action begins.
    pub(super) fn call(&self) -> Calling<'_> {
        self.locked().calls += 1;
        Calling(self)
    }

    /// Somebody has said that there are too many.
    pub(super) fn press(&self) {
        if let Some(adaptive) = &mut self.locked().adaptive {
            adaptive.press();
        }
    }

    /// The limit, and how many requests are at the partner.
    pub(super) fn load(&self) -> (usize, usize) {
        let limit = self.locked();
        (limit.current, limit.in_flight)
    }

    /// How many requests could go out without waiting for others. A call that is between two requests has its place.
    pub(super) fn room(&self) -> usize {
        let limit = self.locked();
        let taken = limit.calls.max(limit.in_flight + limit.waiting);
        limit.current.saturating_sub(taken)
    }

    fn resize(&self, limit: &mut Limit, next: usize) {
        let next = next.min(Semaphore::MAX_PERMITS);
        if next > limit.current {
            let more = next - limit.current;
            let paid = more.min(limit.owed);
            limit.owed -= paid;
            self.semaphore.add_permits(more - paid);
        } else {
            let fewer = limit.current - next;
            limit.owed += fewer - self.semaphore.forget_permits(fewer);
        }
        limit.current = next;
    }

    fn locked(&self) -> MutexGuard<'_, Limit> {
        // Numbers are changed one by one, and nothing between them can panic.
        self.limit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Crowds {
    fn note(&mut self, now: Instant, crowd: usize) {
        self.forget(now);
        self.latest = self.latest.max(crowd);
    }

    fn largest(&mut self, now: Instant) -> usize {
        self.forget(now);
        self.latest.max(self.before)
    }

    fn forget(&mut self, now: Instant) {
        let slots = now.saturating_duration_since(self.since).as_millis() / EVIDENCE.as_millis();
        if slots > 0 {
            self.before = if slots == 1 { self.latest } else { 0 };
            self.latest = 0;
            self.since = now;
        }
    }
}

impl Permit<'_> {
    /// When the request left.
    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// Whether a refusal of this request is explained by how many were at the partner at once, and something can be
    /// done about that.
    pub(crate) fn explains_refusal(&self) -> bool {
        let mut limit = self.concurrency.locked();
        let is_adaptive = limit.adaptive.is_some();
        is_adaptive && self.crowd > 1 && self.crowd > limit.crowds.largest(Instant::now())
    }

    /// Gives the permit back with what the request came to.
    pub(crate) fn finish(self, health: Health) {
        let now = Instant::now();
        let mut limit = self.concurrency.locked();
        if health == Health::Taking {
            limit.crowds.note(now, self.crowd);
        }
        let current = limit.current;
        if let Some(adaptive) = &mut limit.adaptive {
            let next = adaptive.learn(now, now - self.started, health, current);
            self.concurrency.resize(&mut limit, next);
        }
        // The permit itself goes back when it is dropped, after the lock.
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut limit = self.concurrency.locked();
        limit.in_flight -= 1;
        if limit.owed > 0
            && let Some(permit) = self.permit.take()
        {
            limit.owed -= 1;
            permit.forget();
        }
    }
}

impl Drop for Calling<'_> {
    fn drop(&mut self) {
        self.0.locked().calls -= 1;
    }
}

impl<'limit> Waiting<'limit> {
    fn new(concurrency: &'limit Concurrency) -> Self {
        concurrency.locked().waiting += 1;
        Self(concurrency)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.locked().waiting -= 1;
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use futures_util::FutureExt;

    use super::*;

    fn adaptive(start: usize) -> Concurrency {
        Concurrency::new(ConcurrencySettings::Adaptive {
            start: NonZeroUsize::new(start).unwrap(),
            ceiling: NonZeroUsize::new(100).unwrap(),
        })
    }

    fn take(concurrency: &Concurrency) -> Option<Permit<'_>> {
        concurrency.acquire().now_or_never()
    }

    #[tokio::test(start_paused = true)]
    async fn a_fixed_limit_stays() {
        let limit = NonZeroUsize::new(2).unwrap();
        let concurrency = Concurrency::new(ConcurrencySettings::Fixed { limit });
        let (one, two) = (take(&concurrency).unwrap(), take(&concurrency).unwrap());
        assert!(take(&concurrency).is_none());
        assert_eq!(concurrency.room(), 0);
        one.finish(Health::Failing);
        assert_eq!((concurrency.load(), concurrency.room()), ((2, 1), 1));
        drop(two);
        assert_eq!(concurrency.load(), (2, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_lower_limit_takes_back_permits_that_are_at_work() {
        let concurrency = adaptive(10);
        let mut permits: Vec<_> = (0..10).map(|_| take(&concurrency).unwrap()).collect();
        permits.remove(0).finish(Health::Limiting);
        assert_eq!(concurrency.load(), (9, 9));
        assert!(take(&concurrency).is_none());
        drop(permits);
        let permits: Vec<_> = std::iter::from_fn(|| take(&concurrency)).collect();
        assert_eq!(permits.len(), 9);
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_waiting_is_not_counted() {
        let concurrency = adaptive(1);
        let permit = take(&concurrency).unwrap();
        let waiting = tokio::time::timeout(std::time::Duration::from_secs(1), concurrency.acquire());
        assert!(waiting.await.is_err());
        drop(permit);
        assert_eq!((concurrency.load(), concurrency.room()), ((1, 0), 1));
    }
}
