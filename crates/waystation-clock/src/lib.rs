//! Points in time, and the clock that says which one it is.
#![forbid(unsafe_code)]

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

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

    /// When deliveries are due that wait until somebody releases them: the year 9999.
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

/// What time it is; handed in, so that tests can hold it still.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's.
    #[default]
    System,
    /// One that somebody sets.
    Manual(Arc<ManualClock>),
}

/// Timers run on time since boot, due times are of the calendar. A nap this short notices when the clock was
/// set or the machine slept.
const LONGEST_NAP: Duration = Duration::from_secs(60);

impl Clock {
    /// A clock that always shows this many milliseconds since 1970, UTC.
    #[must_use]
    pub fn fixed(millis: i64) -> Self {
        Self::Manual(ManualClock::new(Millis(millis)))
    }

    /// What time it is.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "the clock that everybody asks")]
    pub fn now(&self) -> Millis {
        match self {
            Self::Manual(clock) => clock.now(),
            Self::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(Millis(0), |since| Millis(0).plus(since)),
        }
    }

    /// Milliseconds since 1970, UTC.
    #[must_use]
    pub fn now_millis(&self) -> i64 {
        self.now().0
    }

    /// Completes at this time or, since clocks are set, a while before; look at [`now`](Self::now) again.
    pub async fn sleep_until(&self, time: Millis) {
        match self {
            Self::Manual(clock) => clock.sleep_until(time).await,
            Self::System => tokio::time::sleep(time.since(self.now()).min(LONGEST_NAP)).await,
        }
    }
}

/// A clock that stands still until it is told otherwise, for tests.
#[derive(Debug)]
pub struct ManualClock(watch::Sender<Millis>);

impl ManualClock {
    /// A clock that shows this time.
    #[must_use]
    pub fn new(now: Millis) -> Arc<Self> {
        Arc::new(Self(watch::Sender::new(now)))
    }

    /// The time that it shows.
    #[must_use]
    pub fn now(&self) -> Millis {
        *self.0.borrow()
    }

    /// Sets the clock, back or ahead.
    pub fn set(&self, now: Millis) {
        self.0.send_replace(now);
    }

    /// Turns the clock forward.
    pub fn advance(&self, duration: Duration) {
        self.0.send_modify(|now| *now = now.plus(duration));
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
        let hands = ManualClock::new(Millis(100));
        let clock = Clock::Manual(Arc::clone(&hands));
        clock.sleep_until(Millis(100)).await;
        let sleeper = tokio::spawn(async move {
            clock.sleep_until(Millis(150)).await;
            clock.now()
        });
        hands.advance(Duration::from_millis(30));
        hands.advance(Duration::from_millis(30));
        assert_eq!(sleeper.await.expect("the sleeper wakes"), Millis(160));
    }
}
