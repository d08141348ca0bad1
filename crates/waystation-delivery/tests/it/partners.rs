//! Partners that want to be left alone, that are dead, that hang.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use waystation_delivery::Outcome;
use waystation_queue::{Clock, Millis, Stage, State};

use crate::support::{Bench, HASTY, Partner, Reaction, config, eventually, example, head, ids, track};

fn alone() -> String {
    HASTY.replace("linger = \"50ms\"", "size = 1")
}

#[tokio::test]
async fn a_429_holds_the_whole_connection_for_as_long_as_the_partner_asks() {
    let partner = Partner::deciding(|before, _| match before {
        0 => Reaction::with_headers(429, "retry-after: 1\r\n"),
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
    let record = bench.until_again("m-1").await;
    let State::Waiting { due, .. } = record.summary.state else {
        panic!("it waits");
    };
    let finished_at = record.history[0].report.finished_at;
    assert!(
        due >= finished_at.plus(Duration::from_secs(1)),
        "{due} {finished_at}"
    );
    // What has nothing to do with the first one waits as well.
    bench.send([track("m-2"), track("m-3")]).await;
    bench.until_delivered(3).await;
    let requests = partner.requests();
    assert_eq!(requests.len(), 4);
    for request in &requests[1..] {
        assert!(
            request.at - requests[0].at >= Duration::from_secs(1),
            "{request:?}"
        );
    }
}

#[tokio::test]
async fn a_long_wait_of_the_partner_is_obeyed_in_full_and_nothing_is_leased_in_vain() {
    let partner = Partner::deciding(|_, _| Reaction::with_headers(429, "retry-after: 3600\r\n")).await;
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], &alone())
    ));
    let bench = Bench::with(&config).await;
    bench.send([track("m-1")]).await;
    let record = bench.until_again("m-1").await;
    let State::Waiting { due, .. } = record.summary.state else {
        panic!("it waits");
    };
    let hour = Duration::from_secs(3_600);
    let wait = due.since(record.history[0].report.finished_at);
    assert!(wait >= hour && wait <= hour.mul_f64(1.1), "{wait:?}");
    assert!(bench.connection("crm").guards().ready_at().is_some());

    bench.send([track("m-2")]).await;
    bench.turns().await;
    assert_eq!(partner.requests().len(), 1);
    assert_eq!(bench.queue.depths().await.unwrap()[0].leased, 0);
    assert_eq!(bench.record("m-2").await.summary.rounds, 0);
}

#[tokio::test]
async fn a_wait_until_a_date_counts_from_the_clock_that_is_handed_in() {
    // An hour after the time that the clock shows, and a lifetime after the machine's.
    let until = "retry-after: Tue, 02 Oct 2096 08:06:40 GMT\r\n";
    let now = Millis(4_000_000_000_000);
    let partner = Partner::deciding(move |_, _| Reaction::with_headers(429, until)).await;
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], &alone())
    ));
    let bench = Bench::at(Clock::fixed(now.0), &config).await;
    bench.send([track("m-1")]).await;
    let record = bench.until_again("m-1").await;
    let State::Waiting { due, .. } = record.summary.state else {
        panic!("it waits");
    };
    assert_eq!(record.history[0].report.finished_at, now);
    let wait = due.since(now).as_secs();
    assert!((3_600..=3_960).contains(&wait), "{wait} s");
}

#[tokio::test]
async fn a_wait_beyond_the_horizon_is_waited_for_in_the_queue() {
    for wait in ["retry-after: 18000\r\n", "retry-after: 18446744073709549568\r\n"] {
        let partner = Partner::deciding(move |_, _| Reaction::with_headers(429, wait)).await;
        let config = config(&format!(
            "{}{}",
            head(&partner),
            example("crm", &["trackEvent"], &alone())
        ));
        let bench = Bench::with(&config).await;
        bench.send([track("m-1")]).await;
        let record = bench.until_again("m-1").await;
        let State::Waiting { due, .. } = record.summary.state else {
            panic!("it waits");
        };
        // As long as the whole connection rests at most.
        let waits = due.since(record.history[0].report.finished_at).as_secs();
        assert!((14_400..=15_840).contains(&waits), "{wait}: {waits} s");
        assert_eq!(record.summary.attempts, 1);
    }
}

