//! The breaker, through the whole stack.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep};
use waystation_kit::error::NotSent;
use waystation_kit::{Error, ItemOutcome};
use waystation_runtime::guards::{BreakerSettings, BreakerState, ConcurrencySettings};
use waystation_runtime::retry::{Attempt, GaveUp, Jitter, Why};
use waystation_runtime::{BatchOutcome, GuardSettings, RetrySettings};

use crate::support::partner::{Partner, Reply};
use crate::support::{Bench, items, no_guards, not_sent, waits};

/// Trips at the second failure in a row.
fn settings() -> GuardSettings {
    GuardSettings {
        breaker: Some(BreakerSettings {
            consecutive_failures: NonZeroU32::new(2).unwrap(),
            first_wait: Duration::from_secs(10),
            jitter: Jitter::None,
            ..BreakerSettings::default()
        }),
        ..no_guards()
    }
}

fn failing_until(second: u64) -> Partner {
    let well = Instant::now() + Duration::from_secs(second);
    Partner::answering(move |_, asked| Reply::status(if asked.at < well { 503 } else { 200 }))
}

#[tokio::test(start_paused = true)]
async fn a_failing_partner_is_left_alone_and_found_well_again_by_a_probe() {
    let mut bench = Bench::guarded(failing_until(5), settings());
    bench.options.retries = RetrySettings::single_attempt();
    for _ in 0..2 {
        assert!(bench.event().await.result.is_err());
    }
    let refused = bench.event().await;
    assert_eq!(not_sent(&refused), (NotSent::BreakerRefusing, 10));
    assert!(refused.result.as_ref().unwrap_err().is_retryable());
    let attempt = &refused.attempts[0];
    assert!(!attempt.was_sent(), "a refusal is no attempt at the partner");
    assert_eq!(
        attempt.verdict.why(),
        Some(Why::NotSent(NotSent::BreakerRefusing))
    );
    assert_eq!(attempt.gave_up, Some(GaveUp::Attempts));
    assert_eq!(bench.partner.asked().len(), 2);

    let ready_at = bench.guards().ready_at().unwrap();
    assert_eq!((ready_at - Instant::now()).as_secs(), 10);
    assert_eq!(bench.guards().room(), 0);
    assert_eq!(bench.guards().state().breaker, Some(BreakerState::Refusing));
    tokio::time::sleep_until(ready_at).await;
    assert_eq!((bench.guards().ready_at(), bench.guards().room()), (None, 1));
    assert!(bench.event().await.result.is_ok());
    assert_eq!(bench.guards().state().breaker, Some(BreakerState::Admitting));
}

