//! What cannot be right about how deliveries are made, seen across settings.

use std::time::Duration;

use waystation_runtime::guards::ConcurrencySettings;

use super::delivery::Layers;
use crate::config::DeliveryPolicy;
use crate::document::{Findings, Spot, Tree};
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
    written: Option<&'w Tree>,
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

fn rules<'w>(policy: &DeliveryPolicy, layers: Layers<'w>) -> Vec<Rule<'w>> {
    let side = |value, key| Side {
        key,
        value,
        written: layers.at(key),
    };
    let retries = &policy.retries;
    let mut rules = vec![
        Rule {
            short: side(policy.first_return, "first_return"),
            long: side(policy.longest_return, "longest_return"),
            otherwise: "the first wait cannot be longer than the longest",
            severity: Severity::Error,
        },
        Rule {
            short: side(policy.longest_return, "longest_return"),
            long: side(policy.horizon, "horizon"),
            otherwise: "deliveries would become dead letters while they wait",
            severity: Severity::Error,
        },
        Rule {
            short: side(policy.deadline, "deadline"),
            long: side(policy.horizon, "horizon"),
            otherwise: "the first call could outlast the time for all of them",
            severity: Severity::Error,
        },
        Rule {
            short: side(retries.first_wait, "retry.first_wait"),
            long: side(retries.longest_wait, "retry.longest_wait"),
            otherwise: "the first wait cannot be longer than the longest",
            severity: Severity::Error,
        },
        Rule {
            short: side(retries.budget, "retry.budget"),
            long: side(policy.deadline, "deadline"),
            otherwise: "the deadline cuts attempts off that the budget has time for",
            severity: Severity::Warning,
        },
        Rule {
            short: side(retries.longest_partner_wait, "retry.longest_partner_wait"),
            long: side(retries.budget, "retry.budget"),
            otherwise: "there is no time for so long a wait in process",
            severity: Severity::Warning,
        },
        Rule {
            short: side(policy.guards.hold.longest, "hold.longest"),
            long: side(policy.horizon, "horizon"),
            otherwise: "deliveries would become dead letters while the connection rests",
            severity: Severity::Warning,
        },
    ];
    if let Some(breaker) = &policy.guards.breaker {
        rules.push(Rule {
            short: side(breaker.first_wait, "breaker.first_wait"),
            long: side(breaker.longest_wait, "breaker.longest_wait"),
            otherwise: "the first wait cannot be longer than the longest",
            severity: Severity::Error,
        });
    }
    rules
}

fn check_concurrency(policy: &DeliveryPolicy, layers: Layers<'_>, findings: &mut Findings<'_>) {
    let spot = |path| layers.at(path).map(|written| -> Spot { written.spot.clone() });
    let (start, ceiling) = (spot("concurrency.start"), spot("concurrency.ceiling"));
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
    let both = layers.find(|layer| {
        let part = layer.get("concurrency")?;
        let adaptive = part.get("start").is_some() || part.get("ceiling").is_some();
        part.get("fixed").filter(|_| adaptive)
    });
    if let Some(fixed) = both {
        let reason = "excludes `start` and `ceiling`: a limit is fixed, or it adapts".to_owned();
        findings.add(&fixed.spot, Problem::Unusable { reason });
    }
    check_statuses(policy, layers, findings);
}

fn check_statuses(policy: &DeliveryPolicy, layers: Layers<'_>, findings: &mut Findings<'_>) {
    let both = policy
        .retry_on
        .iter()
        .find(|status| policy.never_retry.contains(status));
    if let (Some(status), Some(written)) = (both, layers.at("never_retry")) {
        let reason = format!("has {status}, which `retry_on` has as well");
        findings.add(&written.spot, Problem::Unusable { reason });
    }
}
