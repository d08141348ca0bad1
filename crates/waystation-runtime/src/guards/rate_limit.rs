//! How many requests a partner takes in a time.
//!
//! The generic cell rate algorithm over tokio's clock: one moment is all the state there is. A crate for it
//! (`governor`) brings a clock and timers of its own, which tests cannot hold still.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::later;
use super::settings::RateLimitSettings;

/// Hands out the moments at which requests may go out.
#[derive(Debug)]
pub(super) struct RateLimit {
    /// The time between two requests in the long run.
    interval: Duration,
    /// By how much requests may be ahead of an even spread.
    tolerance: Duration,
    /// When the next request would be due if all were evenly spread.
    even: Mutex<Instant>,
}

impl RateLimit {
    pub(super) fn new(settings: RateLimitSettings) -> Self {
        let interval = settings.per / settings.requests.get();
        Self {
            interval,
            tolerance: interval.saturating_mul(settings.burst.get() - 1),
            even: Mutex::new(Instant::now()),
        }
    }

    /// Takes the next moment that is free.
    ///
    /// # Errors
    /// That moment, if it is after `latest`; it stays free.
    pub(super) fn take(&self, now: Instant, latest: Instant) -> Result<Instant, Instant> {
        let mut even = self.locked();
        let due = (*even).max(now);
        let moment = self.earliest(due, now);
        if moment > latest {
            return Err(moment);
        }
        *even = later(due, self.interval);
        Ok(moment)
    }

    /// The next moment that is free.
    pub(super) fn next(&self, now: Instant) -> Instant {
        let due = (*self.locked()).max(now);
        self.earliest(due, now)
    }

    /// How many requests may go out at this moment.
    pub(super) fn room(&self, now: Instant) -> usize {
        let ahead = self.locked().saturating_duration_since(now);
        let Some(left) = self.tolerance.checked_sub(ahead) else {
            return 0;
        };
        if self.interval.is_zero() {
            return usize::MAX;
        }
        let more = left.as_nanos() / self.interval.as_nanos();
        usize::try_from(more).unwrap_or(usize::MAX).saturating_add(1)
    }

    fn earliest(&self, due: Instant, now: Instant) -> Instant {
        due.checked_sub(self.tolerance)
            .map_or(now, |moment| moment.max(now))
    }

    fn locked(&self) -> MutexGuard<'_, Instant> {
        // A moment is replaced as a whole.
        self.even.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    fn limit(requests: u32, per: u64, burst: u32) -> RateLimit {
        RateLimit::new(RateLimitSettings {
            requests: NonZeroU32::new(requests).unwrap(),
            per: Duration::from_secs(per),
            burst: NonZeroU32::new(burst).unwrap(),
        })
    }

    fn moments(limit: &RateLimit, count: usize) -> Vec<u128> {
        let now = Instant::now();
        let far = now + Duration::from_hours(1);
        let moments = (0..count).map(|_| limit.take(now, far).unwrap());
        moments.map(|moment| (moment - now).as_millis()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_goes_out_at_once_and_the_rest_evenly() {
        assert_eq!(moments(&limit(10, 1, 3), 6), [0, 0, 0, 100, 200, 300]);
        assert_eq!(moments(&limit(2, 1, 1), 4), [0, 500, 1000, 1500]);
        assert_eq!(moments(&limit(1, 60, 2), 3), [0, 0, 60_000]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_quiet_time_saves_no_more_than_the_burst() {
        let limit = limit(10, 1, 3);
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(limit.room(Instant::now()), 3);
        assert_eq!(moments(&limit, 5), [0, 0, 0, 100, 200]);
        assert_eq!(limit.room(Instant::now()), 0);
        tokio::time::advance(Duration::from_millis(300)).await;
        assert_eq!(limit.room(Instant::now()), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn who_cannot_wait_takes_nothing() {
        let limit = limit(1, 10, 1);
        let now = Instant::now();
        assert_eq!(limit.take(now, now), Ok(now));
        let next = now + Duration::from_secs(10);
        assert_eq!(limit.take(now, now + Duration::from_secs(5)), Err(next));
        assert_eq!(limit.take(now, next), Ok(next));
    }
}
