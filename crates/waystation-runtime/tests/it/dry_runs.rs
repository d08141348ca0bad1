//! Dry runs: the answers are made up, so what an action does not find in them is no failure.

use serde_json::json;
use waystation_kit::ItemOutcome;
use waystation_runtime::EventOutcome;
use waystation_runtime::retry::Verdict;

use crate::support::partner::{Partner, Reply};
use crate::support::{Bench, items, statuses};

fn bench(reply: Reply, is_dry_run: bool) -> Bench {
    let mut bench = Bench::new(Partner::in_order([reply]));
    bench.options.is_dry_run = is_dry_run;
    bench
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_understood_is_no_failure_and_nothing_is_tried_again() {
    for (is_dry_run, requests) in [(true, 1), (false, 2)] {
        let bench = bench(Reply::status(200).body(json!("perhaps")), is_dry_run);
        let report = bench.event().await;
        let is_performed = matches!(report.result, Ok(EventOutcome::Performed { .. }));
        assert_eq!(is_performed, is_dry_run, "{:?}", report.result);
        assert_eq!(bench.partner.asked().len(), requests);
        let delivered = report.attempts[0].verdict == Verdict::Delivered;
        assert_eq!(delivered, is_dry_run);
    }
}

#[tokio::test(start_paused = true)]
async fn items_that_the_answer_says_nothing_about_are_no_failures() {
    // Of the second item neither yes nor no, of the third not a word.
    let bench = bench(Reply::results(&[200, 0]), true);
    let ids = [json!("a"), json!("b"), json!("c"), json!({"no": "text"})];
    let report = bench.batch(ids).await;
    assert_eq!(
        statuses(&report),
        [200, 200, 200, 400],
        "what does not fit is refused"
    );
    let ItemOutcome::Success(shown) = &items(&report)[1] else {
        panic!("{:?}", items(&report));
    };
    assert_eq!(shown.sent, json!({"id": "b"}));
    assert_eq!(bench.partner.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_batch_whose_answer_is_not_understood_shows_every_item() {
    let bench = bench(Reply::status(200).body(json!("perhaps")), true);
    let report = bench.batch([json!("a"), json!("b")]).await;
    assert_eq!(bench.partner.sent(), [vec!["a", "b"]]);
    assert_eq!(statuses(&report), [200, 200]);
}
