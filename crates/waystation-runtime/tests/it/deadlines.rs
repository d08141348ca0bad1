//! The caller's end of patience.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use waystation_kit::Error;
use waystation_runtime::retry::{Verdict, Why};

use crate::support::partner::{Partner, Reply};
use crate::support::{Bench, statuses, waits};

#[tokio::test(start_paused = true)]
async fn giving_up_during_a_wait_ends_the_call_at_once() {
    let bench = Bench::new(Partner::in_order([Reply::status(503).header("retry-after", "5")]));
    let cancellation = bench.options.cancellation.clone();
    let started = Instant::now();
    let (report, ()) = tokio::join!(bench.event(), async {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        cancellation.cancel();
    });
    assert_eq!(started.elapsed().as_millis(), 1500);
    assert!(matches!(
        report.result.unwrap_err().action(),
        Some(Error::Aborted)
    ));
    assert_eq!(report.attempts.len(), 1, "no attempt was under way");
    assert_eq!(bench.partner.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_has_given_up_before_gets_no_request_sent() {
    let bench = Bench::new(Partner::in_order([Reply::status(200)]));
    bench.options.cancellation.cancel();
    let report = bench.event().await;
    assert!(matches!(
        report.result.unwrap_err().action(),
        Some(Error::Aborted)
    ));
    assert!(bench.partner.asked().is_empty() && report.attempts.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_deadline_holds_while_a_batch_is_mapped() {
    let mut bench = Bench::new(Partner::in_order([Reply::status(200)]));
    bench.options.deadline = Some(Duration::ZERO);
    let report = bench.batch((0..100).map(|id| json!(id.to_string()))).await;
    assert!(matches!(
        report.result.unwrap_err().action(),
        Some(Error::Deadline)
    ));
    assert!(bench.partner.asked().is_empty() && report.attempts.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_the_deadline_cuts_off_is_told() {
    let slow = Reply::status(200).after(Duration::from_secs(10));
    let mut bench = Bench::new(Partner::in_order([Reply::status(500), slow]));
    bench.options.deadline = Some(Duration::from_secs(3));
    let report = bench.event().await;
    assert!(matches!(
        report.result.as_ref().unwrap_err().action(),
        Some(Error::Deadline)
    ));
    assert_eq!(waits(&report), [Some(1), None]);
    assert_eq!(
        report.attempts[1].verdict,
        Verdict::Final {
            why: Why::Status(408)
        }
    );
    assert_eq!(report.attempts[1].duration.as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_was_delivered_before_the_deadline_stays_delivered() {
    let slow = Reply::results(&[200]).after(Duration::from_secs(10));
    let mut bench = Bench::new(Partner::in_order([Reply::results(&[200, 503, 400]), slow]));
    bench.options.deadline = Some(Duration::from_secs(3));
    let report = bench.batch([json!("a"), json!("b"), json!({}), json!("c")]).await;
    assert_eq!(statuses(&report), [200, 408, 400, 400]);
    assert_eq!(bench.partner.sent(), [vec!["a", "b", "c"], vec!["b"]]);
}

#[tokio::test(start_paused = true)]
async fn what_was_delivered_before_a_refresh_that_hangs_stays_delivered() {
    let partner = Partner::answering(|_, asked| match asked.path.as_str() {
        "/token" => Reply::tokens("new").after(Duration::from_secs(10)),
        _ => Reply::results(&[200, 401, 503]),
    });
    let mut bench = Bench::new(partner);
    bench.options.deadline = Some(Duration::from_secs(3));
    let report = bench.batch([json!("a"), json!("b"), json!("c")]).await;
    assert_eq!(statuses(&report), [200, 408, 408]);
}
