//! What is metered are the requests that leave, however many a delivery makes.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::sleep;
use waystation_kit::{Error, ItemOutcome};
use waystation_runtime::guards::{BreakerSettings, ConcurrencySettings, HoldSettings, RateLimitSettings};
use waystation_runtime::{GuardSettings, RetrySettings};

use crate::support::partner::{Partner, Reply};
use crate::support::{Bench, items, no_guards, statuses};

fn one_every(seconds: u64) -> GuardSettings {
    GuardSettings {
        rate_limit: Some(RateLimitSettings {
            requests: NonZeroU32::MIN,
            per: Duration::from_secs(seconds),
            burst: NonZeroU32::MIN,
        }),
        ..no_guards()
    }
}

/// A connection whose batches make a request for each item.
fn one_by_one(partner: Partner, settings: GuardSettings) -> Bench {
    let mut bench = Bench::guarded(partner, settings);
    bench.subscribe("parcel");
    bench
}

fn ids(count: usize) -> Vec<Value> {
    (0..count).map(|id| json!(id.to_string())).collect()
}

/// The seconds at which the partner was asked.
fn seconds(bench: &Bench) -> Vec<u64> {
    let asked = bench.partner.asked();
    asked.iter().map(|one| (one.at - asked[0].at).as_secs()).collect()
}

#[tokio::test(start_paused = true)]
async fn each_of_five_requests_of_a_batch_counts_for_the_rate_limit() {
    let bench = one_by_one(Partner::in_order([Reply::status(200)]), one_every(1));
    let report = bench.batch(ids(5)).await;
    assert_eq!(statuses(&report), [200; 5]);
    assert_eq!(seconds(&bench), [0, 1, 2, 3, 4]);
    assert_eq!(report.attempts.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_has_begun_waits_for_its_further_requests_as_long_as_its_caller() {
    let mut bench = one_by_one(Partner::in_order([Reply::status(200)]), one_every(20));
    bench.options.deadline = Some(Duration::from_secs(50));
    bench.options.retries = RetrySettings::single_attempt();
    let report = bench.batch(ids(4)).await;
    assert_eq!(seconds(&bench), [0, 20, 40]);
    let last = &items(&report)[3];
    assert_eq!(
        (last.status(), last.is_retryable()),
        (503, true),
        "its turn comes after the deadline"
    );
    assert_eq!(statuses(&report)[..3], [200; 3]);
}

#[tokio::test(start_paused = true)]
async fn requests_that_a_call_makes_one_after_the_other_need_one_permit_at_a_time() {
    let settings = GuardSettings {
        concurrency: ConcurrencySettings::Fixed {
            limit: NonZeroUsize::MIN,
        },
        ..no_guards()
    };
    let slow = Reply::status(200).after(Duration::from_secs(1));
    let bench = one_by_one(Partner::in_order([slow]), settings);
    let (reports, ()) = tokio::join!(join_all((0..2).map(|_| bench.batch(ids(3)))), async {
        sleep(Duration::from_millis(500)).await;
        assert_eq!(
            bench.guards().room(),
            0,
            "a call between two requests has its place"
        );
    });
    assert!(reports.iter().all(|report| statuses(report) == [200; 3]));
    let most = bench.partner.asked().iter().map(|asked| asked.in_flight).max();
    assert_eq!(most, Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_rest_that_one_request_is_asked_for_holds_the_next_of_the_same_call() {
    let settings = GuardSettings {
        hold: HoldSettings::default(),
        ..no_guards()
    };
    let partner = Partner::in_order([Reply::status(429).header("retry-after", "4"), Reply::status(200)]);
    let mut bench = one_by_one(partner, settings);
    bench.options.retries = RetrySettings::single_attempt();
    let report = bench.batch(ids(3)).await;
    assert_eq!(statuses(&report), [429, 200, 200]);
    assert_eq!(seconds(&bench), [0, 4, 4]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_whose_items_were_held_back_is_no_failure_of_the_partner() {
    let settings = GuardSettings {
        breaker: Some(BreakerSettings {
            consecutive_failures: NonZeroU32::MIN,
            ..BreakerSettings::default()
        }),
        hold: HoldSettings::default(),
        ..no_guards()
    };
    let partner = Partner::in_order([Reply::status(429).header("retry-after", "90"), Reply::status(200)]);
    let mut bench = one_by_one(partner, settings);
    bench.options.retries = RetrySettings::single_attempt();
    bench.event().await;
    let report = bench.batch(ids(2)).await;
    for item in items(&report) {
        let ItemOutcome::Error(error) = item else {
            panic!("it is held back")
        };
        assert_eq!(error.code.as_str(), "HELD");
    }
    assert!(!report.attempts[0].was_sent());
    sleep(Duration::from_secs(90)).await;
    assert!(
        bench.event().await.result.is_ok(),
        "the breaker has not taken it for a failure"
    );
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_turn_when_the_caller_gives_up_sends_nothing() {
    let mut bench = Bench::guarded(Partner::in_order([Reply::status(200)]), one_every(4));
    bench.options.deadline = Some(Duration::from_secs(2));
    let reports = join_all((0..2).map(|_| bench.event())).await;
    let error = reports[1].result.as_ref().unwrap_err();
    assert!(matches!(error.action(), Some(Error::Deadline)), "{error:?}");
    sleep(Duration::from_secs(60)).await;
    assert_eq!(bench.partner.asked().len(), 1);
}
