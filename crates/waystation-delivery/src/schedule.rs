//! When a delivery that failed for now is tried again.
//!
//! One schedule holds for the whole life of a delivery. The first attempts are made in process, with waits that double
//! (`delivery.retry`); then come waits in the queue, each four times as long as the one before, from `first_return` to
//! `longest_return`; the last attempt is made at the horizon. With the defaults these are eleven attempts: at once,
//! after 1, 3, 7, 17, 57 and 217 s, then after 14 and 57 minutes, 3 h 48 min and 4 h. Jitter makes the waits longer.

use std::time::Duration;

use waystation_config::DeliveryPolicy;
use waystation_queue::{Leased, Millis};
use waystation_runtime::retry::backoff::{doubled, lengthened};

/// Share of a wait that jitter may add, so that what failed together does not come back together.
const JITTER: f64 = 0.5;
/// The same where the partner named the time.
const PARTNER_JITTER: f64 = 0.1;

/// How much longer each wait in the queue is than the one before.
const GROWTH: u32 = 4;

/// The most attempts that are listed.
const MOST_LISTED: usize = 100;

/// The wait of a delivery that the guards held back, unless they name a longer one.
const HELD_BACK: Duration = Duration::from_secs(1);

/// Whether a round has come as far as the partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// It has; so many attempts were made over the life of the delivery.
    Tried(u32),
    /// The guards held it back. That does not make the next wait longer.
    HeldBack,
}

/// When to try again after a round that ended at `now`, or `None` when that is beyond the horizon.
///
/// The partner's wait is obeyed in full, up to the longest rest of the connection, even if the last attempt is made
/// after the horizon then: a delivery does not die of a partner's wish to be left alone.
#[must_use]
pub fn next_due(
    policy: &DeliveryPolicy,
    round: Round,
    wanted: Option<Duration>,
    now: Millis,
    horizon: Millis,
) -> Option<Millis> {
    if now >= horizon {
        return None;
    }
    let own = match round {
        Round::Tried(attempts) => wait_in_queue(policy, attempts),
        Round::HeldBack => HELD_BACK.min(policy.first_return),
    };
    let wanted = wanted.map(|wanted| wanted.min(policy.guards.hold.longest));
    match wanted.filter(|wanted| *wanted >= own) {
        Some(wanted) => {
            let due = now.plus(lengthened(wanted, PARTNER_JITTER * fastrand::f64()));
            Some(due.min(horizon.max(now.plus(wanted))))
        }
        None => Some(now.plus(lengthened(own, JITTER * fastrand::f64())).min(horizon)),
    }
}

/// When the attempts of a delivery are made that fails each time, counted from its acceptance, without jitter and
/// without waits of the partner's choosing; the first hundred.
#[must_use]
pub fn attempts(policy: &DeliveryPolicy) -> Vec<Duration> {
    let retries = &policy.retries;
    let (mut at, mut round_began) = (Duration::ZERO, Duration::ZERO);
    let mut moments = vec![at];
    while moments.len() < MOST_LISTED && at < policy.horizon {
        let made = u32::try_from(moments.len()).unwrap_or(u32::MAX);
        let in_process = doubled(retries.first_wait, retries.longest_wait, made - 1);
        let has_time = (at - round_began).saturating_add(in_process) <= retries.budget;
        if made < retries.attempts && has_time {
            at = at.saturating_add(in_process);
        } else {
            at = at.saturating_add(wait_in_queue(policy, made)).min(policy.horizon);
            round_began = at;
        }
        moments.push(at);
    }
    moments
}

/// How many attempts of the schedule are behind a delivery. A replayed one begins anew, so its time counts as well.
#[must_use]
pub fn attempts_made(policy: &DeliveryPolicy, leased: &Leased, now: Millis) -> u32 {
    if leased.attempts == 0 {
        return 0;
    }
    let left = leased.horizon.since(now);
    let elapsed = policy.horizon.saturating_sub(left);
    let by_time = attempts(policy).iter().filter(|at| **at < elapsed).count();
    leased.attempts.min(u32::try_from(by_time).unwrap_or(u32::MAX))
}

