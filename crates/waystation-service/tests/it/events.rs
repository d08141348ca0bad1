//! What becomes of events.

use serde_json::{Value, json};
use waystation_testkit::Partner;

use crate::support::{Home, inspector, to, webhook};

#[tokio::test]
async fn an_event_is_taken_and_delivered() {
    let partner = Partner::start().await;
    partner.always_answers(200, json!({}));
    let home = Home::new();
    home.write(&format!("{}{}", to(&partner), webhook("hook", "")));
    let service = home.start().await;
    let answer = service.track("m-1").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    service.until_counted(&[("accepted", 1), ("delivered", 1)]).await;
    let request = partner.assert_sent_once();
    assert_eq!(request.path(), "/hook");
    assert_eq!(
        (&request.json()["messageId"], &request.json()["type"]),
        (&json!("m-1"), &json!("track"))
    );
    service.stop().await;
}

#[tokio::test]
async fn an_event_that_was_taken_before_is_dropped() {
    let home = Home::new();
    home.write(&inspector("see", "delivered"));
    let service = home.start().await;
    for _ in 0..3 {
        assert_eq!(service.track("m-1").await.status, 200);
    }
    service
        .until_counted(&[("accepted", 3), ("delivered", 1), ("skipped", 2)])
        .await;
    assert_eq!(service.ledger().await["skippedByRule"], json!({"duplicate": 2}));
    // It is also known after a restart.
    service.stop().await;
    let service = home.start().await;
    assert_eq!(service.track("m-1").await.status, 200);
    service.until_counted(&[("delivered", 1), ("skipped", 3)]).await;
    service.stop().await;
}

#[tokio::test]
async fn a_connection_that_is_full_refuses_its_own_sources_and_no_other() {
    let home = Home::new();
    let dead = inspector("dead", "unavailable")
        + "sources = [\"web\"]\n[connections.dead.delivery]\nretry = { attempts = 1 }\n"
        + "first_return = \"1h\"\nmax_waiting = { deliveries = 3, when_full = \"refuse\" }\n";
    let well = inspector("well", "delivered") + "sources = [\"app\"]\n";
    home.write(&format!("sources.app.write_keys = [\"other\"]\n{dead}{well}"));
    let service = home.start().await;
    for id in ["m-1", "m-2", "m-3"] {
        assert_eq!(service.track(id).await.status, 200);
    }
    let refused = service.track("m-4").await;
    assert_eq!(
        (refused.status, &refused.body["code"]),
        (503, &json!("QUEUE_FULL"))
    );
    assert_eq!(refused.header("retry-after"), "30");
    let event = json!({"userId": "u-1", "event": "x", "messageId": "m-5", "writeKey": "other"});
    assert_eq!(service.post_without_key("/v1/track", &event).await.status, 200);
    service
        .until_counted(&[("accepted", 4), ("waiting", 3), ("delivered", 1)])
        .await;
    // The store itself is well.
    assert_eq!(service.get("/readyz").await.status, 200);
    let page = service.get("/metrics").await;
    let line = "waystation_refused_events_total{source=\"web\",reason=\"connection_full\"} 1";
    assert!(page.text().contains(line), "{}", page.text());
    service.stop().await;
}

#[tokio::test]
async fn events_that_are_not_valid_are_kept_as_dead_letters() {
    let home = Home::new();
    home.write(&inspector("see", "delivered"));
    let service = home.start().await;
    let batch = json!({"batch": [
        {"type": "track", "event": "x", "userId": "u-1", "messageId": "good"},
        {"type": "track", "event": "x", "messageId": "nobody"},
        {"type": "dance", "userId": "u-1", "messageId": "unknown"},
    ]});
    let answer = service.post("/v1/batch", &batch).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    service.until_counted(&[("delivered", 1), ("dead", 2)]).await;
    let letters = service.get("/admin/v1/dead-letters").await.body;
    let text = letters.to_string();
    assert!(text.contains("nobody") && text.contains("unknown"), "{text}");
    assert_eq!(text.matches("\"stage\":\"ingest\"").count(), 2, "{text}");
    // They are read again, and not replayed as long as they are not valid.
    let filter = json!({"filter": {"stage": "ingest"}});
    let replayed = service.post("/admin/v1/dead-letters/replay", &filter).await;
    assert_eq!(replayed.body, json!({"replayed": 0}));
    let id = &letters["items"][0]["id"];
    let one = service
        .post(&format!("/admin/v1/dead-letters/{id}/replay"), &json!({}))
        .await;
    assert_eq!(one.status, 409, "{one:?}");
    assert!(one.text().contains("is no type of event"), "{one:?}");
    assert_eq!(service.ledger().await["dead"], 2);
    // Corrected and sent again they are taken.
    for (id, user) in [("nobody", "u-1"), ("unknown", "u-2")] {
        let event = json!({"event": "x", "userId": user, "messageId": id});
        assert_eq!(service.post("/v1/track", &event).await.status, 200);
    }
    service
        .until_counted(&[("delivered", 3), ("dead", 2), ("skipped", 0)])
        .await;
    service.stop().await;
}

