//! The retry wrapper around batches: only what failed is sent again.

use std::time::Duration;

use serde_json::{Value, json};
use waystation_kit::{Error, ItemOutcome};
use waystation_runtime::retry::{Verdict, Why};
use waystation_runtime::{BatchOutcome, RetrySettings};

use crate::support::partner::{Partner, Reply};
use crate::support::{Bench, items, statuses, waits};

fn ids() -> [Value; 4] {
    [json!("a"), json!({"no": "text"}), json!("b"), json!("c")]
}

#[tokio::test(start_paused = true)]
async fn only_failed_items_are_sent_again_and_results_keep_their_order() {
    let bench = Bench::new(Partner::in_order([
        Reply::results(&[503, 201, 429]),
        Reply::results(&[400, 503]),
        Reply::results(&[202]),
    ]));
    let report = bench.batch(ids()).await;
    assert_eq!(
        bench.partner.sent(),
        [vec!["a", "b", "c"], vec!["a", "c"], vec!["c"]]
    );
    assert_eq!(statuses(&report), [400, 400, 201, 202]);
    let carried: Vec<usize> = report.attempts.iter().map(|attempt| attempt.items).collect();
    assert_eq!(carried, [3, 2, 1]);
    assert_eq!(
        report.attempts[0].verdict,
        Verdict::RetryItems {
            indices: vec![0, 2],
            after: None,
            why: Why::Status(503)
        }
    );
    let sent: Vec<Option<&str>> = items(&report).iter().map(sent_id).collect();
    assert_eq!(sent, [Some("a"), None, Some("b"), Some("c")]);
}

fn sent_id(item: &ItemOutcome) -> Option<&str> {
    match item {
        ItemOutcome::Success(success) => success.sent["id"].as_str(),
        ItemOutcome::Error(error) => error.sent.as_ref()?["id"].as_str(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_failing_request_for_the_rest_does_not_touch_what_was_delivered() {
    let bench = Bench::new(Partner::in_order([
        Reply::results(&[200, 503, 200]),
        Reply::broken(),
        Reply::status(400),
    ]));
    let report = bench.batch(ids()).await;
    assert_eq!(bench.partner.sent(), [vec!["a", "b", "c"], vec!["b"], vec!["b"]]);
    assert_eq!(statuses(&report), [200, 400, 400, 200]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_fails_as_a_whole_keeps_what_validation_found() {
    let bench = Bench::new(Partner::in_order([
        Reply::status(400).body(json!({"message": "no credit"}))
    ]));
    let report = bench.batch(ids()).await;
    let Ok(BatchOutcome::Failed {
        error: Error::Http(response),
        items,
    }) = &report.result
    else {
        panic!("{:?}", report.result);
    };
    assert_eq!(response.status(), 400);
    let codes: Vec<&str> = items.iter().map(code).collect();
    assert_eq!(
        codes,
        [
            "BAD_REQUEST",
            "PAYLOAD_VALIDATION_FAILED",
            "BAD_REQUEST",
            "BAD_REQUEST"
        ]
    );
}

fn code(item: &ItemOutcome) -> &str {
    match item {
        ItemOutcome::Success(_) => "success",
        ItemOutcome::Error(error) => error.code.as_str(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_wish_for_a_long_wait_hands_back_the_items_with_it() {
    let bench = Bench::new(Partner::in_order([
        Reply::results(&[200, 503, 200]),
        Reply::status(429).header("retry-after", "90"),
    ]));
    let report = bench.batch(ids()).await;
    assert_eq!(statuses(&report), [200, 400, 429, 200]);
    let ItemOutcome::Error(limited) = &items(&report)[2] else {
        panic!("a success")
    };
    assert_eq!(limited.retry_after, Some(Duration::from_secs(90)));
    assert_eq!(waits(&report), [Some(1), None]);
}

#[tokio::test(start_paused = true)]
async fn an_item_without_result_is_no_success() {
    let mut bench = Bench::new(Partner::in_order([Reply::results(&[200, 200])]));
    bench.options.retries = RetrySettings::single_attempt();
    let report = bench.batch(ids()).await;
    assert_eq!(statuses(&report), [200, 400, 200, 500]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_when_no_payload_is_valid() {
    let bench = Bench::new(Partner::in_order([Reply::status(200)]));
    let report = bench.batch([json!({}), json!({})]).await;
    assert_eq!(statuses(&report), [400, 400]);
    assert!(bench.partner.asked().is_empty() && report.attempts.is_empty());
}