#[tokio::test(start_paused = true)]
async fn a_short_refusal_is_waited_out_in_process() {
    let mut brief = settings();
    brief.breaker.as_mut().unwrap().first_wait = Duration::from_secs(2);
    let bench = Bench::guarded(failing_until(2), brief);
    let (tripping, refused) = tokio::join!(bench.event(), async {
        sleep(Duration::from_millis(1_500)).await;
        bench.event().await
    });
    assert!(tripping.result.is_ok() && refused.result.is_ok());
    let sent: Vec<bool> = refused.attempts.iter().map(Attempt::was_sent).collect();
    assert_eq!(sent, [false, true]);
    assert_eq!(refused.attempts[0].waited, Some(Duration::from_millis(1_500)));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_in_the_course_of_a_delivery_leaves_the_partners_words() {
    let bench = Bench::guarded(Partner::in_order([Reply::status(503)]), settings());
    let report = bench.event().await;
    let error = report.result.as_ref().unwrap_err().action();
    assert!(
        matches!(error, Some(Error::Http(response)) if response.status() == 503),
        "{error:?}"
    );
    let held_back = Some(Why::NotSent(NotSent::BreakerRefusing));
    assert_eq!(report.attempts[2].verdict.why(), held_back);
    assert_eq!(waits(&report), [Some(1), Some(2), None]);
    assert_eq!(report.attempts[2].gave_up, Some(GaveUp::LongWait));
    assert_eq!(bench.partner.asked().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_item_that_is_held_back_the_second_time_keeps_the_partners_words() {
    let mut touchy = settings();
    touchy.breaker.as_mut().unwrap().consecutive_failures = NonZeroU32::MIN;
    let partner = Partner::answering(|number, _| match number {
        0 => Reply::results(&[200, 500]),
        _ => Reply::status(503),
    });
    let bench = Bench::guarded(partner, touchy);
    // The other delivery trips the breaker while the second item waits.
    let (report, _) = tokio::join!(bench.batch([json!("a"), json!("b")]), async {
        sleep(Duration::from_millis(500)).await;
        bench.event().await
    });
    let statuses: Vec<u16> = items(&report).iter().map(ItemOutcome::status).collect();
    assert_eq!(statuses, [200, 500], "{report:?}");
    assert!(items(&report)[1].is_retryable());
    let held_back = Some(Why::NotSent(NotSent::BreakerRefusing));
    assert_eq!(report.attempts.last().unwrap().verdict.why(), held_back);
}

#[tokio::test(start_paused = true)]
async fn one_probe_goes_out_at_a_time() {
    let slow = |number, _: &_| match number {
        0 | 1 => Reply::status(500),
        _ => Reply::status(200).after(Duration::from_secs(3)),
    };
    let mut bench = Bench::guarded(Partner::answering(slow), settings());
    bench.options.retries = RetrySettings::single_attempt();
    bench.event().await;
    bench.event().await;
    sleep(Duration::from_secs(10)).await;
    let (probe, refused) = tokio::join!(bench.event(), async {
        sleep(Duration::from_secs(1)).await;
        bench.event().await
    });
    assert!(probe.result.is_ok());
    assert_eq!(not_sent(&refused).0, NotSent::BreakerRefusing);
    assert_eq!(bench.partner.asked().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn who_stands_in_line_is_sent_back_when_the_breaker_begins_to_refuse() {
    let one_at_a_time = GuardSettings {
        concurrency: ConcurrencySettings::Fixed {
            limit: NonZeroUsize::MIN,
        },
        ..settings()
    };
    let slow = Reply::status(500).after(Duration::from_secs(1));
    let mut bench = Bench::guarded(Partner::in_order([slow]), one_at_a_time);
    bench.options.retries = RetrySettings::single_attempt();
    let reports = futures_util::future::join_all((0..10).map(|_| bench.event())).await;
    assert_eq!(bench.partner.asked().len(), 2);
    assert!(
        reports[2..]
            .iter()
            .all(|report| not_sent(report).0 == NotSent::BreakerRefusing)
    );
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_a_failure_only_if_no_item_fared_better() {
    for (statuses, state) in [
        ([503, 503], BreakerState::Refusing),
        ([200, 503], BreakerState::Admitting),
        ([400, 503], BreakerState::Admitting),
        ([400, 400], BreakerState::Admitting),
    ] {
        let mut bench = Bench::guarded(Partner::in_order([Reply::results(&statuses)]), settings());
        bench.options.retries = RetrySettings::single_attempt();
        for _ in 0..2 {
            bench.batch([json!("a"), json!("b")]).await;
        }
        assert_eq!(bench.guards().state().breaker, Some(state), "{statuses:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn our_own_lack_of_descriptors_does_not_open_the_breaker() {
    for is_batch in [false, true] {
        let partner = Partner::answering(|number, _| match number {
            0..6 => Reply::without_descriptors(),
            _ => Reply::results(&[200]),
        });
        let mut bench = Bench::guarded(partner, settings());
        bench.options.retries = RetrySettings::single_attempt();
        for _ in 0..6 {
            if is_batch {
                let report = bench.batch([json!("a")]).await;
                let Ok(BatchOutcome::Failed { error, items }) = &report.result else {
                    panic!("{:?}", report.result);
                };
                assert!(error.is_retryable() && items[0].is_retryable(), "{items:?}");
            } else {
                let report = bench.event().await;
                assert_eq!(not_sent(&report), (NotSent::OutOfDescriptors, 1));
                assert!(report.result.as_ref().unwrap_err().is_retryable());
            }
            assert_eq!(bench.guards().state().breaker, Some(BreakerState::Admitting));
        }
        match is_batch {
            true => assert!(bench.batch([json!("a")]).await.result.is_ok()),
            false => assert!(bench.event().await.result.is_ok()),
        }
    }
}
