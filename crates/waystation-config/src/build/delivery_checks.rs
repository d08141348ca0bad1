//! What cannot be right about how deliveries are made, seen across settings.

use std::time::Duration;

use waystation_runtime::guards::ConcurrencySettings;

use super::delivery::{Layers, key};
use crate::config::DeliveryPolicy;
use crate::document::{Findings, Located, Spot, Time};
use crate::fault::{Problem, Severity};
use crate::quantity::duration_text;

/// Tells of settings that contradict each other.
pub(super) fn check(policy: &DeliveryPolicy, layers: Layers<'_>, findings: &mut Findings<'_>) {
    for rule in rules(policy, layers) {
        rule.check(findings);
    }
    check_concurrency(policy, layers, findings);
}

/// A duration that must not be longer than another.
struct Rule<'w> {
    short: Side<'w>,
    long: Side<'w>,
    /// What follows if it is.
    otherwise: &'static str,
    severity: Severity,
}

/// A duration, its key, and where it was written if it was.
struct Side<'w> {
    key: &'static str,
    value: Duration,
    written: Option<&'w Located<Time>>,
}

impl Rule<'_> {
    fn check(&self, findings: &mut Findings<'_>) {
        if self.short.value <= self.long.value {
            return;
        }
        let start = |side: &Side<'_>| side.written.map(|written| written.spot.span.start);
        // Told at what was written last, which mostly is what brought them into contradiction.
        let (told, other) = match start(&self.long) > start(&self.short) {
            true => (&self.long, &self.short),
            false => (&self.short, &self.long),
        };
        // Two defaults do not contradict each other, and a default that has no effect is no mistake.
        let (Some(written), true) = (
            told.written,
            self.severity == Severity::Error || self.short.written.is_some(),
        ) else {
            return;
        };
        let problem = Problem::Contradiction {
            value: duration_text(told.value),
            other: other.key,
            other_value: duration_text(other.value),
            reason: self.otherwise,
            severity: self.severity,
        };
        findings.add(&written.spot, problem);
    }
}

/// Makes one side of a rule.
macro_rules! side {
    ($layers:ident, $value:expr, $($key:tt)+) => {
        Side {
            key: stringify!($($key)+),
            value: $value,
            written: $layers.written(key!($($key)+)),
        }
    };
}

fn rules<'w>(policy: &DeliveryPolicy, layers: Layers<'w>) -> Vec<Rule<'w>> {
    let retries = &policy.retries;
    let mut rules = vec![
        Rule {
            short: side!(layers, policy.first_return, first_return),
            long: side!(layers, policy.longest_return, longest_return),
            otherwise: "the first wait cannot be longer than the longest",
            severity: Severity::Error,
        },
        Rule {
            short: side!(layers, policy.longest_return, longest_return),
            long: side!(layers, policy.horizon, horizon),
            otherwise: "deliveries would become dead letters while they wait",
            severity: Severity::Error,
        },
        Rule {
            short: side!(layers, policy.deadline, deadline),
            long: side!(layers, policy.horizon, horizon),
            otherwise: "the first call could outlast the time for all of them",
            severity: Severity::Error,
        },
        Rule {
            short: side!(layers, retries.first_wait, retry.first_wait),
            long: side!(layers, retries.longest_wait, retry.longest_wait),
            otherwise: "the first wait cannot be longer than the longest",
            severity: Severity::Error,
        },
        Rule {
            short: side!(layers, retries.budget, retry.budget),
            long: side!(layers, policy.deadline, deadline),
            otherwise: "the deadline cuts attempts off that the budget has time for",
            severity: Severity::Warning,
        },
        Rule {
            short: side!(layers, retries.longest_partner_wait, retry.longest_partner_wait),
            long: side!(layers, retries.budget, retry.budget),
            otherwise: "there is no time for so long a wait in process",
            severity: Severity::Warning,
        },
        Rule {
            short: side!(layers, policy.guards.hold.longest, hold.longest),
            long: side!(layers, policy.horizon, horizon),
            otherwise: "deliveries would become dead letters while the connection rests",
            severity: Severity::Warning,
        },
    ];
    if let Some(breaker) = &policy.guards.breaker {
        rules.push(Rule {
            short: side!(layers, breaker.first_wait, breaker.first_wait),
            long: side!(layers, breaker.longest_wait, breaker.longest_wait),
            otherwise: "the first wait cannot be longer than the longest",
            severity: Severity::Error,
        });
    }
    rules
}

fn check_concurrency(policy: &DeliveryPolicy, layers: Layers<'_>, findings: &mut Findings<'_>) {
    let spot = |written: Option<&Located<_>>| written.map(|written| -> Spot { written.spot.clone() });
    let start = spot(layers.written(key!(concurrency.start)));
    let ceiling = spot(layers.written(key!(concurrency.ceiling)));
    match policy.guards.concurrency {
        ConcurrencySettings::Adaptive {
            start: start_value,
            ceiling: ceiling_value,
        } if start_value > ceiling_value => {
            let (spot, value, other, other_value) = match start {
                Some(spot) => (spot, start_value, "concurrency.ceiling", ceiling_value),
                None => (
                    ceiling.unwrap_or_default(),
                    ceiling_value,
                    "concurrency.start",
                    start_value,
                ),
            };
            let problem = Problem::Contradiction {
                value: value.to_string(),
                other,
                other_value: other_value.to_string(),
                reason: "the limit cannot begin above its ceiling",
                severity: Severity::Error,
            };
            findings.add(&spot, problem);
        }
        _ => {}
    }
    let both = layers.written(|layer| {
        let part = layer.concurrency.as_ref()?;
        let adaptive = part.value.start.is_some() || part.value.ceiling.is_some();
        part.value.fixed.as_ref().filter(|_| adaptive)
    });
    if let Some(fixed) = both {
        let reason = "excludes `start` and `ceiling`: a limit is fixed, or it adapts".to_owned();
        findings.add(&fixed.spot, Problem::Unusable { reason });
    }
}
