//! Batches that the partner refuses as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;
use tokio::time::Instant;
use waystation_kit::ItemOutcome;
use waystation_runtime::retry::{Jitter, Verdict, Why};
use waystation_runtime::{BatchOutcome, RetrySettings, SplitSettings};

use crate::support::partner::{Asked, Partner, Reply};
use crate::support::{Bench, four_attempts, statuses};

fn splitting(requests: u32) -> RetrySettings {
    RetrySettings {
        split: Some(SplitSettings {
            requests: NonZeroU32::new(requests).unwrap(),
        }),
        ..four_attempts()
    }
}

fn bench(partner: Partner, requests: u32) -> Bench {
    let mut bench = Bench::new(partner);
    bench.options.retries = splitting(requests);
    bench
}

fn taken(asked: &Asked) -> Reply {
    Reply::results(&vec![200; asked.ids.len()])
}

/// Refuses a whole request because of any of these.
fn refusing(guilty: &[&'static str]) -> Partner {
    let guilty = guilty.to_vec();
    Partner::answering(move |_, asked| {
        if asked.ids.iter().any(|id| guilty.contains(&id.as_str())) {
            return Reply::status(400).body(json!({"message": "one of them is wrong"}));
        }
        taken(asked)
    })
}

fn ids(ids: &str) -> Vec<serde_json::Value> {
    ids.chars().map(|id| json!(id.to_string())).collect()
}

fn sent(bench: &Bench) -> Vec<String> {
    bench.partner.sent().iter().map(|ids| ids.concat()).collect()
}

#[tokio::test(start_paused = true)]
async fn one_bad_item_does_not_spoil_the_others() {
    let bench = bench(refusing(&["c"]), 50);
    let started = Instant::now();
    let report = bench.batch(ids("abcdefgh")).await;
    assert_eq!(statuses(&report), [200, 200, 400, 200, 200, 200, 200, 200]);
    assert_eq!(sent(&bench), ["abcdefgh", "abcd", "efgh", "ab", "cd", "c", "d"]);
    assert_eq!(started.elapsed(), Duration::ZERO, "there is nothing to wait for");
    let verdicts: Vec<&Verdict> = report.attempts.iter().map(|attempt| &attempt.verdict).collect();
    let split = Verdict::Split {
        why: Why::Status(400),
    };
    let refused = Verdict::Final {
        why: Why::Status(400),
    };
    let delivered = Verdict::Delivered;
    assert_eq!(
        verdicts,
        [
            &split, &split, &delivered, &delivered, &split, &refused, &delivered
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn without_the_setting_nothing_is_split() {
    let bench = Bench::new(refusing(&["c"]));
    let report = bench.batch(ids("abcd")).await;
    assert!(matches!(report.result, Ok(BatchOutcome::Failed { .. })));
    assert_eq!(sent(&bench), ["abcd"]);
}

#[tokio::test(start_paused = true)]
async fn a_single_item_is_final() {
    let bench = bench(refusing(&["a"]), 50);
    let report = bench.batch(ids("a")).await;
    assert!(matches!(report.result, Ok(BatchOutcome::Failed { .. })));
    assert_eq!(sent(&bench), ["a"]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_too_large_goes_out_in_parts_that_fit() {
    let two_at_most = |_, asked: &Asked| match asked.ids.len() {
        0..=2 => taken(asked),
        _ => Reply::status(413),
    };
    let bench = bench(Partner::answering(two_at_most), 50);
    let report = bench.batch(ids("abcdef")).await;
    assert_eq!(statuses(&report), [200; 6]);
    assert_eq!(sent(&bench), ["abcdef", "abc", "def", "ab", "c", "de", "f"]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_too_large_is_split_without_the_setting_and_any_other_is_not() {
    let two_at_most = |_, asked: &Asked| match asked.ids.len() {
        0..=2 => taken(asked),
        _ => Reply::status(413),
    };
    let mut bench = Bench::new(Partner::answering(two_at_most));
    bench.options.retries.split_too_large = true;
    let report = bench.batch(ids("abcd")).await;
    assert_eq!(statuses(&report), [200; 4]);
    assert_eq!(sent(&bench), ["abcd", "ab", "cd"]);

    let mut bench = Bench::new(refusing(&["c"]));
    bench.options.retries.split_too_large = true;
    let report = bench.batch(ids("abcd")).await;
    assert!(matches!(report.result, Ok(BatchOutcome::Failed { .. })));
    assert_eq!(sent(&bench), ["abcd"]);
}

#[tokio::test(start_paused = true)]
async fn the_service_splits_unless_the_action_forbids_it() {
    let by_default = RetrySettings {
        jitter: Jitter::None,
        ..RetrySettings::default()
    };
    for (action, requests) in [("order", vec!["ab", "a", "b"]), ("giftCard", vec!["ab"])] {
        let mut bench = Bench::new(refusing(&["b"]));
        bench.options.retries = by_default;
        bench.subscribe(action);
        bench.batch(ids("ab")).await;
        assert_eq!(sent(&bench), requests, "{action}");
    }
    let mut bench = Bench::new(Partner::answering(|_, asked| match asked.ids.len() {
        1 => Reply::status(200),
        _ => Reply::status(413),
    }));
    bench.options.retries = by_default;
    bench.subscribe("giftCard");
    bench.batch(ids("ab")).await;
    assert_eq!(sent(&bench), ["ab", "a", "b"], "too large is too large");
}

#[tokio::test(start_paused = true)]
async fn refusals_that_cannot_lie_in_an_item_are_not_split() {
    for status in [401, 403, 404, 409] {
        let bench = bench(Partner::in_order([Reply::status(status)]), 50);
        bench.batch(ids("abcd")).await;
        let orders = bench
            .partner
            .asked()
            .iter()
            .filter(|asked| asked.path == "/orders")
            .count();
        assert_eq!(orders, 1, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn items_that_were_refused_one_by_one_are_not_split() {
    let bench = bench(Partner::in_order([Reply::results(&[400, 400, 400])]), 50);
    let report = bench.batch(ids("abc")).await;
    assert_eq!(statuses(&report), [400; 3]);
    assert_eq!(sent(&bench), ["abc"]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_the_action_has_settled_for_all_items_is_split_as_well() {
    let mut bench = bench(refusing(&["b"]), 50);
    bench.subscribe("refund");
    let report = bench.batch(ids("abcd")).await;
    assert_eq!(statuses(&report), [200, 400, 200, 200]);
    assert_eq!(sent(&bench), ["abcd", "ab", "cd", "a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn of_a_mixed_result_the_failures_go_first_and_the_halves_after_them() {
    let partner = Partner::answering(|number, asked| match (number, asked.ids.concat().as_str()) {
        (_, ids) if ids.contains('b') => Reply::status(400),
        (1, "efgh") => Reply::status(503),
        _ => Reply::status(200),
    });
    let mut bench = bench(partner, 50);
    bench.subscribe("refund");
    let report = bench.batch(ids("abcdefgh")).await;
    assert_eq!(statuses(&report), [200, 400, 200, 200, 200, 200, 200, 200]);
    assert_eq!(
        sent(&bench),
        ["abcd", "efgh", "efgh", "ab", "cd", "a", "b"],
        "the first two are one attempt"
    );
}

#[tokio::test(start_paused = true)]
async fn what_the_budget_leaves_open_stays_refused() {
    let bench = bench(refusing(&["a"]), 3);
    let report = bench.batch(ids("abcdefgh")).await;
    assert_eq!(sent(&bench), ["abcdefgh", "abcd", "efgh", "ab"]);
    assert_eq!(statuses(&report), [400, 400, 400, 400, 200, 200, 200, 200]);
}

#[tokio::test(start_paused = true)]
async fn a_failure_on_the_way_is_tried_again_and_splitting_goes_on() {
    let partner = Partner::answering(|number, asked| match number {
        1 => Reply::status(503),
        _ if asked.ids.contains(&"d".to_owned()) => Reply::status(400),
        _ => taken(asked),
    });
    let bench = bench(partner, 50);
    let report = bench.batch(ids("abcd")).await;
    assert_eq!(statuses(&report), [200, 200, 200, 400]);
    assert_eq!(sent(&bench), ["abcd", "ab", "ab", "cd", "c", "d"]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_on_the_way_that_lies_in_no_item_stays_what_it_is() {
    let partner = Partner::answering(|number, asked| match number {
        0 => Reply::status(400),
        1 => Reply::status(403),
        _ => taken(asked),
    });
    let bench = bench(partner, 50);
    let report = bench.batch(ids("abcd")).await;
    assert_eq!(statuses(&report), [403, 403, 200, 200]);
    assert_eq!(sent(&bench), ["abcd", "ab", "cd"]);
}

#[tokio::test(start_paused = true)]
async fn what_a_failing_partner_keeps_from_being_asked_about_goes_back_as_retryable() {
    let partner = Partner::answering(|number, _| match number {
        0 => Reply::status(400),
        1 => Reply::results(&[200, 503]),
        _ => Reply::status(503).header("retry-after", "90"),
    });
    let bench = bench(partner, 50);
    let report = bench.batch(ids("abcd")).await;
    assert_eq!(statuses(&report), [200, 503, 503, 503]);

    let items = Partner::answering(|number, _| match number {
        0 => Reply::status(400),
        _ => Reply::results(&[200, 503]),
    });
    let mut bench = Bench::new(items);
    bench.options.retries = RetrySettings {
        attempts: 1,
        ..splitting(50)
    };
    let report = bench.batch(ids("abcd")).await;
    assert_eq!(statuses(&report), [200, 503, 503, 503]);
}

#[tokio::test(start_paused = true)]
async fn what_the_deadline_keeps_from_being_asked_about_is_not_refused() {
    let partner = Partner::answering(|number, asked| match number {
        0 => Reply::status(400),
        1 => taken(asked),
        _ => Reply::status(400).after(Duration::from_secs(60)),
    });
    let mut bench = bench(partner, 50);
    bench.options.deadline = Some(Duration::from_secs(5));
    let report = bench.batch(ids("abcd")).await;
    assert_eq!(statuses(&report), [200, 200, 408, 408]);
}

/// A batch of some items, some of which are to blame; every so many requests fail for a moment.
#[derive(Debug, Clone)]
struct Trial {
    items: usize,
    guilty: BTreeSet<usize>,
    requests: u32,
    hiccup: Option<usize>,
}

fn trial() -> impl Strategy<Value = Trial> {
    (1_usize..60, 1_u32..150, prop::option::of(4_usize..9)).prop_flat_map(|(items, requests, hiccup)| {
        prop::collection::btree_set(0..items, 0..6).prop_map(move |guilty| Trial {
            items,
            guilty,
            requests,
            hiccup,
        })
    })
}

/// Runs a trial; the results, and the ids of each request with whether it was taken.
fn run(trial: &Trial) -> (Vec<u16>, Vec<(Vec<String>, u16)>) {
    let (guilty, hiccup) = (trial.guilty.clone(), trial.hiccup);
    let answer = move |number: usize, asked: &Asked| {
        if hiccup.is_some_and(|every| number % every == every - 1) {
            return 503;
        }
        let is_guilty = |id: &String| guilty.contains(&id.parse().unwrap());
        if asked.ids.iter().any(is_guilty) { 400 } else { 200 }
    };
    let answers = answer.clone();
    let bench = bench(
        Partner::answering(move |number, asked| match answer(number, asked) {
            200 => taken(asked),
            status => Reply::status(status),
        }),
        trial.requests,
    );
    let executor = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let batch = (0..trial.items).map(|place| json!(place.to_string()));
    let outcome = executor.block_on(bench.batch(batch)).result.unwrap();
    let asked = bench.partner.asked().into_iter().enumerate();
    let asked = asked.map(|(number, asked)| (asked.ids.clone(), answers(number, &asked)));
    let results = outcome.items().unwrap().iter().map(ItemOutcome::status);
    (results.collect(), asked.collect())
}

proptest! {
    #[test]
    fn the_guilty_are_found_and_nothing_is_delivered_twice(trial in trial()) {
        let (results, asked) = run(&trial);
        let refused = asked.iter().filter(|(_, status)| *status != 503).count();
        prop_assert!(refused <= 1 + trial.requests as usize, "{refused} requests");
        let mut delivered: BTreeMap<&str, usize> = BTreeMap::new();
        for (ids, _) in asked.iter().filter(|(_, status)| *status == 200) {
            for id in ids {
                *delivered.entry(id).or_default() += 1;
            }
        }
        prop_assert!(delivered.values().all(|times| *times == 1), "{delivered:?}");
        prop_assert_eq!(results.len(), trial.items);
        for (place, status) in results.iter().enumerate() {
            let is_delivered = delivered.contains_key(place.to_string().as_str());
            prop_assert_eq!(*status == 200, is_delivered, "item {} has {}", place, status);
        }
        // Each bad item costs at most two requests a level.
        let levels = trial.items.next_power_of_two().ilog2() as usize;
        let enough = 2 * levels * trial.guilty.len();
        if trial.hiccup.is_none() && trial.requests as usize >= enough {
            for (place, status) in results.iter().enumerate() {
                let expected = if trial.guilty.contains(&place) { 400 } else { 200 };
                prop_assert_eq!(*status, expected, "item {}", place);
            }
        }
    }
}
