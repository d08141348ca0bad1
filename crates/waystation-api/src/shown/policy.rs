//! How deliveries of a connection are made.

use serde::Serialize;
use utoipa::ToSchema;
use waystation_config::{BatchPolicy, DeliveryPolicy, Ordering};
use waystation_runtime::RetrySettings;
use waystation_runtime::guards::{
    BreakerSettings, ConcurrencySettings, GuardSettings, HoldSettings, RateLimitSettings, RetryBudgetSettings,
};

use super::milliseconds;

/// How deliveries are made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DeliveryPolicy)]
pub(crate) struct ShownPolicy {
    /// How long one call may take, its attempts and waits included.
    deadline_ms: u64,
    /// How long a delivery is tried before it becomes a dead letter.
    horizon_ms: u64,
    /// The first wait in the queue, after the attempts in process.
    first_return_ms: u64,
    /// The longest wait in the queue.
    longest_return_ms: u64,
    /// Which deliveries wait for each other: `none`, or those of one `user`.
    ordering: &'static str,
    retries: ShownRetries,
    batch: ShownBatchPolicy,
    guards: ShownGuardSettings,
}

/// Attempts in process.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RetryPolicy)]
struct ShownRetries {
    /// Attempts in all.
    attempts: u32,
    /// Time for all attempts and waits.
    budget_ms: u64,
    /// The first wait; each further one is twice as long.
    first_wait_ms: u64,
    /// The longest wait of our own choosing.
    longest_wait_ms: u64,
    /// The longest wait for the partner's sake.
    longest_partner_wait_ms: u64,
    /// Requests that may be spent on taking a refused batch apart; absent if none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    split_requests: Option<u32>,
}

/// How events are gathered into batches.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BatchPolicy)]
pub(crate) struct ShownBatchPolicy {
    /// The most events in a batch; 1 for no batches.
    size: usize,
    /// How long the first event of a batch waits for others.
    linger_ms: u64,
    /// The fields that must be equal within a batch.
    keys: Vec<String>,
}

/// How a connection protects its partner.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GuardSettings)]
struct ShownGuardSettings {
    /// Deliveries under way at once.
    admission: usize,
    /// When a failing partner is left alone; absent if it never is.
    #[serde(skip_serializing_if = "Option::is_none")]
    breaker: Option<ShownBreaker>,
    /// How many attempts the partner takes in a time; absent without limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<ShownRateLimit>,
    concurrency: ShownConcurrency,
    hold: ShownHold,
    /// Which share of the traffic may be retries; absent without limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_budget: Option<ShownRetryBudget>,
}

/// When a failing partner is left alone.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BreakerPolicy)]
struct ShownBreaker {
    /// So many failures in a row are too many.
    consecutive_failures: u32,
    /// This share of failures within the window is too much.
    failure_share: f64,
    /// The time that the share is taken of.
    window_ms: u64,
    /// The share says nothing with fewer attempts.
    least_requests: u32,
    /// How long the partner is left alone before the first probe.
    first_wait_ms: u64,
    /// The longest wait between probes.
    longest_wait_ms: u64,
}

/// How many attempts the partner takes in a time.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RateLimitPolicy)]
struct ShownRateLimit {
    /// So many attempts in this time.
    requests: u32,
    /// The time.
    per_ms: u64,
    /// How many may go out at once.
    burst: u32,
}

/// How many attempts are at the partner at once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[schema(as = ConcurrencyPolicy)]
enum ShownConcurrency {
    /// Always up to a limit.
    Fixed {
        /// The limit.
        limit: usize,
    },
    /// As many as the partner takes.
    Adaptive {
        /// The limit to begin with.
        start: usize,
        /// The limit is never above this.
        ceiling: usize,
    },
}

/// How long the whole connection rests when the partner asks for less.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HoldPolicy)]
struct ShownHold {
    /// The rest if the partner does not say how long.
    without_hint_ms: u64,
    /// The longest rest.
    longest_ms: u64,
}

