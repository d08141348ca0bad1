//! The retry wrapper: what is tried again, when, and when to stop (`docs/life-of-an-event.md`).
//!
//! * [`verdict`] judges a result and says why;
//! * [`wanted_wait`](waystation_kit::retry::wanted_wait) reads how long the partner wants to be left alone;
//! * [`backoff`] computes waits where the partner says nothing;
//! * [`policy`] puts them together as a `tower::retry::Policy` and shrinks a batch to the items that are
//!   worth another attempt;
//! * [`unknown`] bounds the further tries for what may be at the partner already;
//! * [`progress`] keeps what is known of each item and joins the results in order;
//! * `split` takes a batch apart that was refused as a whole;
//! * [`history`] keeps what every attempt came to, and [`shown`] shows it.

use std::num::NonZeroU32;
use std::time::Duration;

pub mod backoff;
pub mod history;
pub mod policy;
pub mod progress;
pub mod shown;
mod split;
pub mod unknown;
pub mod verdict;

pub use backoff::Jitter;
pub use history::{Attempt, History};
pub use policy::RetryPolicy;
pub(crate) use policy::end_last;
pub use progress::Progress;
pub use shown::ShownAttempt;
pub use verdict::{GaveUp, Verdict, Why};

/// How often and how long to try in process.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetrySettings {
    /// Attempts in all, the first included; at least 1.
    pub attempts: u32,
    /// Time for all attempts and waits; no wait begins that would end after it.
    pub budget: Duration,
    /// The first wait; each further one is twice as long.
    pub first_wait: Duration,
    /// The longest wait of our own choosing.
    pub longest_wait: Duration,
    /// The longest wait for a partner's sake; a partner that wants more gets the delivery back to the caller
    /// with the wanted wait, rather than a process that sleeps.
    pub longest_partner_wait: Duration,
    /// What is added to waits so that callers do not return all at once.
    pub jitter: Jitter,
    /// Whether and how far a batch is taken apart that the partner refuses as a whole, where the action
    /// [allows it](waystation_kit::BatchAction::SPLITS); `None` leaves it refused.
    pub split: Option<SplitSettings>,
    /// Whether a batch that is too large (413) is taken apart in any case.
    pub split_too_large: bool,
}

/// How far a batch is taken apart that the partner refuses as a whole, so that one bad item does not spoil the
/// others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SplitSettings {
    /// Requests that may be spent on one batch beyond the first. To find one bad item among a thousand takes
    /// about twenty. Default 50.
    pub requests: NonZeroU32,
}

impl Default for SplitSettings {
    fn default() -> Self {
        Self {
            requests: const { NonZeroU32::new(50).unwrap() },
        }
    }
}

impl RetrySettings {
    /// One attempt and no wait: the author's server, and recorded cases.
    #[must_use]
    pub const fn single_attempt() -> Self {
        Self::attempts(1)
    }

    /// So many attempts with the service's waits; batches go out as they are.
    #[must_use]
    pub const fn attempts(attempts: u32) -> Self {
        Self {
            attempts,
            budget: Duration::from_secs(30),
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(60),
            longest_partner_wait: Duration::from_secs(5),
            jitter: Jitter::Upward,
            split: None,
            split_too_large: false,
        }
    }
}

impl Default for RetrySettings {
    /// The service's: four attempts within 30 seconds, and refused batches are taken apart.
    fn default() -> Self {
        Self {
            split: Some(SplitSettings::default()),
            split_too_large: true,
            ..Self::attempts(4)
        }
    }
}
