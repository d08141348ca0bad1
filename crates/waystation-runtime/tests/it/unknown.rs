//! Answers that do not say whether the partner took what was sent.

use serde_json::json;
use waystation_kit::Error;
use waystation_runtime::retry::{Verdict, Why};

use crate::support::partner::{Partner, Reply};
use crate::support::{Bench, items, statuses};

fn unclear() -> Partner {
    Partner::in_order([Reply::status(200).body(json!("perhaps"))])
}

#[tokio::test(start_paused = true)]
async fn an_unknown_outcome_has_one_further_try() {
    let bench = Bench::new(unclear());
    let report = bench.event().await;
    let error = report.result.as_ref().unwrap_err();
    assert!(error.action().is_some_and(Error::outcome_is_unknown), "{error:?}");
    assert_eq!(bench.partner.asked().len(), 2);
    let whys: Vec<_> = report
        .attempts
        .iter()
        .map(|attempt| attempt.verdict.why())
        .collect();
    assert_eq!(whys, [Some(Why::UnknownOutcome); 2]);
    assert_eq!(
        report.attempts[1].verdict,
        Verdict::Final {
            why: Why::UnknownOutcome
        }
    );
}

#[tokio::test(start_paused = true)]
async fn tries_of_earlier_calls_count() {
    let mut bench = Bench::new(unclear());
    bench.options.earlier_unknown_outcomes = [1].into();
    assert!(bench.event().await.result.is_err());
    assert_eq!(bench.partner.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn without_further_tries_there_is_one_request() {
    let mut bench = Bench::new(unclear());
    bench.options.unknown_outcome_tries = 0;
    assert!(bench.event().await.result.is_err());
    assert_eq!(bench.partner.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_partner_that_recognises_repetitions_is_asked_as_often_as_after_any_failure() {
    let mut bench = Bench::new(unclear());
    bench.subscribe("refund");
    assert!(bench.event().await.result.is_err());
    assert_eq!(bench.partner.asked().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn an_ordinary_failure_in_between_does_not_renew_the_tries() {
    let perhaps = Reply::status(200).body(json!("perhaps"));
    let bench = Bench::new(Partner::in_order([perhaps.clone(), Reply::status(503), perhaps]));
    assert!(bench.event().await.result.is_err());
    assert_eq!(bench.partner.asked().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn each_item_of_a_batch_has_tries_of_its_own() {
    let bench = Bench::new(Partner::answering(|number, asked| {
        let results = asked.ids.iter().map(|id| match (id.as_str(), number) {
            ("taken", _) => 200,
            ("busy", ..2) => 503,
            ("busy", _) => 200,
            _ => 0,
        });
        Reply::results(&results.collect::<Vec<u16>>())
    }));
    let report = bench.batch([json!("odd"), json!("busy"), json!("taken")]).await;
    let sent: Vec<Vec<String>> = bench.partner.sent();
    assert_eq!(
        sent,
        [vec!["odd", "busy", "taken"], vec!["odd", "busy"], vec!["busy"]]
    );
    assert_eq!(statuses(&report), [502, 200, 200]);
    assert!(items(&report)[0].outcome_is_unknown());
}

/// The partner took the request, so sending it again could only deliver twice.
#[tokio::test(start_paused = true)]
async fn an_item_that_the_action_forgets_is_never_sent_again() {
    let bench = Bench::new(Partner::in_order([Reply::results(&[200])]));
    let report = bench.batch([json!("a"), json!("b")]).await;
    assert_eq!(bench.partner.asked().len(), 1);
    let items = items(&report);
    assert_eq!(items[0].status(), 200);
    assert!(!items[1].is_retryable());
    assert_eq!(items[1].to_node()["errortype"], "MISCOUNTED_RESULTS");
}
