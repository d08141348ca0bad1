//! Ends the deliveries whose time is over while the partner is left alone.
//!
//! While the breaker refuses, or the partner's refusal of the credentials pauses the connection, nothing is leased to be
//! sent, so that nobody would notice that a horizon has passed. Such deliveries are looked for from time to time instead.
//! One that was never tried ends only when the partner has been left alone for as long as a horizon: after a long pause
//! of the service itself, the partner has its chance first. A rest that the partner asked for ends no delivery.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use waystation_config::DeliveryPolicy;
use waystation_kit::Error;
use waystation_kit::error::NotSent;
use waystation_queue::{Failure, Leased, Millis, Report, Settled, Settlement, Stage};
use waystation_runtime::guards::{BreakerState, GuardState};

use super::{Dispatcher, MOST_LEASED, action_of};

/// How many looks there are in a horizon, within these bounds.
const LOOKS: u32 = 20;
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How many deliveries one look takes out of the queue at a time.
const LOOK_AT: usize = 256;

/// Whether the partner is left alone, and since when.
#[derive(Debug, Default)]
pub(super) struct LeftAlone(Option<Begun>);

#[derive(Debug, Clone, Copy)]
struct Begun {
    since: Instant,
    reason: NotSent,
    next_look: Instant,
}

impl LeftAlone {
    /// Takes in what the guards do now.
    pub(super) fn observe(&mut self, guards: &GuardState, policy: &DeliveryPolicy) {
        let now = Instant::now();
        self.0 = reason(guards).map(|reason| match self.0 {
            Some(begun) => Begun { reason, ..begun },
            None => Begun {
                since: now,
                reason,
                next_look: now + pause(policy),
            },
        });
    }

    /// Whether the partner is left alone.
    pub(super) const fn is_begun(&self) -> bool {
        self.0.is_some()
    }

    /// Completes when it is time to look for what has to end; never while the partner is asked.
    pub(super) async fn next_look(&self) {
        match self.0 {
            Some(begun) => sleep_until(begun.next_look).await,
            None => std::future::pending().await,
        }
    }

    /// Why a delivery ends, if its time is over.
    fn end(&self, leased: &Leased, now: Millis, policy: &DeliveryPolicy) -> Option<NotSent> {
        let begun = self.0?;
        let pause = policy.credentials_refused.as_ref();
        let pause = pause.filter(|_| begun.reason == NotSent::CredentialsRefused);
        // The horizon does not end while the connection is paused.
        let further = pause.map_or(Duration::ZERO, |pause| pause.longest_wait);
        let is_over = now >= leased.horizon.plus(further);
        let had_its_chance = leased.attempts > 0 || begun.since.elapsed() >= policy.horizon;
        (is_over && had_its_chance).then_some(begun.reason)
    }
}

/// Why the partner is left alone, if it is.
fn reason(guards: &GuardState) -> Option<NotSent> {
    if guards.credentials_refused.is_some() {
        return Some(NotSent::CredentialsRefused);
    }
    let refuses = guards
        .breaker
        .is_some_and(|state| state != BreakerState::Admitting);
    refuses.then_some(NotSent::BreakerRefusing)
}

fn pause(policy: &DeliveryPolicy) -> Duration {
    (policy.horizon / LOOKS).clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
}

impl Dispatcher {
    /// Ends what has to end. What is taken out of the queue for that and has time left goes back.
    pub(super) async fn expire(&self, left_alone: &mut LeftAlone, running: &mut JoinSet<()>) {
        let policy = &self.connection.config().policy;
        let mut expired = 0;
        while expired < MOST_LEASED {
            let Ok(leased) = self.resources.queue.lease(self.connection.name(), LOOK_AT).await else {
                // The store tells what is wrong with it.
                break;
            };
            let looked_at = leased.len();
            let ended = self.end(left_alone, leased);
            let count = ended.values().map(Vec::len).sum::<usize>();
            for (subscription, settlements) in ended {
                let action = action_of(&self.connection, &subscription).into();
                self.settle_apart(running, action, settlements);
            }
            expired += count;
            if count == 0 || count < looked_at {
                break;
            }
        }
        if let Some(begun) = &mut left_alone.0 {
            begun.next_look = Instant::now() + pause(policy);
        }
    }

