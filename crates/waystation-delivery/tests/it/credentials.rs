//! Connections whose credentials the partner refuses: they pause, and nothing is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use waystation_config::Config;
use waystation_queue::{Clock, Stage, State};

use crate::support::{Bench, HASTY, Partner, Reaction, config, eventually, example, head, track};

/// A partner that refuses the credentials until it is told that they are good.
async fn partner() -> (Partner, Arc<AtomicBool>) {
    let are_good = Arc::new(AtomicBool::new(false));
    let says = Arc::clone(&are_good);
    let partner = Partner::deciding(move |_, _| match says.load(Ordering::Acquire) {
        true => Reaction::ok(),
        false => Reaction::answer(401, json!({"message": "This key was revoked"})),
    })
    .await;
    (partner, are_good)
}

fn text(partner: &Partner, more: &str) -> Config {
    let alone = HASTY.replace("linger = \"50ms\"", "size = 1");
    let delivery = format!("{alone}{more}");
    config(&format!(
        "{}{}",
        head(partner),
        example("crm", &["trackEvent"], &delivery)
    ))
}

fn pausing(partner: &Partner, probe_every: &str) -> Config {
    text(
        partner,
        &format!("credentials_refused = {{ probe_every = \"{probe_every}\" }}\n"),
    )
}

async fn until_paused(bench: &Bench) {
    eventually("the connection is paused", || async {
        let state = bench.connection("crm").guard_state();
        state.credentials_refused.is_some() && state.under_way == 0
    })
    .await;
}

#[tokio::test]
async fn a_revoked_key_costs_one_request_and_no_event() {
    let (partner, _) = partner().await;
    let bench = Bench::with(&pausing(&partner, "1h")).await;
    bench.send([track("m-1")]).await;
    until_paused(&bench).await;
    bench
        .send((2..50).map(|number| track(&format!("m-{number}"))))
        .await;
    let refused = bench.connection("crm").guard_state().credentials_refused.unwrap();
    assert_eq!(
        refused.message,
        "This key was revoked; Failed to refresh the access token: This key was revoked"
    );
    let tally = bench.tally().await;
    assert_eq!((tally.waiting, tally.dead), (49, 0));
    let requests = partner.requests();
    let events = requests.iter().filter(|request| request.path != "/token");
    assert_eq!(events.count(), 1);
    let record = bench.until_again("m-1").await;
    let failure = record.history[0].failure.clone().unwrap();
    assert_eq!(
        (failure.stage, failure.status),
        (Stage::Authentication, Some(401))
    );
}

#[tokio::test]
async fn a_healthy_probe_resumes_the_connection() {
    let (partner, are_good) = partner().await;
    let bench = Bench::with(&pausing(&partner, "20ms")).await;
    bench.send(["m-1", "m-2", "m-3"].map(track)).await;
    eventually("it was probed", || async { partner.requests().len() > 3 }).await;
    assert_eq!(bench.tally().await.waiting, 3);
    are_good.store(true, Ordering::Release);
    bench.until_delivered(3).await;
    assert_eq!(bench.connection("crm").guard_state().credentials_refused, None);
}

#[tokio::test]
async fn a_reload_resumes_the_connection() {
    let (partner, are_good) = partner().await;
    let config = pausing(&partner, "1h");
    let bench = Bench::with(&config).await;
    bench.send([track("m-1")]).await;
    until_paused(&bench).await;
    bench.send([track("m-2")]).await;
    are_good.store(true, Ordering::Release);
    assert_eq!(bench.tally().await.delivered, 0);
    bench.apply(&config).await;
    bench
        .until("what came meanwhile is delivered", |tally| tally.delivered == 1)
        .await;
}

#[tokio::test]
async fn the_horizon_does_not_end_while_the_connection_is_paused() {
    let (partner, are_good) = partner().await;
    let bench = Bench::with(&pausing(&partner, "20ms")).await;
    let long_ago = Clock::System.now().minus(Duration::from_secs(5 * 3_600));
    bench.send_from("web", long_ago, [track("m-1")]).await;
    bench.until_again("m-1").await;
    are_good.store(true, Ordering::Release);
    bench.until_delivered(1).await;
}

/// The standard answer to a revoked refresh token is 400 (RFC 6749 section 5.2): that is no refusal of the event.
#[tokio::test]
async fn a_revoked_refresh_token_pauses_the_connection_and_costs_no_event() {
    let partner = Partner::deciding(|_, request| match request.path.as_str() {
        "/token" => Reaction::answer(400, json!({"error": "invalid_grant"})),
        _ => Reaction::answer(401, json!({"message": "expired"})),
    })
    .await;
    let bench = Bench::with(&pausing(&partner, "1h")).await;
    bench.send([track("m-1"), track("m-2")]).await;
    until_paused(&bench).await;
    let tally = bench.tally().await;
    assert_eq!((tally.waiting, tally.dead), (2, 0));
    let refused = bench.connection("crm").guard_state().credentials_refused.unwrap();
    assert!(
        refused.message.starts_with("expired; Failed to refresh"),
        "{}",
        refused.message
    );
    assert!(refused.message.contains("invalid_grant"), "{}", refused.message);
}

#[tokio::test]
async fn without_a_pause_refused_credentials_are_the_end() {
    let (partner, _) = partner().await;
    let bench = Bench::with(&text(&partner, "credentials_refused = { enabled = false }\n")).await;
    bench.send([track("m-1")]).await;
    bench.until("it is dead", |tally| tally.dead == 1).await;
    let State::Dead { failure, .. } = bench.record("m-1").await.summary.state else {
        panic!("it is dead");
    };
    assert_eq!(failure.stage, Stage::Authentication);
}

async fn settled_with(status: u16, more: &str) -> (u64, u64, usize) {
    let partner = Partner::deciding(move |_, _| Reaction::answer(status, json!({}))).await;
    let slow = "first_return = \"1h\"\n";
    let delivery = format!("{slow}{more}");
    let hasty = HASTY
        .replace("first_return = \"10ms\"\n", "")
        .replace("linger = \"50ms\"", "size = 1");
    let hasty = hasty.replace("attempts = 1", "attempts = 3, first_wait = \"1ms\"");
    let text = format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], &format!("{hasty}{delivery}"))
    );
    let bench = Bench::with(&config(&text)).await;
    bench.send([track("m-1")]).await;
    eventually("a round is over", || async {
        bench.record("m-1").await.summary.rounds > 0
    })
    .await;
    let tally = bench.tally().await;
    (tally.waiting, tally.dead, partner.requests().len())
}

#[tokio::test]
async fn the_operator_says_which_statuses_are_tried_again() {
    assert_eq!(settled_with(404, "").await, (0, 1, 1));
    assert_eq!(settled_with(404, "retry_on = [404]\n").await, (1, 0, 1));
    assert_eq!(settled_with(503, "").await, (1, 0, 3));
    assert_eq!(settled_with(503, "never_retry = [503]\n").await, (0, 1, 1));
}
