//! What can be set about a connection's guards, with the defaults of the service.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use crate::retry::Jitter;

/// How a connection protects its partner, and itself from its partner.
#[derive(Debug, Clone, PartialEq)]
pub struct GuardSettings {
    /// Deliveries of the connection that are under way at once, those that wait for another attempt included;
    /// whoever comes beyond it waits outside. Default 256.
    pub admission: NonZeroUsize,
    /// When a failing partner is left alone; `None` tries it with every delivery. On by default.
    pub breaker: Option<BreakerSettings>,
    /// How many requests the partner takes in a time; `None` by default.
    pub rate_limit: Option<RateLimitSettings>,
    /// How many requests are at the partner at once. Adaptive by default.
    pub concurrency: ConcurrencySettings,
    /// How long the whole connection rests when the partner asks for less. Always on, for a partner that says
    /// when to come back means it.
    pub hold: HoldSettings,
    /// Which share of the connection's traffic may be retries; `None` leaves only the limit on attempts. On by
    /// default.
    pub retry_budget: Option<RetryBudgetSettings>,
    /// When a connection is probed whose credentials the partner refuses; `None` goes on sending.
    pub credentials: Option<CredentialsSettings>,
}

/// When a connection is probed whose credentials the partner refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialsSettings {
    /// The wait before the first probe; each further one is twice as long.
    pub first_wait: Duration,
    /// The longest wait between probes.
    pub longest_wait: Duration,
}

impl Default for CredentialsSettings {
    /// After 30 seconds at first, every ten minutes in the end.
    fn default() -> Self {
        Self {
            first_wait: Duration::from_secs(30),
            longest_wait: Duration::from_mins(10),
        }
    }
}

impl Default for GuardSettings {
    fn default() -> Self {
        Self {
            admission: const { NonZeroUsize::new(256).unwrap() },
            breaker: Some(BreakerSettings::default()),
            rate_limit: None,
            concurrency: ConcurrencySettings::default(),
            hold: HoldSettings::default(),
            retry_budget: Some(RetryBudgetSettings::default()),
            credentials: None,
        }
    }
}

/// When a failing partner is left alone, and when it is tried again.
///
/// A failure is a 5xx answer, a time-out or a broken connection, of a batch only if no item fared better. A 429
/// weighs in the share but not among failures in a row; any other 4xx is an answer of a healthy partner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreakerSettings {
    /// So many failures in a row are too many. Default 10.
    pub consecutive_failures: NonZeroU32,
    /// This share of failures within the window is too much. Default 50 %.
    pub failure_share: Share,
    /// The time that the share is taken of. Default 30 seconds.
    pub window: Duration,
    /// The share says nothing as long as the window holds fewer attempts. Default 20.
    pub least_requests: NonZeroU32,
    /// How long the partner is left alone before the first probe; each failing probe doubles it. Default 1
    /// second.
    pub first_wait: Duration,
    /// The longest wait between probes. Default 60 seconds.
    pub longest_wait: Duration,
    /// What is added to the waits, up to half of them.
    pub jitter: Jitter,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self {
            consecutive_failures: const { NonZeroU32::new(10).unwrap() },
            failure_share: Share::percent(50),
            window: Duration::from_secs(30),
            least_requests: const { NonZeroU32::new(20).unwrap() },
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(60),
            jitter: Jitter::Upward,
        }
    }
}

/// How many requests the partner takes in a time: as many at once as `burst`, then evenly spread. Each request that
/// leaves counts, so a delivery that makes five counts as five.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitSettings {
    /// So many requests ...
    pub requests: NonZeroU32,
    /// ... in this time.
    pub per: Duration,
    /// How many of them may go out at once after a quiet time; 1 spreads them evenly from the start.
    pub burst: NonZeroU32,
}

impl RateLimitSettings {
    /// So many requests a second, all of which may go out at once.
    #[must_use]
    pub const fn per_second(requests: NonZeroU32) -> Self {
        Self {
            requests,
            per: Duration::from_secs(1),
            burst: requests,
        }
    }
}

impl Default for RateLimitSettings {
    /// Ten requests a second.
    fn default() -> Self {
        Self::per_second(const { NonZeroU32::new(10).unwrap() })
    }
}

/// How many requests are at the partner at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConcurrencySettings {
    /// Always up to this many.
    Fixed {
        /// The limit.
        limit: NonZeroUsize,
    },
    /// As many as the partner takes without becoming slower or complaining.
    Adaptive {
        /// The limit to begin with. Default 1.
        start: NonZeroUsize,
        /// The limit is never above this. Default 200.
        ceiling: NonZeroUsize,
    },
}

impl Default for ConcurrencySettings {
    fn default() -> Self {
        Self::Adaptive {
            start: NonZeroUsize::MIN,
            ceiling: const { NonZeroUsize::new(200).unwrap() },
        }
    }
}

/// How long the whole connection rests after a 429, or after a 503 that says when to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldSettings {
    /// The rest after a 429 that names no time and that too many requests at once do not explain; after it, requests
    /// are paced by what the partner took. Zero for neither. Default 1 second.
    pub without_hint: Duration,
    /// The longest rest, whatever the partner wants. Default 4 hours, the default horizon of a delivery.
    pub longest: Duration,
}

impl Default for HoldSettings {
    fn default() -> Self {
        Self {
            without_hint: Duration::from_secs(1),
            longest: Duration::from_hours(4),
        }
    }
}

/// Which share of a connection's traffic may be retries, so that a failing partner is not asked several times
/// as often as a healthy one. What is over it goes back to the caller as retryable.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetryBudgetSettings {
    /// Retries for each delivery of the last ten seconds. Default 20 %.
    pub share: Share,
    /// Retries a second that are always possible, for connections with little traffic. Default 10.
    pub floor_per_second: u32,
}

impl Default for RetryBudgetSettings {
    fn default() -> Self {
        Self {
            share: Share::percent(20),
            floor_per_second: 10,
        }
    }
}

/// A share between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Share(f64);

impl Share {
    /// A share; `None` unless it lies between 0 and 1.
    #[must_use]
    pub fn new(share: f64) -> Option<Self> {
        (0.0..=1.0).contains(&share).then_some(Self(share))
    }

    /// So many hundredths; above 100 counts as 100.
    #[must_use]
    pub const fn percent(hundredths: u8) -> Self {
        let hundredths = if hundredths > 100 { 100 } else { hundredths };
        Self(hundredths as f64 / 100.0)
    }

    /// The share as a number between 0 and 1.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}
