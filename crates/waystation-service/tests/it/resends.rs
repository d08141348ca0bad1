//! Events that are sent again, and to connections that were added later.

use serde_json::{Value, json};
use waystation_testkit::Partner;

use crate::support::{Home, Running, to, webhook};

/// Begins a resend; its number.
async fn begin(service: &Running, body: Value) -> u64 {
    let answer = service.post("/admin/v1/resends", &body).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    answer.body["id"].as_u64().unwrap()
}

/// Waits for the end of a resend; how it is then.
async fn ended(service: &Running, id: u64) -> Value {
    let path = format!("/admin/v1/resends/{id}");
    service
        .until("the resend has ended", || async {
            service.get(&path).await.body["finishedAt"].is_string()
        })
        .await;
    service.get(&path).await.body
}

async fn reload(service: &Running) {
    let answer = service.post("/admin/v1/reload", &json!({})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

fn got(partner: &Partner, path: &str) -> Vec<Value> {
    let requests = partner.requests().into_iter();
    requests
        .filter(|request| request.path() == path)
        .map(|request| request.json()["messageId"].clone())
        .collect()
}

#[tokio::test]
async fn what_was_delivered_is_sent_again_with_the_ids_that_it_had() {
    let (partner, home) = (Partner::start().await, Home::new());
    partner.always_answers(200, json!({}));
    home.write(&format!("{}{}", to(&partner), webhook("hook", "")));
    let service = home.start().await;
    for id in ["m-1", "m-2", "m-3"] {
        service.track(id).await;
    }
    service.until_counted(&[("delivered", 3)]).await;
    let filter = json!({"connection": "hook", "outcome": "delivered", "messageId": "m-2"});
    let counted = service
        .post("/admin/v1/resends", &json!({"filter": filter, "dryRun": true}))
        .await;
    assert_eq!(
        (counted.status, &counted.body["matching"], &counted.body["exact"]),
        (200, &json!(1), &json!(true)),
        "{counted:?}"
    );
    assert_eq!(got(&partner, "/hook").len(), 3, "nothing was sent");
    let id = begin(&service, json!({"filter": filter})).await;
    let done = ended(&service, id).await;
    assert_eq!(
        (&done["state"], &done["sent"], &done["passedOver"]),
        (&json!("done"), &json!(1), &json!(0)),
        "{done}"
    );
    service.until_counted(&[("accepted", 4), ("delivered", 4)]).await;
    assert_eq!(got(&partner, "/hook"), ["m-1", "m-2", "m-3", "m-2"]);
    // A sender that repeats the event is still found out.
    service.track("m-2").await;
    service.until_counted(&[("delivered", 4), ("skipped", 1)]).await;
    service.stop().await;
}

#[tokio::test]
async fn what_was_skipped_is_sent_once_a_subscription_matches() {
    let (partner, home) = (Partner::start().await, Home::new());
    partner.always_answers(200, json!({}));
    let narrow = webhook("hook", "").replace("type = \"track\"", "event = \"Nothing\"");
    home.write(&format!("{}{narrow}", to(&partner)));
    let service = home.start().await;
    service.track("m-1").await;
    service.until_counted(&[("skipped", 1)]).await;
    let again = json!({"filter": {"connection": "hook", "rule": "no_subscription_matched"}});
    let id = begin(&service, again.clone()).await;
    let done = ended(&service, id).await;
    assert_eq!(
        (&done["sent"], &done["passedOver"]),
        (&json!(0), &json!(1)),
        "{done}"
    );
    home.write(&format!("{}{}", to(&partner), webhook("hook", "")));
    reload(&service).await;
    let id = begin(&service, again).await;
    assert_eq!(ended(&service, id).await["sent"], 1);
    service.until_counted(&[("delivered", 1)]).await;
    assert_eq!(got(&partner, "/hook"), ["m-1"]);
    service.stop().await;
}

#[tokio::test]
async fn a_connection_that_was_added_later_is_filled_stopped_half_way_and_filled_up() {
    let (partner, home) = (Partner::start().await, Home::new());
    partner.always_answers(200, json!({}));
    home.write(&format!("{}{}", to(&partner), webhook("hook", "")));
    let service = home.start().await;
    let names: Vec<String> = (0..40).map(|number| format!("m-{number}")).collect();
    for id in &names {
        service.track(id).await;
    }
    service.until_counted(&[("delivered", 40)]).await;
    home.write(&format!(
        "{}{}{}",
        to(&partner),
        webhook("hook", ""),
        webhook("late", "")
    ));
    reload(&service).await;
    let body = |pace: u32| json!({"filter": {"eventType": "track"}, "to": "late", "perSecond": pace});
    let id = begin(&service, body(10)).await;
    service
        .until("some are sent", || async { !got(&partner, "/late").is_empty() })
        .await;
    let stopped = service
        .post(&format!("/admin/v1/resends/{id}/stop"), &json!({}))
        .await;
    assert_eq!(stopped.status, 200, "{stopped:?}");
    let stopped = ended(&service, id).await;
    let sent = stopped["sent"].as_u64().unwrap();
    assert_eq!(
        (&stopped["state"], &stopped["total"]),
        (&json!("stopped"), &json!(40)),
        "{stopped}"
    );
    assert!((1..40).contains(&sent), "{stopped}");
    // Begun again, it does not repeat what was sent.
    let id = begin(&service, body(1_000)).await;
    let done = ended(&service, id).await;
    assert_eq!(
        (&done["state"], &done["passedOver"], &done["sent"]),
        (&json!("done"), &json!(sent), &json!(40 - sent)),
        "{done}"
    );
    service.until_counted(&[("delivered", 80)]).await;
    let mut late = got(&partner, "/late");
    assert_eq!(late.len(), 40);
    // In the order in which they came, as far as one partner at a time takes them.
    late.sort_by_key(|id| names.iter().position(|name| name == id));
    assert_eq!(late, names);
    assert_eq!(got(&partner, "/hook").len(), 40);
    service.stop().await;
}

#[tokio::test]
async fn what_cannot_be_sent_again_is_told() {
    let (partner, home) = (Partner::start().await, Home::new());
    partner.always_answers(200, json!({}));
    home.write(&format!("{}{}", to(&partner), webhook("hook", "")));
    let service = home.start().await;
    for (body, status, code) in [
        (json!({"filter": {}, "to": "hok"}), 404, "UNKNOWN_CONNECTION"),
        (json!({"filter": {"outcome": "dead"}}), 400, "INVALID_REQUEST"),
        (json!({"filter": {"from": "monday"}}), 400, "INVALID_REQUEST"),
        (json!({"filter": {}, "perSecond": 20_000}), 400, "INVALID_REQUEST"),
        (json!({}), 400, "INVALID_REQUEST"),
    ] {
        let answer = service.post("/admin/v1/resends", &body).await;
        assert_eq!(
            (answer.status, &answer.body["code"]),
            (status, &json!(code)),
            "{body}: {answer:?}"
        );
    }
    assert_eq!(service.get("/admin/v1/resends/7").await.status, 404);
    // The end of the service does not wait for a slow one.
    for id in ["m-1", "m-2", "m-3"] {
        service.track(id).await;
    }
    service.until_counted(&[("delivered", 3)]).await;
    begin(&service, json!({"filter": {}, "perSecond": 1})).await;
    assert_eq!(service.stop().await, waystation_http::Stopped::Clean);
}
