//! OAuth tokens that are refreshed, and outlive the process.

use serde_json::json;

use crate::support::{Bench, HASTY, Partner, Reaction, config, example, head, identify, track};

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
