//! What becomes of deliveries that fail.

use std::time::Duration;

use serde_json::json;
use waystation_delivery::Outcome;
use waystation_queue::{Clock, Stage};

use crate::support::{Bench, HASTY, Partner, Reaction, config, detail, eventually, example, head, track};

/// One event at a time.
fn alone() -> String {
    HASTY.replace("linger = \"50ms\"", "size = 1")
}

#[tokio::test]
async fn what_fails_for_now_comes_back_until_it_is_delivered() {
    let partner = Partner::deciding(|before, _| match before {
        0 => Reaction::answer(500, json!({"message": "Not now"})),
        1 => Reaction::Reset,
        _ => Reaction::ok(),
    })
    .await;
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], &alone())
    ));
    let bench = Bench::with(&config).await;
    bench.send([track("m-1")]).await;
    bench.until_delivered(1).await;
    let record = bench.record("m-1").await;
    assert_eq!((record.summary.rounds, record.summary.attempts), (3, 3));
    let failures: Vec<_> = record.history.iter().map(|round| round.failure.clone()).collect();
    let told = |number: usize| {
        failures[number]
            .as_ref()
            .map(|failure| (failure.stage, failure.status))
    };
    assert_eq!(told(0), Some((Stage::Delivery, Some(500))));
    assert_eq!(told(1), Some((Stage::Delivery, Some(503))));
    assert_eq!(failures[0].as_ref().unwrap().message, "Not now");
    assert_eq!(failures[2], None);
    // Told after it is on disk.
    eventually("all is told", || async { bench.told.of("crm").len() == 3 }).await;
    assert_eq!(
        bench.told.of("crm"),
        [Outcome::Again, Outcome::Again, Outcome::Delivered]
    );
}

#[tokio::test]
async fn what_is_refused_is_dead_and_can_be_replayed() {
    let partner = Partner::deciding(|before, _| match before {
        0 => Reaction::answer(403, json!({"message": "Not you"})),
        _ => Reaction::ok(),
    })
    .await;
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], &alone())
    ));
    let bench = Bench::with(&config).await;
    bench.send([track("m-1")]).await;
    bench.until("it is dead", |tally| tally.dead == 1).await;
    eventually("it is told", || async { !bench.told.of("crm").is_empty() }).await;
    assert_eq!(bench.told.of("crm"), [Outcome::Dead(Stage::Delivery)]);
    assert_eq!(bench.replay().await, 1);
    bench.until_delivered(1).await;
}

#[tokio::test]
async fn past_its_horizon_a_delivery_has_one_round_and_no_second() {
    let partner = Partner::deciding(|_, _| Reaction::answer(500, json!({}))).await;
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], &alone())
    ));
    let bench = Bench::with(&config).await;
    // It came while nobody delivered, and longer ago than the horizon, which is four hours.
    let long_ago = Clock::System.now().minus(Duration::from_secs(5 * 3_600));
    bench.send_from("web", long_ago, [track("m-1")]).await;
    bench.until("it is dead", |tally| tally.dead == 1).await;
    assert_eq!(partner.requests().len(), 1);
    let record = bench.record("m-1").await;
    assert_eq!(record.summary.rounds, 1);
}

#[tokio::test]
async fn a_panic_of_a_destination_is_a_failure_of_the_delivery_alone() {
    let partner = Partner::willing().await;
    let text = format!(
        "{}[connections.odd]\ndestination = \"faulty\"\n[[connections.odd.subscriptions]]\naction = \"stumble\"\n\
         [connections.odd.delivery]\n{HASTY}",
        head(&partner)
    );
    let bench = Bench::with(&config(&text)).await;
    bench.send([track("m-1")]).await;
    bench.until_delivered(1).await;
    let record = bench.record("m-1").await;
    assert_eq!(record.summary.rounds, 2);
    let failure = record.history[0].failure.as_ref().unwrap();
    assert_eq!(
        (failure.stage, failure.message.as_str()),
        (Stage::Delivery, "The destination panicked")
    );
    assert!(bench.deliveries.is_healthy());
}

#[tokio::test]
async fn a_partner_that_hangs_costs_no_more_than_the_deadline() {
    let partner = Partner::deciding(|before, _| match before {
        0 => Reaction::Hang,
        _ => Reaction::ok(),
    })
    .await;
    let delivery = format!("{}deadline = \"200ms\"\n", alone());
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], &delivery)
    ));
    let bench = Bench::with(&config).await;
    bench.send([track("m-1")]).await;
    bench.until_delivered(1).await;
    let record = bench.record("m-1").await;
    assert_eq!(record.summary.rounds, 2);
    // The request that hung is in the record.
    let detail = detail(&record.history[0]);
    assert_eq!(detail["exchanges"].as_array().map(Vec::len), Some(1), "{detail}");
}
