//! How deliveries of a connection are made.

use std::time::Duration;

use waystation_runtime::{GuardSettings, RetrySettings};

/// How deliveries of a connection are made.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryPolicy {
    /// Attempts in process, and how far refused batches are taken apart.
    pub retries: RetrySettings,
    /// Breaker, rate limit, concurrency and the like.
    pub guards: GuardSettings,
    /// How long one call may take, its attempts and waits included.
    pub deadline: Duration,
    /// How long a delivery is tried, from its acceptance; then it becomes a dead letter.
    pub horizon: Duration,
    /// The first wait in the queue, after the attempts in process; each further one is four times as long.
    pub first_return: Duration,
    /// The longest wait in the queue of our own choosing.
    pub longest_return: Duration,
    /// How events are gathered; [`SubscriptionConfig::batch`](super::SubscriptionConfig::batch) is what holds
    /// for an action.
    pub batch: BatchPolicy,
    /// Which deliveries wait for each other.
    pub ordering: Ordering,
}

/// How events are gathered into batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchPolicy {
    /// The most events in a batch; 1 for no batches.
    pub size: usize,
    /// How long the first event of a batch waits for others.
    pub linger: Duration,
    /// The fields of the payload that must be equal within a batch.
    pub keys: Vec<String>,
}

/// Which deliveries of a connection wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ordering {
    /// None.
    #[default]
    None,
    /// Those of one user: a delivery waits until the older ones are settled.
    User,
}

impl Default for DeliveryPolicy {
    fn default() -> Self {
        Self {
            retries: RetrySettings::default(),
            guards: GuardSettings::default(),
            deadline: Duration::from_secs(60),
            horizon: Duration::from_hours(4),
            first_return: Duration::from_secs(10),
            longest_return: Duration::from_hours(3),
            batch: BatchPolicy::default(),
            ordering: Ordering::default(),
        }
    }
}

impl Default for BatchPolicy {
    fn default() -> Self {
        Self {
            size: 1_000,
            linger: Duration::from_secs(1),
            keys: Vec::new(),
        }
    }
}