#[tokio::test]
async fn a_dead_partner_is_left_alone_until_it_is_back() {
    let is_back = Arc::new(AtomicBool::new(false));
    let says = Arc::clone(&is_back);
    let partner = Partner::deciding(move |_, _| match says.load(Ordering::Acquire) {
        true => Reaction::ok(),
        false => Reaction::answer(500, json!({})),
    })
    .await;
    let breaker = "breaker = { enabled = true, consecutive_failures = 3, first_wait = \"400ms\" }";
    let delivery = alone().replace("breaker = { enabled = false }", breaker);
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], &delivery)
    ));
    let bench = Bench::with(&config).await;
    bench
        .send((0..20).map(|number| track(&format!("m-{number}"))))
        .await;
    eventually("the breaker refuses", || async {
        bench.connection("crm").guards().ready_at().is_some()
    })
    .await;
    eventually("nothing is leased", || async {
        bench.queue.depths().await.unwrap()[0].leased == 0
    })
    .await;
    // Three failures, and none of the other seventeen was tried.
    assert_eq!(partner.requests().len(), 3);
    is_back.store(true, Ordering::Release);
    bench.until_delivered(20).await;
    assert_eq!(partner.requests().len(), 23);
}

#[tokio::test]
async fn what_a_dead_partner_is_never_asked_for_ends_with_its_horizon() {
    let partner =
        Partner::deciding(|_, _| Reaction::answer(500, json!({"message": "Down until noon"}))).await;
    let breaker = "breaker = { enabled = true, consecutive_failures = 3, first_wait = \"50s\" }";
    let delivery = alone().replace("breaker = { enabled = false }", breaker)
        + "horizon = \"1s\"\nlongest_return = \"500ms\"\ndeadline = \"500ms\"\n";
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], &delivery)
    ));
    let bench = Bench::with(&config).await;
    let ids = (0..600).map(|number| track(&format!("m-{number}")));
    bench.send(ids).await;
    bench.until("all are dead", |tally| tally.dead == 600).await;
    assert_eq!(partner.requests().len(), 3);
    // It is told once it is on disk.
    eventually("all are told", || async {
        let told = bench.told.of("crm").into_iter();
        let dead = told.filter(|outcome| *outcome == Outcome::Dead(Stage::Delivery));
        dead.count() == 600
    })
    .await;
    let mut untried = 0;
    for record in bench.records().await {
        let State::Dead { at, failure } = record.summary.state else {
            panic!("{record:?}");
        };
        assert!(at >= record.summary.received_at.plus(Duration::from_secs(1)));
        assert!(
            failure
                .held_back
                .unwrap()
                .contains("the time for the delivery is over")
        );
        match record.summary.attempts {
            0 => untried += 1,
            _ => assert_eq!(failure.message, "Down until noon"),
        }
    }
    assert_eq!(untried, 597);
}

#[tokio::test]
async fn a_dead_partner_fills_no_more_than_its_share_and_another_goes_on() {
    let partner = Partner::deciding(|_, request| match request.header("x-workspace-key") {
        "dead-key" => Reaction::answer(500, json!({})),
        _ => Reaction::ok(),
    })
    .await;
    let slow = alone().replace("\"10ms\"", "\"1h\"") + "max_waiting = { deliveries = 5 }\n";
    let text = [
        example("dead", &["trackEvent"], &slow),
        example("well", &["trackEvent"], &alone()),
    ]
    .concat();
    let bench = Bench::with(&config(&format!("{}{text}", head(&partner)))).await;
    for number in 0..8 {
        bench.send([track(&format!("m-{number}"))]).await;
    }
    bench
        .until("the well one has all", |tally| tally.delivered == 8)
        .await;
    let ledger = bench.queue.ledger().await.unwrap();
    let dead = ledger
        .connections
        .iter()
        .find(|tally| tally.connection.as_deref() == Some("dead"));
    let tally = &dead.unwrap().tally;
    assert_eq!((tally.waiting, tally.dead), (5, 3));
}