/// The wait in the queue after so many attempts.
fn wait_in_queue(policy: &DeliveryPolicy, attempts: u32) -> Duration {
    let before = attempts.saturating_sub(policy.retries.attempts).min(15);
    policy
        .first_return
        .saturating_mul(GROWTH.pow(before))
        .min(policy.longest_return)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, leased, policy};

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Waits are random within bounds: so many are looked at.
    fn waits(round: Round, wanted: Option<Duration>) -> Vec<Duration> {
        let next = |_| next_due(&policy(), round, wanted, NOW, Millis::MAX).map(|due| due.since(NOW));
        (0..200).filter_map(next).collect()
    }

    #[test]
    fn by_default_eleven_attempts_are_spread_over_four_hours() {
        let listed = attempts(&DeliveryPolicy::default());
        let listed: Vec<u64> = listed.iter().map(Duration::as_secs).collect();
        assert_eq!(listed, [0, 1, 3, 7, 17, 57, 217, 857, 3_417, 13_657, 14_400]);
    }

    #[test]
    fn each_listed_attempt_is_where_the_waits_lead() {
        let mut policy = policy();
        policy.retries.attempts = 1;
        let listed = attempts(&policy);
        assert_eq!(listed[..5], [0, 1, 5, 21, 81].map(seconds));
        for (made, pair) in (1..).zip(listed.windows(2)).take(4) {
            let own = wait_in_queue(&policy, made);
            assert_eq!(pair[1] - pair[0], own, "after attempt {made}");
        }
    }

    #[test]
    fn however_short_the_waits_the_list_has_an_end() {
        let mut hasty = policy();
        (hasty.first_return, hasty.longest_return) = (Duration::from_millis(1), Duration::from_millis(1));
        assert_eq!(attempts(&hasty).len(), MOST_LISTED);
        (hasty.first_return, hasty.longest_return) = (Duration::ZERO, Duration::ZERO);
        assert_eq!(attempts(&hasty).len(), MOST_LISTED);
    }

    #[test]
    fn attempts_that_have_no_time_in_process_come_from_the_queue() {
        let mut policy = DeliveryPolicy::default();
        policy.retries.budget = seconds(2);
        let listed: Vec<u64> = attempts(&policy).iter().map(Duration::as_secs).collect();
        assert_eq!(listed[..5], [0, 1, 11, 21, 31]);
    }

    #[test]
    fn waits_in_the_queue_grow_fourfold_over_the_life_of_a_delivery() {
        for (attempts, least) in [(4, 1), (5, 4), (6, 16), (7, 60), (8, 60), (u32::MAX, 60)] {
            for wait in waits(Round::Tried(attempts), None) {
                let bounds = seconds(least)..=seconds(least).mul_f64(1.0 + JITTER);
                assert!(bounds.contains(&wait), "after {attempts} attempts: {wait:?}");
            }
        }
    }

    #[test]
    fn what_was_held_back_waits_as_long_as_the_guards_say_and_no_longer() {
        for (after, bounds) in [(0, 1_000..=1_500), (90, 90_000..=99_000)] {
            for wait in waits(Round::HeldBack, Some(seconds(after))) {
                assert!(bounds.contains(&wait.as_millis()), "{after}: {wait:?}");
            }
        }
    }

    #[test]
    fn a_replayed_delivery_begins_anew() {
        let policy = DeliveryPolicy::default();
        let mut leased = leased(1, "trackEvent", &serde_json::json!({}));
        leased.attempts = 11;
        leased.horizon = NOW.plus(policy.horizon);
        assert_eq!(attempts_made(&policy, &leased, NOW), 0);
        assert_eq!(attempts_made(&policy, &leased, NOW.plus(seconds(60))), 6);
        leased.attempts = 2;
        assert_eq!(attempts_made(&policy, &leased, NOW.plus(seconds(60))), 2);
        leased.attempts = 0;
        assert_eq!(attempts_made(&policy, &leased, NOW), 0);
    }

    #[test]
    fn waits_differ_from_each_other() {
        let waits = waits(Round::Tried(6), None);
        assert!(waits.iter().any(|wait| *wait != waits[0]), "{waits:?}");
    }

    #[test]
    fn the_partners_wait_is_obeyed_in_full_even_where_it_is_longer_than_ours_may_be() {
        let wanted = seconds(600);
        for wait in waits(Round::Tried(4), Some(wanted)) {
            assert!(
                (wanted..=wanted.mul_f64(1.0 + PARTNER_JITTER)).contains(&wait),
                "{wait:?}"
            );
        }
    }

    #[test]
    fn a_partner_who_wants_less_does_not_shorten_our_wait() {
        for wait in waits(Round::Tried(6), Some(seconds(2))) {
            assert!(wait >= seconds(16), "{wait:?}");
        }
    }

    #[test]
    fn the_last_attempt_is_made_at_the_horizon() {
        let horizon = NOW.plus(seconds(10));
        for wanted in [None, Some(seconds(1))] {
            let due = next_due(&policy(), Round::Tried(9), wanted, NOW, horizon);
            assert_eq!(due, Some(horizon), "{wanted:?}");
        }
    }

    #[test]
    fn a_partners_long_wait_is_followed_by_an_attempt_even_after_the_horizon() {
        let policy = policy();
        let horizon = NOW.plus(seconds(3_600));
        for (wanted, due) in [
            (Duration::from_hours(3), Duration::from_hours(3)),
            (Duration::from_hours(24), policy.guards.hold.longest),
            (Duration::MAX, policy.guards.hold.longest),
        ] {
            let next = next_due(&policy, Round::Tried(1), Some(wanted), NOW, horizon);
            assert_eq!(next.map(|next| next.since(NOW)), Some(due), "{wanted:?}");
        }
    }

    #[test]
    fn nothing_is_tried_again_after_the_horizon() {
        let horizon = NOW.plus(seconds(10));
        for now in [horizon, horizon.plus(seconds(1))] {
            for wanted in [None, Some(seconds(11))] {
                assert_eq!(next_due(&policy(), Round::Tried(1), wanted, now, horizon), None);
            }
        }
    }
}
