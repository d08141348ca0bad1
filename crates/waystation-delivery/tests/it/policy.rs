//! Settings of a connection that have no place elsewhere: each of them makes a difference.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use waystation_queue::State;

use crate::support::{Bench, HASTY, Partner, Reaction, config, eventually, example, head, ids, track};

async fn bench(partner: &Partner, delivery: &str) -> Bench {
    let text = format!("{}{}", head(partner), example("crm", &["trackEvent"], delivery));
    Bench::with(&config(&text)).await
}

fn alone() -> String {
    HASTY.replace("linger = \"50ms\"", "size = 1")
}

/// The wait after the first round of an event that the partner refuses for now.
async fn first_wait(delivery: &str) -> Duration {
    let partner = Partner::deciding(|_, _| Reaction::answer(500, json!({}))).await;
    let bench = bench(&partner, delivery).await;
    bench.send([track("m-1")]).await;
    let record = bench.until_again("m-1").await;
    let State::Waiting { due, .. } = record.summary.state else {
        panic!("it waits");
    };
    due.since(record.history[0].report.finished_at)
}

#[tokio::test]
async fn first_return_is_the_first_wait_in_the_queue() {
    let wait = first_wait(&alone().replace("\"10ms\"", "\"60s\"")).await;
    assert!((60..=90).contains(&wait.as_secs()), "{wait:?}");
}

#[tokio::test]
async fn the_horizon_ends_all_rounds() {
    let partner = Partner::deciding(|_, _| Reaction::answer(500, json!({}))).await;
    let short = "horizon = \"300ms\"\nlongest_return = \"50ms\"\ndeadline = \"200ms\"\n";
    let bench = bench(&partner, &format!("{}{short}", alone())).await;
    bench.send([track("m-1")]).await;
    bench.until("it is dead", |tally| tally.dead == 1).await;
    let record = bench.record("m-1").await;
    assert!(record.summary.rounds > 1, "{record:?}");
    // Its last round was not before the horizon.
    let last = record.history.last().unwrap().report.finished_at;
    assert!(
        last >= record.summary.received_at.plus(Duration::from_millis(300)),
        "{record:?}"
    );
}

#[tokio::test]
async fn attempts_in_process_belong_to_one_round() {
    let partner = Partner::deciding(|before, _| match before {
        0 => Reaction::answer(500, json!({})),
        _ => Reaction::ok(),
    })
    .await;
    let delivery = alone().replace("{ attempts = 1 }", "{ attempts = 2, first_wait = \"1ms\" }");
    let bench = bench(&partner, &delivery).await;
    bench.send([track("m-1")]).await;
    bench.until_delivered(1).await;
    let summary = bench.record("m-1").await.summary;
    assert_eq!((summary.rounds, summary.attempts), (1, 2));
}

#[tokio::test]
async fn batches_are_no_larger_than_their_size() {
    let partner = Partner::willing().await;
    let bench = bench(&partner, &HASTY.replace("linger", "size = 2, linger")).await;
    bench.send(["m-1", "m-2", "m-3"].map(track)).await;
    bench.until_delivered(3).await;
    let mut sizes: Vec<_> = partner
        .requests()
        .iter()
        .map(|request| ids(request).len())
        .collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 2]);
}

#[tokio::test]
async fn batches_have_no_more_bytes_than_they_may() {
    let partner = Partner::willing().await;
    let bench = bench(&partner, &HASTY.replace("linger", "bytes = \"5KiB\", linger")).await;
    let large = |number: usize| {
        let mut event = track(&format!("m-{number}"));
        event["properties"] = json!({"note": "n".repeat(2_000)});
        event
    };
    bench.send((0..6).map(large)).await;
    bench.until_delivered(6).await;
    let sizes: Vec<_> = partner
        .requests()
        .iter()
        .map(|request| ids(request).len())
        .collect();
    assert_eq!(sizes, [2, 2, 2]);
}

/// What a partner that takes so many events at a time is asked.
async fn asked_of_a_partner_that_takes(most: usize, status: u16, delivery: &str) -> Vec<usize> {
    let partner = Partner::deciding(move |_, request| match ids(request).len() {
        count if count <= most => Reaction::ok(),
        _ => Reaction::answer(status, json!({"message": "no"})),
    })
    .await;
    let bench = bench(&partner, delivery).await;
    bench
        .send((0..4).map(|number| track(&format!("m-{number}"))))
        .await;
    bench.until("nothing waits", |tally| tally.waiting == 0).await;
    partner
        .requests()
        .iter()
        .map(|request| ids(request).len())
        .collect()
}