#[tokio::test]
async fn a_partner_that_hangs_delays_no_other() {
    let partner = Partner::deciding(|_, request| match request.header("x-workspace-key") {
        "slow-key" => Reaction::Hang,
        _ => Reaction::ok(),
    })
    .await;
    let text = [
        example("slow", &["trackEvent"], &alone()),
        example("quick", &["trackEvent"], &alone()),
    ]
    .concat();
    let bench = Bench::with(&config(&format!("{}{text}", head(&partner)))).await;
    bench
        .send((0..50).map(|number| track(&format!("m-{number}"))))
        .await;
    bench
        .until("the quick one has delivered all", |tally| tally.delivered == 50)
        .await;
    assert_eq!(partner.requests_of("quick").len(), 50);
    assert_eq!(bench.tally().await.waiting, 50);
    assert!(!bench.deliveries.shutdown(Duration::from_millis(1)).await);
}

#[tokio::test]
async fn the_events_of_a_user_go_one_after_the_other() {
    // The first attempt of each event of `u-1` fails: without an order, the next one would overtake it.
    let partner = Partner::deciding(|before, _| match before % 2 {
        0 => Reaction::answer(500, json!({})),
        _ => Reaction::ok(),
    })
    .await;
    let delivery = format!("{}ordering = \"user\"\nconcurrency = {{ fixed = 10 }}\n", alone());
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], &delivery)
    ));
    let bench = Bench::with(&config).await;
    bench.send(["m-1", "m-2", "m-3"].map(track)).await;
    bench.until_delivered(3).await;
    let order: Vec<_> = partner.requests().iter().flat_map(ids).collect();
    assert_eq!(order, ["m-1", "m-1", "m-2", "m-2", "m-3", "m-3"]);
}

#[tokio::test]
async fn without_an_order_events_overtake_each_other() {
    let partner = Partner::deciding(|before, _| match before {
        0 => Reaction::answer(500, json!({})),
        _ => Reaction::ok(),
    })
    .await;
    let delivery = alone().replace("10ms", "200ms");
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], &delivery)
    ));
    let bench = Bench::with(&config).await;
    bench.send(["m-1", "m-2"].map(track)).await;
    bench.until_delivered(2).await;
    let order: Vec<_> = partner.requests().iter().flat_map(ids).collect();
    assert_eq!(order, ["m-1", "m-2", "m-1"]);
}

#[tokio::test]
async fn a_rate_limit_spreads_what_comes_at_once() {
    let partner = Partner::willing().await;
    let delivery = format!(
        "{}rate_limit = {{ requests = 10, per = \"1s\", burst = 1 }}\nconcurrency = {{ fixed = 10 }}\n",
        alone()
    );
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], &delivery)
    ));
    let bench = Bench::with(&config).await;
    bench
        .send((0..5).map(|number| track(&format!("m-{number}"))))
        .await;
    bench.until_delivered(5).await;
    let requests = partner.requests();
    // Four gaps of a tenth of a second; the first request may have been on its way a little longer.
    let took = requests[4].at - requests[0].at;
    assert!(took >= Duration::from_millis(350), "{took:?}");
    for record in bench.records().await {
        assert_eq!(record.summary.rounds, 1, "it went back to the queue: {record:?}");
    }
}

#[tokio::test]
async fn a_rest_outlives_a_change_that_has_nothing_to_do_with_it() {
    let partner = Partner::deciding(|_, _| Reaction::with_headers(429, "retry-after: 3600\r\n")).await;
    let text = |delivery: &str| {
        config(&format!(
            "{}{}",
            head(&partner),
            example("crm", &["trackEvent"], delivery)
        ))
    };
    let bench = Bench::with(&text(&alone())).await;
    bench.send([track("m-1")]).await;
    bench.until_again("m-1").await;
    let applied = bench
        .apply(&text(&format!("{}deadline = \"59s\"\n", alone())))
        .await;
    assert_eq!(applied.restarted.len(), 1);
    bench.send_from("web", Clock::System.now(), [track("m-2")]).await;
    assert!(bench.connection("crm").guards().ready_at().is_some());
    bench.turns().await;
    assert_eq!(partner.requests().len(), 1);
}
