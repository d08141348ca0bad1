//! Waits of our own choosing: exponential, with jitter.

use std::time::Duration;

use super::RetrySettings;

/// The share that jitter may add to waits of our own choosing.
pub const LARGEST_SHARE: f64 = 0.5;

/// What is added to a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jitter {
    /// Nothing, for tests.
    None,
    /// Up to half of the wait. Upward only: the first wait is never below what partners ask for.
    Upward,
}

impl Jitter {
    /// A wait with up to this share of it added.
    #[must_use]
    pub fn add(self, wait: Duration, share: f64) -> Duration {
        match self {
            Self::None => wait,
            Self::Upward => lengthened(wait, share * fastrand::f64()),
        }
    }
}

/// A wait that is longer by this share; no wait is too long for that.
#[must_use]
pub fn lengthened(wait: Duration, share: f64) -> Duration {
    Duration::try_from_secs_f64(wait.as_secs_f64() * share)
        .map_or(Duration::MAX, |more| wait.saturating_add(more))
}

/// The wait before retry number `retry` (1 is the first).
#[must_use]
pub fn wait(settings: &RetrySettings, retry: u32) -> Duration {
    let wait = doubled(
        settings.first_wait,
        settings.longest_wait,
        retry.saturating_sub(1),
    );
    settings.jitter.add(wait, LARGEST_SHARE)
}

/// A wait that was doubled so many times, up to the longest.
#[must_use]
pub fn doubled(first: Duration, longest: Duration, doublings: u32) -> Duration {
    first.saturating_mul(1 << doublings.min(31)).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let settings = RetrySettings {
            jitter: Jitter::None,
            ..RetrySettings::default()
        };
        let waits: Vec<u64> = (1..=8).map(|retry| wait(&settings, retry).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn the_longest_of_all_waits_can_be_lengthened() {
        assert_eq!(Jitter::Upward.add(Duration::MAX, LARGEST_SHARE), Duration::MAX);
        let huge = Duration::from_secs(18_446_744_073_709_549_568);
        assert!(Jitter::Upward.add(huge, LARGEST_SHARE) >= huge);
    }

    #[test]
    fn jitter_only_lengthens() {
        let settings = RetrySettings::default();
        for _ in 0..1_000 {
            let wait = wait(&settings, 1).as_millis();
            assert!(
                (1_000..=1_500).contains(&wait),
                "{wait} ms is outside 1 s to 1.5 s"
            );
        }
    }
}
