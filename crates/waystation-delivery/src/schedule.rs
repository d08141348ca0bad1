//! When a delivery that failed for now comes back from the queue.

use std::time::Duration;

use waystation_config::DeliveryPolicy;
use waystation_queue::Millis;

/// Share of a wait that jitter may add, so that what failed together does not come back together.
const JITTER: f64 = 0.5;
/// The same where the partner named the time.
const PARTNER_JITTER: f64 = 0.1;

/// When to try again after round number `round` (1 is the first), or `None` when that is beyond the horizon.
///
/// The partner's wait is obeyed in full; our own doubles from `first_return` to `longest_return`.
#[must_use]
pub fn next_due(
    policy: &DeliveryPolicy,
    round: u32,
    wanted: Option<Duration>,
    now: Millis,
    horizon: Millis,
) -> Option<Millis> {
    let own = own_wait(policy, round);
    let wait = match wanted {
        Some(wanted) if wanted >= own => lengthened(wanted, PARTNER_JITTER),
        _ => lengthened(own, JITTER),
    };
    let due = now.plus(wait);
    if due <= horizon {
        return Some(due);
    }
    // The last attempt is made at the horizon, unless the partner asks not to be called before.
    let earliest = now.plus(wanted.unwrap_or_default());
    (now < horizon && earliest <= horizon).then_some(horizon)
}

fn own_wait(policy: &DeliveryPolicy, round: u32) -> Duration {
    let doublings = round.saturating_sub(1).min(31);
    policy
        .first_return
        .saturating_mul(1 << doublings)
        .min(policy.longest_return)
}

fn lengthened(wait: Duration, share: f64) -> Duration {
    wait.mul_f64(1.0 + share * fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, policy};

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Waits are random within bounds: so many are looked at.
    fn waits(round: u32, wanted: Option<Duration>) -> Vec<Duration> {
        let next = |_| next_due(&policy(), round, wanted, NOW, Millis::MAX).map(|due| due.since(NOW));
        (0..200).filter_map(next).collect()
    }

    #[test]
    fn waits_double_from_the_first_to_the_longest() {
        for (round, least) in [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (8, 60), (u32::MAX, 60)] {
            for wait in waits(round, None) {
                let bounds = seconds(least)..=seconds(least).mul_f64(1.0 + JITTER);
                assert!(bounds.contains(&wait), "round {round}: {wait:?}");
            }
        }
    }

    #[test]
    fn waits_differ_from_each_other() {
        let waits = waits(3, None);
        assert!(waits.iter().any(|wait| *wait != waits[0]), "{waits:?}");
    }

    #[test]
    fn the_partners_wait_is_obeyed_in_full_even_where_it_is_longer_than_ours_may_be() {
        let wanted = seconds(600);
        for wait in waits(1, Some(wanted)) {
            assert!(
                (wanted..=wanted.mul_f64(1.0 + PARTNER_JITTER)).contains(&wait),
                "{wait:?}"
            );
        }
    }

    #[test]
    fn a_partner_who_wants_less_does_not_shorten_our_wait() {
        for wait in waits(5, Some(seconds(2))) {
            assert!(wait >= seconds(16), "{wait:?}");
        }
    }

    #[test]
    fn the_last_attempt_is_made_at_the_horizon() {
        let horizon = NOW.plus(seconds(10));
        assert_eq!(next_due(&policy(), 7, None, NOW, horizon), Some(horizon));
        assert_eq!(
            next_due(&policy(), 7, Some(seconds(10)), NOW, horizon),
            Some(horizon)
        );
    }

    #[test]
    fn nothing_is_tried_beyond_the_horizon() {
        let horizon = NOW.plus(seconds(10));
        assert_eq!(next_due(&policy(), 1, Some(seconds(11)), NOW, horizon), None);
        for now in [horizon, horizon.plus(seconds(1))] {
            assert_eq!(next_due(&policy(), 1, None, now, horizon), None);
        }
    }
}
