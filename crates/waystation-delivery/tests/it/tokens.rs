//! OAuth tokens that are refreshed, and outlive the process.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::support::{Bench, HASTY, Partner, Reaction, config, eventually, example, head, identify, track};

/// A partner that knows the access tokens `access-2` and `replaced`, and hands out the former for `refresh-1`.
async fn partner() -> Partner {
    Partner::deciding(|_, request| match request.path.as_str() {
        "/token" if request.body.windows(9).any(|part| part == b"refresh-1") => Reaction::answer(
            200,
            json!({"access_token": "access-2", "refresh_token": "refresh-2"}),
        ),
        "/token" => Reaction::answer(400, json!({"error": "invalid_grant"})),
        "/v1/imports" => Reaction::answer(202, json!({"id": "job-1"})),
        "/v1/imports/job-1" => Reaction::answer(200, json!({"id": "job-1", "state": "done"})),
        _ => match request.header("authorization") {
            "Bearer access-2" | "Bearer replaced" => Reaction::ok(),
            _ => Reaction::answer(401, json!({})),
        },
    })
    .await
}

/// Refresh tokens in the order in which they are taken, each with what it is exchanged for.
type Exchanges = &'static [(&'static str, fn() -> Value)];

/// A partner whose refresh tokens are good for one exchange each, and whose access tokens can be made to expire.
struct Rotating {
    partner: Partner,
    valid: Arc<Mutex<String>>,
}

impl Rotating {
    /// Each exchange takes a refresh token and gives what is beside it; exchanges wait at the gate.
    async fn with(exchanges: Exchanges, gate: &Arc<Semaphore>) -> Self {
        let valid = Arc::new(Mutex::new(String::new()));
        let (access, gate, used) = (Arc::clone(&valid), Arc::clone(gate), Mutex::new(0));
        let partner = Partner::deciding(move |_, request| {
            let mut access = access.lock().unwrap();
            if request.path != "/token" {
                let is_valid = request.header("authorization") == format!("Bearer {access}");
                return Reaction::answer(if is_valid { 200 } else { 401 }, json!({}));
            }
            let mut used = used.lock().unwrap();
            let body = String::from_utf8_lossy(&request.body).into_owned();
            match exchanges.get(*used) {
                Some((refresh_token, handed_out)) if body.contains(refresh_token) => {
                    *used += 1;
                    let tokens = handed_out();
                    tokens["access_token"].as_str().unwrap().clone_into(&mut access);
                    Reaction::answer(200, tokens).behind(&gate)
                }
                _ => Reaction::answer(400, json!({"error": "invalid_grant"})),
            }
        })
        .await;
        Self { partner, valid }
    }

    fn expire(&self) {
        self.valid.lock().unwrap().clear();
    }

    fn exchanges(&self) -> usize {
        let requests = self.partner.requests();
        requests.iter().filter(|request| request.path == "/token").count()
    }
}

fn open_gate() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(Semaphore::MAX_PERMITS))
}

async fn the_refresh_token_in_force_outlives_the_process(exchanges: Exchanges) {
    let rotating = Rotating::with(exchanges, &open_gate()).await;
    let config = config(&text(&rotating.partner, "access-1"));
    let bench = Bench::with(&config).await;
    bench.send([track("m-1")]).await;
    bench.until_delivered(1).await;
    rotating.expire();
    bench.send([track("m-2")]).await;
    bench.until_delivered(2).await;
    rotating.expire();

    let bench = bench.restart(&config).await;
    bench.send([track("m-3")]).await;
    bench.until("it is settled", |tally| tally.waiting == 0).await;
    assert_eq!(bench.tally().await.delivered, 3);
    assert_eq!(rotating.exchanges(), 3);
}

#[tokio::test]
async fn a_refresh_token_that_a_later_answer_does_not_repeat_is_used_after_a_restart() {
    the_refresh_token_in_force_outlives_the_process(&[
        (
            "refresh-1",
            || json!({"access_token": "access-2", "refresh_token": "refresh-2"}),
        ),
        ("refresh-2", || json!({"access_token": "access-3"})),
        ("refresh-2", || json!({"access_token": "access-4"})),
    ])
    .await;
}

