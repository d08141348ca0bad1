//! What the actions of one event note for each other.

use std::time::Duration;

use crate::support::Bench;
use crate::support::partner::{Partner, Reply};

fn paths(bench: &Bench) -> Vec<String> {
    bench
        .partner
        .asked()
        .into_iter()
        .map(|asked| asked.path)
        .collect()
}

#[tokio::test(start_paused = true)]
async fn an_action_that_builds_on_another_runs_after_it_and_finds_what_it_noted() {
    let slow = Partner::answering(|_, _| Reply::status(200).after(Duration::from_secs(1)));
    let bench = Bench::new(slow);
    let reports = bench.event_through(&["company", "order", "customer"]).await;
    let actions: Vec<&str> = reports.iter().map(|report| report.action.as_str()).collect();
    assert_eq!(
        actions,
        ["company", "order", "customer"],
        "in the order of the subscriptions"
    );
    assert!(reports.iter().all(|report| report.result.is_ok()), "{reports:?}");
    assert_eq!(paths(&bench), ["/orders", "/customers", "/companies"]);
    assert_eq!(bench.partner.sent()[2], ["a", "of a"]);
    let asked = bench.partner.asked();
    assert_eq!(asked[0].at, asked[1].at, "what builds on nothing runs at once");
}

#[tokio::test(start_paused = true)]
async fn an_action_without_the_one_that_it_builds_on_says_so() {
    let bench = Bench::new(Partner::in_order([Reply::status(200)]));
    let reports = bench.event_through(&["company"]).await;
    let error = reports[0].result.as_ref().unwrap_err();
    assert_eq!(error.to_string(), "there is no customer");
    assert!(bench.partner.asked().is_empty());
}

#[tokio::test(start_paused = true)]
async fn events_do_not_see_each_others_transactions() {
    let bench = Bench::new(Partner::in_order([Reply::status(200)]));
    assert!(bench.event_through(&["customer"]).await[0].result.is_ok());
    assert!(bench.event_through(&["company"]).await[0].result.is_err());
}
