//! The retry wrapper around a single delivery.

use std::time::Duration;

use tokio::time::Instant;
use waystation_kit::Error;
use waystation_kit::NetworkFailure;
use waystation_runtime::RetrySettings;
use waystation_runtime::retry::{Verdict, Why};

use crate::support::partner::{Partner, Reply};
use crate::support::{Bench, four_attempts, waits};

#[tokio::test(start_paused = true)]
async fn two_refusals_are_two_more_attempts_of_one_delivery() {
    let bench = Bench::new(Partner::in_order([
        Reply::status(429),
        Reply::status(429),
        Reply::status(200),
    ]));
    let report = bench.event().await;
    assert!(report.result.is_ok(), "{:?}", report.result);
    assert_eq!(bench.partner.asked().len(), 3);
    assert_eq!(waits(&report), [Some(1), Some(2), None]);
    let numbers: Vec<u32> = report.attempts.iter().map(|attempt| attempt.number).collect();
    assert_eq!(numbers, [1, 2, 3]);
    let limited = Verdict::RetryAll {
        after: None,
        why: Why::Status(429),
    };
    assert_eq!(report.attempts[0].verdict, limited);
    assert_eq!(report.attempts[2].verdict, Verdict::Delivered);
}

#[tokio::test(start_paused = true)]
async fn the_partners_wish_is_obeyed_to_the_second() {
    let busy = Reply::status(503).header("retry-after", "4");
    let bench = Bench::new(Partner::in_order([busy, Reply::status(200)]));
    let started = Instant::now();
    let report = bench.event().await;
    assert_eq!(started.elapsed().as_secs(), 4);
    assert_eq!(waits(&report), [Some(4), None]);
}

#[tokio::test(start_paused = true)]
async fn a_wish_for_a_long_wait_goes_back_to_the_caller() {
    let bench = Bench::new(Partner::in_order(
        [Reply::status(429).header("retry-after", "60")],
    ));
    let report = bench.event().await;
    let wanted = Some(Duration::from_secs(60));
    assert_eq!(bench.partner.asked().len(), 1);
    assert_eq!(
        report.attempts[0].verdict,
        Verdict::RetryAll {
            after: wanted,
            why: Why::Status(429)
        }
    );
    assert_eq!(report.attempts[0].waited, None);
}

#[tokio::test(start_paused = true)]
async fn no_wait_begins_that_would_end_after_the_budget() {
    let mut bench = Bench::new(Partner::in_order([Reply::status(500)]));
    bench.options.retries = RetrySettings {
        budget: Duration::from_secs(6),
        ..four_attempts()
    };
    let started = Instant::now();
    let report = bench.event().await;
    assert_eq!(
        waits(&report),
        [Some(1), Some(2), None],
        "the third wait would be of four seconds"
    );
    assert_eq!(started.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn attempts_are_limited() {
    let bench = Bench::new(Partner::in_order([Reply::broken()]));
    let report = bench.event().await;
    assert_eq!(waits(&report), [Some(1), Some(2), Some(4), None]);
    assert_eq!(
        report.attempts[3].verdict.why(),
        Some(Why::Network(NetworkFailure::ConnectionReset))
    );
}

#[tokio::test(start_paused = true)]
async fn a_single_attempt_is_told_as_well() {
    let mut bench = Bench::new(Partner::in_order([Reply::status(500)]));
    bench.options.retries = RetrySettings::single_attempt();
    let report = bench.event().await;
    assert_eq!(bench.partner.asked().len(), 1);
    assert_eq!(waits(&report), [None]);
    assert_eq!(report.attempts[0].verdict.why(), Some(Why::Status(500)));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_mended_is_not_tried_again() {
    for status in [400, 404, 409, 422, 501] {
        let bench = Bench::new(Partner::in_order([Reply::status(status)]));
        let report = bench.event().await;
        assert_eq!(bench.partner.asked().len(), 1, "status {status}");
        assert_eq!(
            report.attempts[0].verdict,
            Verdict::Final {
                why: Why::Status(status)
            }
        );
        let error = report.result.unwrap_err();
        assert!(matches!(error.action(), Some(Error::Http(response)) if response.status() == status));
    }
}
