//! Deliveries across changes of the configuration.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::Semaphore;
use waystation_queue::{SkipRule, Stage, State};

use crate::support::{Bench, HASTY, Partner, Reaction, config, eventually, example, head, identify, track};

/// Deliveries that wait for an hour before they are tried again.
fn patient() -> String {
    HASTY
        .replace("10ms", "1h")
        .replace("linger = \"50ms\"", "size = 1")
        + "longest_return = \"1h\"\n"
}

#[tokio::test]
async fn deliveries_of_a_removed_subscription_can_be_replayed_when_it_is_back() {
    let partner = Partner::willing().await;
    let text = |action: &str| config(&format!("{}{}", head(&partner), example("crm", &[action], HASTY)));
    let bench = Bench::with(&text("trackEvent")).await;
    // It is routed by the old configuration and leased under the new one.
    let routing = bench.deliveries.routing();
    bench.apply(&text("upsertContact")).await;
    append_by(&bench, &routing).await;
    bench.until("it is dead", |tally| tally.dead == 1).await;
    let State::Dead { failure, .. } = bench.record("m-1").await.summary.state else {
        panic!("it is dead");
    };
    assert_eq!(failure.stage, Stage::Subscription);
    assert!(failure.message.contains("trackEvent"), "{failure:?}");

    bench.apply(&text("trackEvent")).await;
    assert_eq!(bench.replay().await, 1);
    bench.until_delivered(1).await;
}

#[tokio::test]
async fn deliveries_of_a_removed_connection_can_be_replayed_when_it_is_back() {
    let partner = Partner::willing().await;
    let with = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], HASTY)
    ));
    let bench = Bench::with(&with).await;
    let routing = bench.deliveries.routing();
    let impatient = format!("delivery.removed_connection_wait = \"0s\"\n{}", head(&partner));
    let applied = bench.apply(&config(&impatient)).await;
    assert_eq!(applied.stopped, ["crm".into()]);
    append_by(&bench, &routing).await;
    bench.until("it is dead", |tally| tally.dead == 1).await;
    let State::Dead { failure, .. } = bench.record("m-1").await.summary.state else {
        panic!("it is dead");
    };
    assert_eq!(failure.stage, Stage::Connection);

    let applied = bench.apply(&with).await;
    assert_eq!(applied.started, ["crm".into()]);
    assert_eq!(bench.replay().await, 1);
    bench.until_delivered(1).await;
}

/// Accepts a track event by a routing that is not in force any more.
async fn append_by(bench: &Bench, routing: &waystation_delivery::Routing) {
    let event = track("m-1");
    let now = waystation_queue::Clock::System.now();
    let arrival = waystation_delivery::routing::Arrival {
        received_at: now,
        user: None,
    };
    let new = waystation_queue::NewEvent {
        source: "web".into(),
        message_id: "m-1".to_owned(),
        user: None,
        event_type: None,
        event_name: None,
        received_at: now,
        body: event.to_string().into(),
        deliveries: routing.deliveries("web", &event, arrival),
    };
    bench.queue.append(vec![new]).await.unwrap();
}

#[tokio::test]
async fn a_connection_that_is_switched_off_keeps_what_waits() {
    let partner = Partner::deciding(|before, _| match before {
        0 => Reaction::answer(500, json!({})),
        _ => Reaction::ok(),
    })
    .await;
    let text = |enabled: bool| {
        let crm = example("crm", &["trackEvent"], &patient());
        let crm = crm.replace("destination =", &format!("enabled = {enabled}\ndestination ="));
        config(&format!("{}{crm}", head(&partner)))
    };
    let bench = Bench::with(&text(true)).await;
    bench.send([track("before")]).await;
    bench.until_again("before").await;
    bench.apply(&text(false)).await;
    bench.send([track("meanwhile")]).await;
    let State::Skipped { rule, .. } = bench.record("meanwhile").await.summary.state else {
        panic!("it is skipped");
    };
    assert_eq!(rule, SkipRule::ConnectionDisabled);
    assert_eq!(bench.tally().await.waiting, 1);
    bench.apply(&text(true)).await;
    bench.send([track("after")]).await;
    bench
        .until("the last one is delivered", |tally| tally.delivered == 1)
        .await;
    assert_eq!(bench.tally().await.waiting, 1);
}

