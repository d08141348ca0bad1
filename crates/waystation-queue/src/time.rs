//! Points in time, and where they come from.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// A point in time: milliseconds since 1970-01-01 00:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// Before every other.
    pub const MIN: Self = Self(i64::MIN);
    /// After every other.
    pub const MAX: Self = Self(i64::MAX);

    /// What the machine's clock says.
    #[must_use]
    #[allow(
        clippy::disallowed_methods,
        reason = "the clock of the queue and of deliveries"
    )]
    pub fn now() -> Self {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(Self(0), |since| Self(0).plus(since))
    }

    /// When deliveries are due that wait until somebody [releases](crate::Queue::release) them: the year 9999.
    pub const PARKED: Self = Self(253_370_764_800_000);

    /// This much later; the last representable point if that is too late.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(whole_millis(duration)))
    }

    /// This much earlier; the first representable point if that is too early.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(whole_millis(duration)))
    }

    /// How long after `earlier` this is; zero if it is before.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

fn whole_millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a store takes the time from; tests bring their own.
#[async_trait]
pub trait Clock: Send + Sync + fmt::Debug {
    /// What time it is.
    fn now(&self) -> Millis;

    /// Completes at this time or, since clocks are set, a while before; look at [`now`](Self::now) again.
    async fn sleep_until(&self, time: Millis);
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// Timers run on time since boot, due times are of the calendar. A nap this short notices when the clock was
/// set or the machine slept.
const LONGEST_NAP: Duration = Duration::from_secs(60);

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Millis {
        Millis::now()
    }

    async fn sleep_until(&self, time: Millis) {
        tokio::time::sleep(time.since(self.now()).min(LONGEST_NAP)).await;
    }
}

/// A clock that stands still until it is told otherwise, for tests.
#[derive(Debug)]
pub struct ManualClock(watch::Sender<Millis>);

impl ManualClock {
    /// A clock that shows this time.
    #[must_use]
    pub fn new(now: Millis) -> Self {
        Self(watch::Sender::new(now))
    }

    /// Sets the clock, back or ahead.
    pub fn set(&self, now: Millis) {
        self.0.send_replace(now);
    }

    /// Turns the clock forward.
    pub fn advance(&self, duration: Duration) {
        self.0.send_modify(|now| *now = now.plus(duration));
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Millis {
        *self.0.borrow()
    }

    async fn sleep_until(&self, time: Millis) {
        let mut now = self.0.subscribe();
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = now.wait_for(|now| *now >= time).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_stop_at_the_ends() {
        assert_eq!(Millis::MAX.plus(Duration::from_secs(1)), Millis::MAX);
        assert_eq!(Millis::MIN.minus(Duration::MAX), Millis::MIN);
        assert_eq!(Millis(5).since(Millis(9)), Duration::ZERO);
        assert_eq!(Millis(9).since(Millis(5)), Duration::from_millis(4));
    }

    #[tokio::test]
    async fn a_manual_clock_wakes_its_sleepers() {
        let clock = std::sync::Arc::new(ManualClock::new(Millis(100)));
        clock.sleep_until(Millis(100)).await;
        let sleeper = tokio::spawn({
            let clock = std::sync::Arc::clone(&clock);
            async move {
                clock.sleep_until(Millis(150)).await;
                clock.now()
            }
        });
        clock.advance(Duration::from_millis(30));
        clock.advance(Duration::from_millis(30));
        assert_eq!(sleeper.await.expect("the sleeper wakes"), Millis(160));
    }
}
