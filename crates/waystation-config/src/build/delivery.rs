//! How deliveries are made: the defaults, what the file says for all connections, what a connection says.

use waystation_runtime::RetrySettings;
use waystation_runtime::guards::{
    BreakerSettings, ConcurrencySettings, GuardSettings, HoldSettings, RateLimitSettings, RetryBudgetSettings,
};
use waystation_runtime::retry::{Jitter, SplitSettings};

use super::delivery_checks;
use crate::config::{BatchPolicy, DeliveryPolicy};
use crate::document::{Findings, Located};
use crate::written::{Breaker, Concurrency, Delivery, RateLimit, RetryBudget, Split};

/// The policy that these layers make; what a later one says counts. Contradictions are told.
pub(super) fn complete(layers: &[&Delivery], findings: &mut Findings<'_>) -> DeliveryPolicy {
    let policy = policy(Layers(layers));
    delivery_checks::check(&policy, Layers(layers), findings);
    policy
}

/// What was written about deliveries, from the general to the particular.
#[derive(Clone, Copy)]
pub(super) struct Layers<'w>(&'w [&'w Delivery]);

impl<'w> Layers<'w> {
    /// What the last layer says that says something.
    pub(super) fn written<T>(
        self,
        get: impl Fn(&'w Delivery) -> Option<&'w Located<T>>,
    ) -> Option<&'w Located<T>> {
        self.0.iter().rev().find_map(|layer| get(layer))
    }

    /// The value that the last layer gives, else the default.
    fn or<T: Clone + 'w, U: From<T>>(
        self,
        default: U,
        get: impl Fn(&'w Delivery) -> Option<&'w Located<T>>,
    ) -> U {
        self.written(get)
            .map_or(default, |written| written.value.clone().into())
    }

    /// Whether a part is switched on: the last layer that has the part says so, by `enabled` or else by having
    /// it.
    fn is_on<T: 'w>(
        self,
        default: bool,
        part: impl Fn(&'w Delivery) -> Option<&'w Located<T>>,
        enabled: impl Fn(&'w T) -> Option<&'w Located<bool>>,
    ) -> bool {
        self.written(part).map_or(default, |part| {
            enabled(&part.value).is_none_or(|enabled| enabled.value)
        })
    }
}

/// The key of a part of what was written, such as `retry.attempts`.
macro_rules! key {
    ($part:ident.$key:ident) => {
        |delivery| delivery.$part.as_ref()?.value.$key.as_ref()
    };
    ($key:ident) => {
        |delivery| delivery.$key.as_ref()
    };
}
pub(super) use key;

fn policy(layers: Layers<'_>) -> DeliveryPolicy {
    let default = DeliveryPolicy::default();
    let horizon = layers.or(default.horizon, key!(horizon));
    DeliveryPolicy {
        retries: retries(layers, default.retries),
        guards: guards(layers, &default.guards),
        deadline: layers.or(default.deadline, key!(deadline)),
        horizon,
        first_return: layers.or(default.first_return, key!(first_return)),
        longest_return: layers.or(default.longest_return.min(horizon), key!(longest_return)),
        batch: batch(layers, default.batch),
        ordering: layers.or(default.ordering, key!(ordering)),
    }
}

fn batch(layers: Layers<'_>, default: BatchPolicy) -> BatchPolicy {
    BatchPolicy {
        size: layers
            .written(key!(batch.size))
            .map_or(default.size, |size| size.value.get()),
        linger: layers.or(default.linger, key!(batch.linger)),
        keys: layers.or(default.keys, key!(batch.keys)),
    }
}

fn retries(layers: Layers<'_>, default: RetrySettings) -> RetrySettings {
    RetrySettings {
        attempts: layers
            .written(key!(retry.attempts))
            .map_or(default.attempts, |attempts| attempts.value.get()),
        budget: layers.or(default.budget, key!(retry.budget)),
        first_wait: layers.or(default.first_wait, key!(retry.first_wait)),
        longest_wait: layers.or(default.longest_wait, key!(retry.longest_wait)),
        longest_partner_wait: layers.or(default.longest_partner_wait, key!(retry.longest_partner_wait)),
        jitter: match layers.written(key!(retry.jitter)).map(|jitter| jitter.value) {
            Some(true) => Jitter::Upward,
            Some(false) => Jitter::None,
            None => default.jitter,
        },
        split: split(layers, default.split),
    }
}

fn split(layers: Layers<'_>, default: Option<SplitSettings>) -> Option<SplitSettings> {
    let on = layers.is_on(default.is_some(), key!(split), |split: &Split| {
        split.enabled.as_ref()
    });
    let default = default.unwrap_or_default();
    on.then(|| SplitSettings {
        requests: layers.or(default.requests, key!(split.requests)),
    })
}

fn guards(layers: Layers<'_>, default: &GuardSettings) -> GuardSettings {
    GuardSettings {
        admission: layers.or(default.admission, key!(admission)),
        breaker: breaker(layers, default.breaker),
        rate_limit: rate_limit(layers, default.rate_limit),
        concurrency: concurrency(layers, default.concurrency),
        hold: hold(layers, default.hold),
        retry_budget: retry_budget(layers, default.retry_budget),
    }
}

fn breaker(layers: Layers<'_>, default: Option<BreakerSettings>) -> Option<BreakerSettings> {
    let on = layers.is_on(default.is_some(), key!(breaker), |breaker: &Breaker| {
        breaker.enabled.as_ref()
    });
    let default = default.unwrap_or_default();
    on.then(|| BreakerSettings {
        consecutive_failures: layers.or(default.consecutive_failures, key!(breaker.consecutive_failures)),
        failure_share: layers.or(default.failure_share, key!(breaker.failure_share)),
        window: layers.or(default.window, key!(breaker.window)),
        least_requests: layers.or(default.least_requests, key!(breaker.least_requests)),
        first_wait: layers.or(default.first_wait, key!(breaker.first_wait)),
        longest_wait: layers.or(default.longest_wait, key!(breaker.longest_wait)),
        jitter: default.jitter,
    })
}

fn rate_limit(layers: Layers<'_>, default: Option<RateLimitSettings>) -> Option<RateLimitSettings> {
    let on = layers.is_on(default.is_some(), key!(rate_limit), |limit: &RateLimit| {
        limit.enabled.as_ref()
    });
    let default = default.unwrap_or_default();
    let requests = layers.or(default.requests, key!(rate_limit.requests));
    on.then(|| RateLimitSettings {
        requests,
        per: layers.or(default.per, key!(rate_limit.per)),
        burst: layers.or(requests, key!(rate_limit.burst)),
    })
}

/// `fixed` and the keys of an adaptive limit exclude each other; the last layer that has one of them decides.
fn concurrency(layers: Layers<'_>, default: ConcurrencySettings) -> ConcurrencySettings {
    let last = layers.0.iter().rev().find_map(|layer| {
        let part: &Concurrency = &layer.concurrency.as_ref()?.value;
        let says = part.fixed.is_some() || part.start.is_some() || part.ceiling.is_some();
        says.then_some(part)
    });
    let fixed = last.and_then(|part| part.fixed.as_ref());
    let (start, ceiling) = match default {
        ConcurrencySettings::Adaptive { start, ceiling } => (start, ceiling),
        ConcurrencySettings::Fixed { limit } => (limit, limit),
    };
    match (last, fixed) {
        (None, _) => default,
        (_, Some(limit)) => ConcurrencySettings::Fixed { limit: limit.value },
        _ => ConcurrencySettings::Adaptive {
            start: layers.or(start, key!(concurrency.start)),
            ceiling: layers.or(ceiling, key!(concurrency.ceiling)),
        },
    }
}

fn hold(layers: Layers<'_>, default: HoldSettings) -> HoldSettings {
    HoldSettings {
        without_hint: layers.or(default.without_hint, key!(hold.without_hint)),
        longest: layers.or(default.longest, key!(hold.longest)),
    }
}

fn retry_budget(layers: Layers<'_>, default: Option<RetryBudgetSettings>) -> Option<RetryBudgetSettings> {
    let on = layers.is_on(default.is_some(), key!(retry_budget), |budget: &RetryBudget| {
        budget.enabled.as_ref()
    });
    let default = default.unwrap_or_default();
    on.then(|| RetryBudgetSettings {
        share: layers.or(default.share, key!(retry_budget.share)),
        floor_per_second: layers.or(default.floor_per_second, key!(retry_budget.floor_per_second)),
    })
}
