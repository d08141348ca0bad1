//! The order of the layers, told by counting.

use std::num::NonZeroU32;
use std::time::Duration;

use tokio::time::sleep;
use waystation_runtime::guards::{BreakerSettings, RateLimitSettings};
use waystation_runtime::retry::{Attempt, Jitter};
use waystation_runtime::{GuardSettings, RetrySettings};

use crate::support::partner::{Partner, Reply};
use crate::support::{Bench, no_guards, waits};

/// A limit that never frees a place in the course of a test, so that what is left says who has passed.
fn counting() -> GuardSettings {
    GuardSettings {
        rate_limit: Some(RateLimitSettings {
            requests: NonZeroU32::new(10).unwrap(),
            per: Duration::from_hours(10_000),
            burst: NonZeroU32::new(10).unwrap(),
        }),
        ..no_guards()
    }
}

fn passes(bench: &Bench) -> usize {
    10 - bench.guards().state().rate.unwrap().room
}

#[tokio::test(start_paused = true)]
async fn every_attempt_passes_the_limiter_and_all_of_them_are_one_delivery() {
    let bench = Bench::guarded(
        Partner::in_order([Reply::status(429), Reply::status(429), Reply::status(200)]),
        counting(),
    );
    let report = bench.event().await;
    assert!(report.result.is_ok(), "{:?}", report.result);
    assert_eq!(passes(&bench), 3, "the limiter sees each attempt");
    assert_eq!(bench.partner.asked().len(), 3);
    assert_eq!(waits(&report), [Some(1), Some(2), None]);
    assert!(report.attempts.iter().all(Attempt::was_sent));
}

#[tokio::test(start_paused = true)]
async fn a_sleeping_retry_holds_a_place_of_the_connection_but_none_at_the_partner() {
    let bench = Bench::guarded(
        Partner::in_order([
            Reply::status(500),
            Reply::status(200).after(Duration::from_secs(1)),
        ]),
        no_guards(),
    );
    let load = || {
        let state = bench.guards().state();
        (state.under_way, state.in_flight)
    };
    let (report, ()) = tokio::join!(bench.event(), async {
        sleep(Duration::from_millis(500)).await;
        assert_eq!(load(), (1, 0), "asleep");
        sleep(Duration::from_secs(1)).await;
        assert_eq!(load(), (1, 1), "at the partner");
    });
    assert!(report.result.is_ok());
    assert_eq!(load(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn what_the_breaker_refuses_uses_up_nothing_of_the_limits() {
    let settings = GuardSettings {
        breaker: Some(BreakerSettings {
            consecutive_failures: NonZeroU32::MIN,
            first_wait: Duration::from_secs(60),
            jitter: Jitter::None,
            ..BreakerSettings::default()
        }),
        ..counting()
    };
    let mut bench = Bench::guarded(Partner::in_order([Reply::status(500)]), settings);
    bench.options.retries = RetrySettings::single_attempt();
    for _ in 0..3 {
        assert!(bench.event().await.result.is_err());
    }
    assert_eq!((passes(&bench), bench.partner.asked().len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_refreshed_token_is_still_the_same_attempt() {
    let partner = Partner::answering(|_, asked| match (asked.path.as_str(), asked.token.as_str()) {
        ("/token", _) => Reply::tokens("new"),
        (_, "old") => Reply::status(401),
        _ => Reply::status(200),
    });
    let bench = Bench::guarded(partner, counting());
    let report = bench.event().await;
    assert!(report.result.is_ok());
    assert_eq!(report.attempts.len(), 1);
    assert_eq!(
        passes(&bench),
        3,
        "the refused request, the exchange and the second request"
    );
}
