//! The bound on deliveries of a connection that are under way, and the budget for retries.

use std::num::NonZeroUsize;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;
use waystation_kit::error::NotSent;
use waystation_runtime::guards::{RetryBudgetSettings, Share};
use waystation_runtime::retry::{GaveUp, Why};
use waystation_runtime::{GuardSettings, RetrySettings};

use crate::support::partner::{Partner, Reply};
use crate::support::{Bench, no_guards, not_sent};

fn two_places() -> GuardSettings {
    GuardSettings {
        admission: NonZeroUsize::new(2).unwrap(),
        ..no_guards()
    }
}

fn slow(seconds: u64) -> Partner {
    Partner::in_order([Reply::status(200).after(Duration::from_secs(seconds))])
}

#[tokio::test(start_paused = true)]
async fn deliveries_beyond_the_bound_wait_for_a_place() {
    let bench = Bench::guarded(slow(2), two_places());
    let started = Instant::now();
    let (reports, ()) = tokio::join!(join_all((0..6).map(|_| bench.event())), async {
        tokio::task::yield_now().await;
        assert_eq!((bench.guards().state().under_way, bench.guards().room()), (2, 0));
    });
    assert!(reports.iter().all(|report| report.result.is_ok()));
    assert_eq!(started.elapsed().as_secs(), 6);
    let most = bench.partner.asked().iter().map(|asked| asked.in_flight).max();
    assert_eq!(most, Some(2));
}

#[tokio::test(start_paused = true)]
async fn who_finds_no_place_in_good_time_is_sent_back() {
    let bench = Bench::guarded(slow(4), two_places());
    let reports = join_all((0..6).map(|_| bench.event())).await;
    let (delivered, back): (Vec<_>, Vec<_>) = reports.iter().partition(|report| report.result.is_ok());
    assert_eq!((delivered.len(), back.len()), (4, 2));
    for report in back {
        assert_eq!(not_sent(report), (NotSent::Crowded, 1));
        assert!(report.attempts.is_empty(), "nothing was tried");
    }
    assert_eq!(bench.guards().state().under_way, 0);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_counts_while_a_delivery_stands_in_line() {
    let mut bench = Bench::guarded(slow(4), two_places());
    bench.options.deadline = Some(Duration::from_secs(3));
    let started = Instant::now();
    join_all((0..3).map(|_| bench.event())).await;
    assert_eq!(started.elapsed().as_secs(), 3);
}

/// Retries that a connection makes when all of these deliveries fail.
async fn retries(deliveries: usize, settings: RetryBudgetSettings) -> usize {
    let settings = GuardSettings {
        retry_budget: Some(settings),
        ..no_guards()
    };
    let mut bench = Bench::guarded(Partner::in_order([Reply::status(500)]), settings);
    bench.options.retries = RetrySettings {
        attempts: 2,
        ..bench.options.retries
    };
    let reports = join_all((0..deliveries).map(|_| bench.event())).await;
    for report in &reports {
        let error = report.result.as_ref().unwrap_err();
        assert_eq!(error.status(), Some(500), "the failure goes back as it is");
        assert!(error.is_retryable());
    }
    let spent = reports.iter().filter(|report| {
        let attempt = &report.attempts[0];
        attempt.gave_up == Some(GaveUp::BudgetSpent) && attempt.verdict.why() == Some(Why::Status(500))
    });
    let retries = bench.partner.asked().len() - deliveries;
    assert_eq!(spent.count(), deliveries - retries);
    retries
}

#[tokio::test(start_paused = true)]
async fn retries_are_a_share_of_the_traffic() {
    let settings = |hundredths, floor_per_second| RetryBudgetSettings {
        share: Share::percent(hundredths),
        floor_per_second,
    };
    assert_eq!(retries(200, settings(20, 0)).await, 40);
    assert_eq!(retries(200, settings(50, 0)).await, 100);
    assert_eq!(retries(200, settings(0, 3)).await, 30);
    assert_eq!(retries(5, settings(20, 10)).await, 5);
}