    /// The ends of those whose time is over, by subscription.
    fn end(&self, left_alone: &LeftAlone, leased: Vec<Leased>) -> HashMap<Arc<str>, Vec<Settlement>> {
        let policy = &self.connection.config().policy;
        let now = self.resources.queue.clock().now();
        let mut ended: HashMap<Arc<str>, Vec<Settlement>> = HashMap::new();
        for mut leased in leased {
            self.pauses
                .prolong(self.connection.name(), policy.horizon, &mut leased);
            if let Some(reason) = left_alone.end(&leased, now, policy) {
                let subscription = leased.subscription.clone().unwrap_or_default();
                let settlement = Settlement {
                    lease: leased.lease,
                    outcome: Settled::Dead {
                        failure: failure(reason),
                        report: Report::unsent(now),
                    },
                };
                ended.entry(subscription).or_default().push(settlement);
            }
        }
        ended
    }
}

/// That the partner is not asked. Where it was, what it said last stays.
fn failure(reason: NotSent) -> Failure {
    let error = Error::NotSent {
        reason,
        after: Duration::ZERO,
    };
    let message = format!("{reason}; the time for the delivery is over");
    Failure {
        stage: Stage::Delivery,
        status: error.status(),
        error_type: Some(reason.code().to_owned()),
        held_back: Some(message.clone()),
        message,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{NOW, leased, policy};

    const HOUR: Duration = Duration::from_hours(1);

    fn guards(breaker: BreakerState) -> GuardState {
        GuardState {
            breaker: Some(breaker),
            refusing_for_ms: None,
            held_for_ms: None,
            concurrency_limit: 1,
            in_flight: 0,
            under_way: 0,
            rate: None,
            credentials_refused: None,
        }
    }

    /// A delivery that has been tried so often and whose horizon is now.
    fn delivery(attempts: u32) -> Leased {
        Leased {
            attempts,
            horizon: NOW,
            ..leased(1, "trackEvent", &json!({}))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_tried_ends_at_its_horizon_and_what_was_not_after_a_horizon_of_refusal() {
        let policy = policy();
        let mut left_alone = LeftAlone::default();
        let ends = |left_alone: &LeftAlone, attempts| left_alone.end(&delivery(attempts), NOW, &policy);
        assert_eq!(ends(&left_alone, 1), None);
        left_alone.observe(&guards(BreakerState::Refusing), &policy);
        assert_eq!(ends(&left_alone, 1), Some(NotSent::BreakerRefusing));
        assert_eq!(ends(&left_alone, 0), None);
        tokio::time::advance(policy.horizon).await;
        // A probe is no success.
        left_alone.observe(&guards(BreakerState::Probing), &policy);
        assert_eq!(ends(&left_alone, 0), Some(NotSent::BreakerRefusing));
        left_alone.observe(&guards(BreakerState::Admitting), &policy);
        left_alone.observe(&guards(BreakerState::Refusing), &policy);
        assert_eq!(ends(&left_alone, 0), None);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_ends_before_its_horizon() {
        let policy = policy();
        let mut left_alone = LeftAlone::default();
        left_alone.observe(&guards(BreakerState::Refusing), &policy);
        tokio::time::advance(policy.horizon * 2).await;
        let mut young = delivery(1);
        young.horizon = NOW.plus(Duration::from_millis(1));
        assert_eq!(left_alone.end(&young, NOW, &policy), None);
    }

    #[tokio::test(start_paused = true)]
    async fn good_credentials_are_waited_for_beyond_the_horizon_and_not_for_ever() {
        let policy = policy();
        let longest = policy.credentials_refused.as_ref().unwrap().longest_wait;
        let mut left_alone = LeftAlone::default();
        let paused = GuardState {
            credentials_refused: Some(waystation_runtime::guards::RefusedCredentials {
                message: String::new(),
                for_ms: 0,
                next_probe_in_ms: 0,
            }),
            ..guards(BreakerState::Admitting)
        };
        left_alone.observe(&paused, &policy);
        tokio::time::advance(policy.horizon).await;
        let ends = |at: Millis| left_alone.end(&delivery(0), at, &policy);
        assert_eq!(ends(NOW.plus(longest - HOUR)), None);
        assert_eq!(ends(NOW.plus(longest)), Some(NotSent::CredentialsRefused));
    }
}
