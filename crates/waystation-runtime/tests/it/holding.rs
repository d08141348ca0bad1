//! Limits of the partner: the rest that it asks for, and the rate that was configured.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use tokio::time::{Instant, sleep};
use waystation_kit::error::NotSent;
use waystation_runtime::guards::{ConcurrencySettings, HoldSettings, RateLimitSettings};
use waystation_runtime::retry::GaveUp;
use waystation_runtime::{GuardSettings, RetrySettings};

use crate::support::partner::{Partner, Reply};
use crate::support::{Bench, no_guards, not_sent};

fn holding() -> GuardSettings {
    GuardSettings {
        hold: HoldSettings::default(),
        ..no_guards()
    }
}

/// A partner whose first answer is this one; later it takes everything.
fn first(reply: Reply) -> Partner {
    Partner::in_order([reply, Reply::status(200)])
}

/// The seconds at which the partner was asked, from the first time on.
fn seconds(bench: &Bench) -> Vec<u64> {
    let asked = bench.partner.asked();
    asked.iter().map(|one| (one.at - asked[0].at).as_secs()).collect()
}

#[tokio::test(start_paused = true)]
async fn one_answer_holds_all_deliveries_of_the_connection() {
    let bench = Bench::guarded(first(Reply::status(429).header("retry-after", "4")), holding());
    let (limited, others) = tokio::join!(bench.event(), async {
        sleep(Duration::from_secs(1)).await;
        assert_eq!(bench.guards().room(), 0);
        assert_eq!(bench.guards().state().held_for_ms, Some(3_000));
        join_all((0..5).map(|_| bench.event())).await
    });
    assert!(limited.result.is_ok() && others.iter().all(|report| report.result.is_ok()));
    assert_eq!(seconds(&bench), [0, 4, 4, 4, 4, 4, 4]);
    assert!(
        others.iter().all(|report| report.attempts.len() == 1),
        "waiting is no attempt"
    );
    assert_eq!(bench.guards().state().held_for_ms, None);
}

#[tokio::test(start_paused = true)]
async fn a_long_rest_is_left_to_the_caller_with_its_end() {
    let bench = Bench::guarded(first(Reply::status(429).header("retry-after", "90")), holding());
    let limited = bench.event().await;
    assert_eq!(limited.attempts[0].gave_up, Some(GaveUp::LongWait));
    sleep(Duration::from_secs(30)).await;
    let held = bench.event().await;
    assert_eq!(not_sent(&held), (NotSent::Held, 60));
    assert_eq!(held.attempts.len(), 1);
    let ready_at = bench.guards().ready_at().unwrap();
    assert_eq!((ready_at - Instant::now()).as_secs(), 60);
    tokio::time::sleep_until(ready_at).await;
    assert!(bench.event().await.result.is_ok());
    assert_eq!(seconds(&bench), [0, 90]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_without_a_place_carries_the_wait_to_its_items() {
    let bench = Bench::guarded(first(Reply::status(503).header("retry-after", "90")), holding());
    bench.event().await;
    let report = bench.batch([json!("a"), json!("b")]).await;
    let waystation_runtime::BatchOutcome::Failed { items, .. } = report.result.unwrap() else {
        panic!("sent")
    };
    for item in items {
        let waystation_kit::ItemOutcome::Error(error) = item else {
            panic!("a success")
        };
        assert_eq!((error.status, error.code.as_str()), (503, "HELD"));
        assert_eq!(error.retry_after, Some(Duration::from_secs(90)));
    }
}

#[tokio::test(start_paused = true)]
async fn the_longest_rest_is_a_setting() {
    let mut settings = holding();
    settings.hold.longest = Duration::from_secs(20);
    let bench = Bench::guarded(first(Reply::status(429).header("retry-after", "9000")), settings);
    bench.event().await;
    assert_eq!(not_sent(&bench.event().await), (NotSent::Held, 20));
}

#[tokio::test(start_paused = true)]
async fn who_stands_in_line_when_a_rest_begins_goes_out_after_it() {
    let settings = GuardSettings {
        concurrency: ConcurrencySettings::Fixed {
            limit: NonZeroUsize::MIN,
        },
        ..holding()
    };
    let limited = Reply::status(429)
        .header("retry-after", "3")
        .after(Duration::from_secs(1));
    let mut bench = Bench::guarded(first(limited), settings);
    bench.options.retries = RetrySettings::single_attempt();
    let reports = join_all((0..3).map(|_| bench.event())).await;
    assert_eq!(reports.iter().filter(|report| report.result.is_ok()).count(), 2);
    assert_eq!(seconds(&bench), [0, 4, 4]);
}

fn two_a_second() -> GuardSettings {
    GuardSettings {
        rate_limit: Some(RateLimitSettings::per_second(NonZeroU32::new(2).unwrap())),
        ..no_guards()
    }
}

#[tokio::test(start_paused = true)]
async fn the_rate_limit_spreads_what_is_over_the_burst() {
    let bench = Bench::guarded(first(Reply::status(200)), two_a_second());
    let reports = join_all((0..8).map(|_| bench.event())).await;
    assert!(reports.iter().all(|report| report.result.is_ok()));
    assert_eq!(seconds(&bench), [0, 0, 0, 1, 1, 2, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_the_rate_limit_holds_no_permit() {
    let settings = GuardSettings {
        concurrency: ConcurrencySettings::Fixed {
            limit: NonZeroUsize::MIN,
        },
        ..two_a_second()
    };
    let bench = Bench::guarded(first(Reply::status(200)), settings);
    tokio::join!(join_all((0..4).map(|_| bench.event())), async {
        sleep(Duration::from_millis(100)).await;
        let state = bench.guards().state();
        assert_eq!((state.under_way, state.in_flight), (2, 0));
        assert_eq!(state.rate.unwrap().next_in_ms, 1_400);
    });
}

#[tokio::test(start_paused = true)]
async fn a_long_wait_for_the_rate_limit_is_left_to_the_caller() {
    let bench = Bench::guarded(first(Reply::status(200)), two_a_second());
    let reports = join_all((0..20).map(|_| bench.event())).await;
    let (sent, back): (Vec<_>, Vec<_>) = reports.iter().partition(|report| report.result.is_ok());
    assert_eq!(sent.len(), 12, "two at once, and ten within five seconds");
    assert!(
        back.iter()
            .all(|report| not_sent(report).0 == NotSent::RateLimited)
    );
}

#[tokio::test(start_paused = true)]
async fn after_a_rest_the_rate_limit_still_holds() {
    let settings = GuardSettings {
        hold: HoldSettings::default(),
        ..two_a_second()
    };
    let bench = Bench::guarded(first(Reply::status(429).header("retry-after", "4")), settings);
    let reports = join_all((0..6).map(|_| bench.event())).await;
    assert!(reports.iter().all(|report| report.result.is_ok()), "{reports:?}");
    assert_eq!(seconds(&bench), [0, 4, 4, 4, 5, 5, 6]);
}
