//! Connections, subscriptions and sources that somebody pauses by hand.

use serde_json::{Value, json};
use waystation_testkit::Partner;

use crate::support::{Home, Running, to, webhook};

/// A service with two webhooks that get the events of the source `web`, and `app` besides.
async fn service(partner: &Partner, home: &Home) -> Running {
    partner.always_answers(200, json!({}));
    home.write(&format!(
        "sources.app.write_keys = [\"app\"]\n{}{}{}",
        to(partner),
        webhook("hook", ""),
        webhook("other", "")
    ));
    home.start().await
}

/// The ids of the messages that the partner got at this path, in order.
fn got(partner: &Partner, path: &str) -> Vec<Value> {
    let requests = partner.requests().into_iter();
    requests
        .filter(|request| request.path() == path)
        .map(|request| request.json()["messageId"].clone())
        .collect()
}

async fn drive(service: &Running, path: &str, body: Value) -> Value {
    let answer = service.post(&format!("/admin/v1/{path}"), &body).await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.body
}

#[tokio::test]
async fn events_of_a_paused_connection_wait_over_a_restart() {
    let (partner, home) = (Partner::start().await, Home::new());
    let service = service(&partner, &home).await;
    let paused = drive(
        &service,
        "connections/hook/pause",
        json!({"reason": "they move house"}),
    )
    .await;
    assert_eq!(
        (&paused["events"], &paused["reason"]),
        (&json!("wait"), &json!("they move house"))
    );
    service.track("m-1").await;
    service.until_counted(&[("delivered", 1), ("waiting", 1)]).await;
    assert!(got(&partner, "/hook").is_empty());
    let shown = service.get("/admin/v1/connections/hook").await.body;
    assert_eq!(shown["paused"][0]["reason"], "they move house", "{shown}");
    let metrics = service.get("/metrics").await;
    for line in [
        "waystation_paused{connection=\"hook\",subscription=\"\",source=\"\"} 1",
        "waystation_paused{connection=\"other\",subscription=\"\",source=\"\"} 0",
    ] {
        assert!(metrics.text().contains(line), "{line}");
    }
    service.stop().await;
    let service = home.start().await;
    service.track("m-2").await;
    service.until_counted(&[("delivered", 2), ("waiting", 2)]).await;
    assert_eq!(got(&partner, "/other"), ["m-1", "m-2"]);
    let resumed = drive(&service, "connections/hook/resume", json!({})).await;
    assert_eq!(resumed, json!({"resumed": true, "released": 0}));
    service.until_counted(&[("delivered", 4), ("waiting", 0)]).await;
    assert_eq!(got(&partner, "/hook"), ["m-1", "m-2"]);
    assert_eq!(service.get("/admin/v1/pauses").await.body, json!({"pauses": []}));
    service.stop().await;
}

#[tokio::test]
async fn events_of_what_is_paused_can_be_skipped() {
    let (partner, home) = (Partner::start().await, Home::new());
    let service = service(&partner, &home).await;
    drive(&service, "connections/hook/pause", json!({"events": "skip"})).await;
    service.track("m-1").await;
    service.until_counted(&[("delivered", 1), ("skipped", 1)]).await;
    assert_eq!(service.ledger().await["skippedByRule"], json!({"paused": 1}));
    // Pausing again changes what becomes of events.
    drive(&service, "connections/hook/pause", json!({"events": "wait"})).await;
    service.track("m-2").await;
    service
        .until_counted(&[("delivered", 2), ("skipped", 1), ("waiting", 1)])
        .await;
    drive(&service, "connections/hook/resume", json!({})).await;
    drive(&service, "sources/web/pause", json!({"events": "skip"})).await;
    service.track("m-3").await;
    service.until_counted(&[("delivered", 3), ("skipped", 3)]).await;
    assert_eq!(got(&partner, "/hook"), ["m-2"]);
    service.stop().await;
}

#[tokio::test]
async fn a_paused_subscription_does_not_hold_up_the_others() {
    let (partner, home) = (Partner::start().await, Home::new());
    partner.always_answers(200, json!({}));
    let second = "[[connections.hook.subscriptions]]\nname = \"copies\"\naction = \"send\"\nsubscribe = 'type = \"track\"'\n\
                  extend_defaults = true\nmapping = { url = \"https://receiver.example.com/copies\" }\n";
    home.write(&format!("{}{}{second}", to(&partner), webhook("hook", "")));
    let service = home.start().await;
    drive(&service, "connections/hook/subscriptions/copies/pause", json!({})).await;
    for id in ["m-1", "m-2"] {
        service.track(id).await;
    }
    service.until_counted(&[("delivered", 2), ("waiting", 2)]).await;
    assert_eq!(got(&partner, "/hook"), ["m-1", "m-2"]);
    let waiting = service.get("/admin/v1/deliveries?subscription=copies").await.body;
    assert_eq!(waiting["items"][0]["outcome"], "waiting", "{waiting}");
    let resumed = drive(
        &service,
        "connections/hook/subscriptions/copies/resume",
        json!({}),
    )
    .await;
    assert_eq!(resumed, json!({"resumed": true, "released": 2}));
    service.until_counted(&[("delivered", 4)]).await;
    assert_eq!(got(&partner, "/copies"), ["m-1", "m-2"]);
    let unknown = service
        .post("/admin/v1/connections/hook/subscriptions/copis/pause", &json!({}))
        .await;
    assert_eq!(unknown.body["code"], "UNKNOWN_SUBSCRIPTION", "{unknown:?}");
    service.stop().await;
}

#[tokio::test]
async fn what_waited_before_a_pause_is_put_aside_and_goes_on_after_it() {
    let (partner, home) = (Partner::start().await, Home::new());
    let service = service(&partner, &home).await;
    partner.always_answers(503, json!({}));
    service.track("m-1").await;
    service
        .until("both have failed", || async {
            let failed = service.get("/admin/v1/deliveries?failed=true").await.body;
            failed["items"].as_array().is_some_and(|items| items.len() == 2)
        })
        .await;
    drive(&service, "sources/web/pause", json!({"reason": "a bad release"})).await;
    service
        .until("both are told why they wait", || async {
            let waiting = service.get("/admin/v1/deliveries?heldBack=true").await.body;
            waiting
                .to_string()
                .matches("is paused by hand: a bad release")
                .count()
                == 2
        })
        .await;
    partner.always_answers(200, json!({}));
    let resumed = drive(&service, "sources/web/resume", json!({})).await;
    assert_eq!(resumed["released"], 2);
    service.until_counted(&[("delivered", 2), ("waiting", 0)]).await;
    let again = drive(&service, "sources/web/resume", json!({})).await;
    assert_eq!(again, json!({"resumed": false, "released": 0}));
    service.stop().await;
}