#[tokio::test]
async fn a_batch_that_is_too_large_goes_out_in_halves_whatever_the_settings_say() {
    let off = format!("{HASTY}split = {{ enabled = false }}\n");
    for delivery in [HASTY, &off] {
        assert_eq!(asked_of_a_partner_that_takes(2, 413, delivery).await, [4, 2, 2]);
    }
}

#[tokio::test]
async fn a_batch_that_is_refused_goes_out_in_halves_unless_that_is_switched_off() {
    assert_eq!(asked_of_a_partner_that_takes(2, 400, HASTY).await, [4, 2, 2]);
    let off = format!("{HASTY}split = {{ enabled = false }}\n");
    assert_eq!(asked_of_a_partner_that_takes(2, 400, &off).await, [4]);
}

#[tokio::test]
async fn a_batch_waits_for_others_as_long_as_it_may_linger() {
    let partner = Partner::willing().await;
    let bench = bench(
        &partner,
        &HASTY.replace("linger = \"50ms\"", "size = 2, linger = \"1h\""),
    )
    .await;
    bench.send([track("m-1")]).await;
    eventually("it is leased", || async {
        bench.queue.depths().await.unwrap()[0].leased == 1
    })
    .await;
    assert!(partner.requests().is_empty());
    bench.send([track("m-2")]).await;
    bench.until_delivered(2).await;
    assert_eq!(partner.requests().len(), 1);
}

#[tokio::test]
async fn batch_keys_keep_events_apart() {
    let partner = Partner::willing().await;
    let bench = bench(&partner, &HASTY.replace("linger", "keys = [\"name\"], linger")).await;
    let mut other = track("other");
    other["event"] = json!("Order Cancelled");
    bench.send([track("m-1"), other, track("m-2")]).await;
    bench.until_delivered(3).await;
    let mut batches: Vec<_> = partner.requests().iter().map(ids).collect();
    batches.sort();
    assert_eq!(batches, [vec!["m-1", "m-2"], vec!["other"]]);
}

/// The most requests of ten that are at the partner at once, which answers after a moment.
async fn most_at_once(delivery: &str, expected: usize) -> usize {
    let (at_once, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = (Arc::clone(&at_once), Arc::clone(&most));
    let partner = Partner::deciding(move |_, _| {
        let now = counted.0.fetch_add(1, Ordering::AcqRel) + 1;
        counted.1.fetch_max(now, Ordering::AcqRel);
        Reaction::Hang
    })
    .await;
    let bench = bench(&partner, delivery).await;
    bench
        .send((0..10).map(|number| track(&format!("m-{number}"))))
        .await;
    eventually("the partner is asked", || async {
        at_once.load(Ordering::Acquire) >= expected
    })
    .await;
    bench.turns().await;
    bench.deliveries.shutdown(Duration::from_millis(1)).await;
    most.load(Ordering::Acquire)
}

#[tokio::test]
async fn no_more_requests_are_at_the_partner_than_it_takes() {
    assert_eq!(
        most_at_once(&format!("{}concurrency = {{ fixed = 3 }}\n", alone()), 3).await,
        3
    );
    assert_eq!(
        most_at_once(&format!("{}concurrency = {{ start = 2 }}\n", alone()), 2).await,
        2
    );
}

#[tokio::test]
async fn no_more_deliveries_are_under_way_than_are_admitted() {
    let delivery = format!("{}concurrency = {{ fixed = 10 }}\nadmission = 4\n", alone());
    assert_eq!(most_at_once(&delivery, 4).await, 4);
}

#[tokio::test]
async fn the_budget_for_retries_sends_deliveries_back_to_the_queue() {
    let partner = Partner::deciding(|_, _| Reaction::answer(500, json!({}))).await;
    let delivery = alone()
        .replace(
            "{ attempts = 1 }",
            "{ attempts = 4, first_wait = \"1ms\", jitter = false }",
        )
        .replace("\"10ms\"", "\"1h\"")
        + "longest_return = \"1h\"\nretry_budget = { share = 0.0, floor_per_second = 0 }\n";
    let bench = bench(&partner, &delivery).await;
    bench.send([track("m-1")]).await;
    bench.until_again("m-1").await;
    assert_eq!(partner.requests().len(), 1, "there was no budget for a retry");
}

#[tokio::test]
async fn a_429_without_a_time_has_the_connection_rest() {
    let partner = Partner::deciding(|_, _| Reaction::answer(429, json!({}))).await;
    let delivery = alone().replace("without_hint = \"0s\"", "without_hint = \"1h\"");
    let bench = bench(&partner, &delivery).await;
    bench.send([track("m-1")]).await;
    bench.until_again("m-1").await;
    assert!(bench.connection("crm").guards().ready_at().is_some());
}