#[tokio::test]
async fn connections_that_stay_the_same_are_not_disturbed() {
    let partner = Partner::willing().await;
    let one = example("one", &["trackEvent"], HASTY);
    let two = |delivery: &str| example("two", &["trackEvent"], delivery);
    let text = |two: &str| config(&format!("{}{one}{two}", head(&partner)));
    let bench = Bench::with(&text("")).await;
    let before = bench.connection("one");
    // The same resources, as a reload of the service has them unless the network or the record changed.
    let resources = Arc::new(waystation_delivery::Resources {
        queue: Arc::clone(&bench.queue),
        client: waystation_client::Client::new(waystation_client::ClientConfig::default()).unwrap(),
        record: waystation_config::Record::default(),
        watch: Arc::clone(&bench.told) as _,
    });
    bench.deliveries.apply(&text(""), &resources).await.unwrap();
    assert!(
        !Arc::ptr_eq(&before, &bench.connection("one")),
        "other resources are another connection"
    );
    let before = bench.connection("one");
    let applied = bench
        .deliveries
        .apply(&text(&two(HASTY)), &resources)
        .await
        .unwrap();
    assert_eq!((applied.started, applied.restarted), (vec!["two".into()], vec![]));
    assert!(Arc::ptr_eq(&before, &bench.connection("one")));
    let changed = text(&two(&patient()));
    let applied = bench.deliveries.apply(&changed, &resources).await.unwrap();
    assert_eq!((applied.started, applied.restarted), (vec![], vec!["two".into()]));
}

#[tokio::test]
async fn what_is_under_way_comes_to_its_end_across_a_change() {
    let go = Arc::new(Semaphore::new(0));
    let gate = Arc::clone(&go);
    let partner = Partner::deciding(move |_, _| match gate.try_acquire() {
        Ok(permit) => {
            permit.forget();
            Reaction::ok()
        }
        Err(_) => Reaction::Hang,
    })
    .await;
    let delivery = |deadline: &str| format!("{HASTY}deadline = \"{deadline}\"\n");
    let text = |deadline: &str| {
        config(&format!(
            "{}{}",
            head(&partner),
            example("crm", &["trackEvent"], &delivery(deadline))
        ))
    };
    let bench = Bench::with(&text("400ms")).await;
    bench.send([track("m-1")]).await;
    eventually("the partner is asked", || async { partner.requests().len() == 1 }).await;
    go.add_permits(1);
    let applied = bench.apply(&text("500ms")).await;
    assert_eq!(applied.restarted, ["crm".into()]);
    // The first attempt hangs until its old deadline, then the new dispatcher delivers.
    bench.until_delivered(1).await;
    assert_eq!(bench.record("m-1").await.summary.rounds, 2);
    assert!(bench.deliveries.shutdown(Duration::from_secs(5)).await);
}

#[tokio::test]
async fn each_event_goes_where_it_is_subscribed() {
    let partner = Partner::willing().await;
    let text = [
        example("one", &["trackEvent"], HASTY),
        example("two", &["upsertContact"], HASTY),
    ]
    .concat();
    let bench = Bench::with(&config(&format!("{}{text}", head(&partner)))).await;
    bench.send([track("m-1"), identify("u-1")]).await;
    bench.until_delivered(2).await;
    let skipped = bench.tally().await.skipped;
    assert_eq!(skipped.get(&SkipRule::NoSubscriptionMatched), Some(&2));
    assert_eq!(partner.requests_of("one")[0].path, "/v1/events/batch");
    assert_eq!(partner.requests_of("two")[0].path, "/v1/contacts/batch");
}