#[tokio::test]
async fn a_refresh_token_that_a_later_answer_leaves_empty_is_used_after_a_restart() {
    the_refresh_token_in_force_outlives_the_process(&[
        (
            "refresh-1",
            || json!({"access_token": "access-2", "refresh_token": "refresh-2"}),
        ),
        (
            "refresh-2",
            || json!({"access_token": "access-3", "refresh_token": ""}),
        ),
        ("refresh-2", || json!({"access_token": "access-4"})),
    ])
    .await;
}

#[tokio::test]
async fn a_connection_that_is_reloaded_during_a_refresh_uses_its_tokens() {
    let gate = Arc::new(Semaphore::new(0));
    let rotating = Rotating::with(
        &[
            (
                "refresh-1",
                || json!({"access_token": "access-2", "refresh_token": "refresh-2"}),
            ),
            (
                "refresh-2",
                || json!({"access_token": "access-3", "refresh_token": "refresh-3"}),
            ),
        ],
        &gate,
    )
    .await;
    let text = text(&rotating.partner, "access-1");
    let bench = Bench::with(&config(&text)).await;
    bench.send([track("m-1")]).await;
    eventually("a refresh is under way", || async { rotating.exchanges() == 1 }).await;
    let reloaded = config(&text.replace("first_return = \"10ms\"", "first_return = \"20ms\""));
    let applied = bench.apply(&reloaded).await;
    assert_eq!(applied.restarted, ["crm".into()]);
    gate.add_permits(Semaphore::MAX_PERMITS >> 1);
    bench.until_delivered(1).await;
    assert_eq!(rotating.exchanges(), 1);

    rotating.expire();
    bench.send([track("m-2")]).await;
    bench.until("it is settled", |tally| tally.waiting == 0).await;
    assert_eq!(bench.tally().await.delivered, 2);
    assert_eq!(rotating.exchanges(), 2);
}

fn text(partner: &Partner, access_token: &str) -> String {
    let crm = example("crm", &["trackEvent"], HASTY);
    let auth =
        format!("auth = {{ access_token = \"{access_token}\", refresh_token = \"refresh-1\" }}\nsettings =");
    format!("{}{}", head(partner), crm.replacen("settings =", &auth, 1))
}

fn authorizations(partner: &Partner) -> Vec<String> {
    let requests = partner.requests();
    let events = requests.iter().filter(|request| request.path != "/token");
    events
        .map(|request| request.header("authorization").to_owned())
        .collect()
}

#[tokio::test]
async fn refreshed_tokens_are_used_after_a_restart() {
    let partner = partner().await;
    let config = config(&text(&partner, "access-1"));
    let bench = Bench::with(&config).await;
    bench.send([track("m-1")]).await;
    bench.until_delivered(1).await;
    assert_eq!(authorizations(&partner), ["Bearer access-1", "Bearer access-2"]);

    let bench = bench.restart(&config).await;
    bench.send([track("m-2")]).await;
    bench.until_delivered(2).await;
    assert_eq!(authorizations(&partner)[2..], ["Bearer access-2"]);
    // Neither the old token nor the new one is in a record.
    for record in bench.records().await {
        let shown = format!("{:?}", record.history);
        assert!(
            !shown.contains("access-1") && !shown.contains("access-2"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn tokens_that_the_operator_replaces_are_used_in_place_of_refreshed_ones() {
    let partner = partner().await;
    let bench = Bench::with(&config(&text(&partner, "access-1"))).await;
    bench.send([track("m-1")]).await;
    bench.until_delivered(1).await;
    bench.apply(&config(&text(&partner, "replaced"))).await;
    bench.send([track("m-2")]).await;
    bench.until_delivered(2).await;
    assert_eq!(authorizations(&partner)[2..], ["Bearer replaced"]);
}

#[tokio::test]
async fn a_job_is_handed_in_with_tokens_of_its_connection() {
    let partner = partner().await;
    let text = text(&partner, "access-1").replace("trackEvent", "importContacts");
    let bench = Bench::with(&config(&text)).await;
    bench.send([identify("u-1")]).await;
    bench.until_delivered(1).await;
    assert_eq!(authorizations(&partner), ["Bearer access-1", "Bearer access-1"]);
}