/// Which share of the traffic may be retries.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RetryBudgetPolicy)]
struct ShownRetryBudget {
    /// Retries for each delivery.
    share: f64,
    /// Retries a second that are always possible.
    floor_per_second: u32,
}

impl From<&DeliveryPolicy> for ShownPolicy {
    fn from(policy: &DeliveryPolicy) -> Self {
        Self {
            deadline_ms: milliseconds(policy.deadline),
            horizon_ms: milliseconds(policy.horizon),
            first_return_ms: milliseconds(policy.first_return),
            longest_return_ms: milliseconds(policy.longest_return),
            ordering: match policy.ordering {
                Ordering::None => "none",
                Ordering::User => "user",
            },
            retries: ShownRetries::from(&policy.retries),
            batch: ShownBatchPolicy::from(&policy.batch),
            guards: ShownGuardSettings::from(&policy.guards),
        }
    }
}

impl From<&RetrySettings> for ShownRetries {
    fn from(retries: &RetrySettings) -> Self {
        Self {
            attempts: retries.attempts,
            budget_ms: milliseconds(retries.budget),
            first_wait_ms: milliseconds(retries.first_wait),
            longest_wait_ms: milliseconds(retries.longest_wait),
            longest_partner_wait_ms: milliseconds(retries.longest_partner_wait),
            split_requests: retries.split.map(|split| split.requests.get()),
        }
    }
}

impl From<&BatchPolicy> for ShownBatchPolicy {
    fn from(batch: &BatchPolicy) -> Self {
        Self {
            size: batch.size,
            linger_ms: milliseconds(batch.linger),
            keys: batch.keys.clone(),
        }
    }
}

impl From<&GuardSettings> for ShownGuardSettings {
    fn from(guards: &GuardSettings) -> Self {
        Self {
            admission: guards.admission.get(),
            breaker: guards.breaker.map(ShownBreaker::from),
            rate_limit: guards.rate_limit.map(ShownRateLimit::from),
            concurrency: guards.concurrency.into(),
            hold: guards.hold.into(),
            retry_budget: guards.retry_budget.map(ShownRetryBudget::from),
        }
    }
}

impl From<BreakerSettings> for ShownBreaker {
    fn from(breaker: BreakerSettings) -> Self {
        Self {
            consecutive_failures: breaker.consecutive_failures.get(),
            failure_share: breaker.failure_share.get(),
            window_ms: milliseconds(breaker.window),
            least_requests: breaker.least_requests.get(),
            first_wait_ms: milliseconds(breaker.first_wait),
            longest_wait_ms: milliseconds(breaker.longest_wait),
        }
    }
}

impl From<RateLimitSettings> for ShownRateLimit {
    fn from(limit: RateLimitSettings) -> Self {
        Self {
            requests: limit.requests.get(),
            per_ms: milliseconds(limit.per),
            burst: limit.burst.get(),
        }
    }
}

impl From<ConcurrencySettings> for ShownConcurrency {
    fn from(concurrency: ConcurrencySettings) -> Self {
        match concurrency {
            ConcurrencySettings::Fixed { limit } => Self::Fixed { limit: limit.get() },
            ConcurrencySettings::Adaptive { start, ceiling } => Self::Adaptive {
                start: start.get(),
                ceiling: ceiling.get(),
            },
        }
    }
}

impl From<HoldSettings> for ShownHold {
    fn from(hold: HoldSettings) -> Self {
        Self {
            without_hint_ms: milliseconds(hold.without_hint),
            longest_ms: milliseconds(hold.longest),
        }
    }
}

impl From<RetryBudgetSettings> for ShownRetryBudget {
    fn from(budget: RetryBudgetSettings) -> Self {
        Self {
            share: budget.share.get(),
            floor_per_second: budget.floor_per_second,
        }
    }
}
