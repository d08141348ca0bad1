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