#[tokio::test]
async fn events_that_were_too_large_are_replayed_when_they_may_be_so_large() {
    let home = Home::new();
    home.write(&format!(
        "ingest.max_event = \"2KiB\"\n{}",
        inspector("see", "delivered")
    ));
    let service = home.start().await;
    let large = json!({"batch": [{"type": "track", "event": "x", "userId": "u-1", "messageId": "large",
        "properties": {"text": "a".repeat(8_000)}}]});
    assert_eq!(service.post("/v1/batch", &large).await.status, 200);
    service.until_counted(&[("dead", 1)]).await;
    service.stop().await;
    home.write(&inspector("see", "delivered"));
    let service = home.start().await;
    let filter = json!({"filter": {"stage": "ingest"}});
    let replayed = service.post("/admin/v1/dead-letters/replay", &filter).await;
    assert_eq!(replayed.body, json!({"replayed": 1}), "{replayed:?}");
    service
        .until_counted(&[("delivered", 1), ("dead", 0), ("purged", 1), ("replayed", 1)])
        .await;
    service.stop().await;
}

#[tokio::test]
async fn skipped_events_are_replayed_by_the_configuration_that_is_in_force_then() {
    let home = Home::new();
    let off = inspector("see", "delivered") + "enabled = false\n";
    home.write(&format!("{}{off}", inspector("other", "delivered")));
    let service = home.start().await;
    for id in ["m-1", "m-2"] {
        assert_eq!(service.track(id).await.status, 200);
    }
    service.until_counted(&[("delivered", 2), ("skipped", 2)]).await;
    let filter = json!({"filter": {"rule": "connection_disabled"}});
    let replay = || async { service.post("/admin/v1/deliveries/replay", &filter).await.body };
    assert_eq!(replay().await, json!({"replayed": 0}));
    home.write(&format!(
        "{}{}",
        inspector("other", "delivered"),
        inspector("see", "delivered")
    ));
    let reloaded = service.post("/admin/v1/reload", &json!({})).await;
    assert_eq!(reloaded.status, 200, "{reloaded:?}");
    assert_eq!(replay().await, json!({"replayed": 2}));
    service.until_counted(&[("delivered", 4), ("skipped", 2)]).await;
    // Each was sent where it had been skipped, once.
    assert_eq!(replay().await, json!({"replayed": 0}));
    assert_eq!(service.ledger().await["accepted"], 6);
    service.stop().await;
}

#[tokio::test]
async fn an_event_that_goes_nowhere_is_skipped_by_a_named_rule() {
    let home = Home::new();
    home.write("");
    let service = home.start().await;
    assert_eq!(service.track("m-1").await.status, 200);
    assert_eq!(
        service.ledger().await["skippedByRule"],
        json!({"no_connection": 1})
    );
    service.stop().await;
}

#[tokio::test]
async fn events_do_not_go_where_their_sender_or_the_person_forbids_it() {
    let home = Home::new();
    let consent = "consent = [\"Advertising\"]\n";
    home.write(&format!("{}{consent}", inspector("see", "delivered")));
    let service = home.start().await;
    let event = json!({"event": "x", "userId": "u-1"});
    let with = |key: &str, value: Value| {
        let mut event = event.clone();
        event[key] = value;
        event
    };
    let refused = with(
        "context",
        json!({"consent": {"categoryPreferences": {"Advertising": false}}}),
    );
    for event in [
        with("integrations", json!({"All": false})),
        with("integrations", json!({"Inspector": false})),
        refused,
        with("integrations", json!({"All": false, "inspector": true})),
    ] {
        assert_eq!(service.post("/v1/track", &event).await.status, 200);
    }
    // What a batch says once holds for each of its events.
    let batch =
        json!({"batch": [{"type": "track", "event": "x", "userId": "u-1"}], "integrations": {"All": false}});
    assert_eq!(service.post("/v1/batch", &batch).await.status, 200);
    service.until_counted(&[("accepted", 5), ("delivered", 1)]).await;
    let rules = json!({"integrations": 3, "consent": 1});
    assert_eq!(service.ledger().await["skippedByRule"], rules);
    let status = service.get("/admin/v1/connections/see").await.body;
    assert_eq!(status["tally"]["skippedByRule"], rules, "{status}");
    service.stop().await;
}

#[tokio::test]
async fn a_full_store_refuses_events_and_says_when_to_come_back() {
    let home = Home::new();
    let full =
        "store.max_size = \"600KiB\"\nstore.full_retry_after = \"7s\"\ndelivery.max_waiting.share = 1.0\n";
    home.write(&format!("{full}{}", inspector("see", "unavailable")));
    let service = home.start().await;
    let mut refused = None;
    for number in 0..60 {
        let event = json!({
            "type": "track", "event": "x", "userId": "u-1", "messageId": format!("m-{number}"),
            "properties": {"ballast": ballast(number)}
        });
        let answer = service.post("/v1/track", &event).await;
        if answer.status != 200 {
            refused = Some((number, answer));
            break;
        }
    }
    let (taken, refused) = refused.expect("the store is full");
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (503, "7".to_owned()),
        "{refused:?}"
    );
    assert!(refused.body.to_string().contains("QUEUE_FULL"), "{refused:?}");
    // What was taken is still there, and what was refused is not.
    assert_eq!(service.ledger().await["accepted"], taken);
    service.stop().await;
}

/// A long text that cannot be compressed to little.
fn ballast(seed: u32) -> Value {
    let digits = (0..4_000_u64).map(|place| {
        let mixed = (place + 1)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .wrapping_add(u64::from(seed));
        format!("{:04x}", mixed >> 48)
    });
    digits.collect::<String>().into()
}

#[tokio::test]
async fn what_is_no_route_is_told_so() {
    let home = Home::new();
    home.write("");
    let service = home.start().await;
    let answer = service.get("/nowhere").await;
    assert_eq!((answer.status, &answer.body["code"]), (404, &json!("NOT_FOUND")));
    service.stop().await;
}
