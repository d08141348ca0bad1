//! The form that events have when they go on.

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::harness::Api;

#[tokio::test]
async fn an_event_goes_on_with_its_times_and_without_its_key() {
    let event = Api::default()
        .event(
            "/v1/track",
            json!({
                "userId": "u-1",
                "event": "Order Completed",
                "properties": {"total": 12.5},
                "context": {"library": {"name": "analytics-node", "version": "3.1.0"}},
                "messageId": "node-next-1-uuid",
                "timestamp": "2026-11-22T09:59:58.000Z",
                "sentAt": "2026-11-22T10:00:05.000Z",
                "_metadata": {"nodeVersion": "20.20.2"}
            }),
        )
        .await;
    assert_json_snapshot!(event, @r#"
    {
      "userId": "u-1",
      "event": "Order Completed",
      "properties": {
        "total": 12.5
      },
      "context": {
        "library": {
          "name": "analytics-node",
          "version": "3.1.0"
        }
      },
      "messageId": "node-next-1-uuid",
      "timestamp": "2026-11-22T09:59:53.000Z",
      "sentAt": "2026-11-22T10:00:05.000Z",
      "_metadata": {
        "nodeVersion": "20.20.2"
      },
      "type": "track",
      "originalTimestamp": "2026-11-22T09:59:58.000Z",
      "receivedAt": "2026-11-22T10:00:00.000Z"
    }
    "#);
}

#[tokio::test]
async fn a_bare_event_gets_an_id_a_type_and_times() {
    let api = Api::default();
    let mut event = api.event("/v1/page", json!({"anonymousId": "a-1"})).await;
    let id = event["messageId"].take();
    let id = id.as_str().unwrap();
    assert_eq!(id.strip_prefix("waystation-").map(str::len), Some(26), "{id}");
    assert_eq!(api.events()[0].message_id, id);
    assert_json_snapshot!(event, @r#"
    {
      "anonymousId": "a-1",
      "type": "page",
      "messageId": null,
      "timestamp": "2026-11-22T10:00:00.000Z",
      "receivedAt": "2026-11-22T10:00:00.000Z"
    }
    "#);
}

#[tokio::test]
async fn ids_made_up_differ() {
    let api = Api::default();
    api.post(
        "/v1/batch",
        json!({"batch": vec![json!({"type": "page", "userId": "u"}); 100]}),
    )
    .await;
    let ids: std::collections::HashSet<String> = api.verdicts().into_iter().collect();
    assert_eq!(ids.len(), 100);
}

#[tokio::test]
async fn message_ids_are_texts() {
    let table = [
        (json!("m-1"), Some("m-1")),
        (json!("ä\"\n"), Some("ä\"\n")),
        (json!(42), Some("42")),
        (json!(""), None),
        (json!(null), None),
        (json!({"id": 1}), None),
        (json!(true), None),
    ];
    for (sent, expected) in table {
        let api = Api::default();
        let event = api
            .event("/v1/page", json!({"userId": "u", "messageId": sent}))
            .await;
        let id = event["messageId"].as_str().unwrap();
        match expected {
            Some(expected) => assert_eq!(id, expected),
            None => assert!(id.starts_with("waystation-"), "{id}"),
        }
        assert_eq!(api.events()[0].message_id, id);
    }
}

#[tokio::test]
async fn the_user_is_the_one_known_best() {
    let table = [
        (json!({"userId": "u", "anonymousId": "a"}), Some("u")),
        (json!({"userId": 7, "anonymousId": "a"}), Some("7")),
        (json!({"userId": "", "anonymousId": "a"}), Some("a")),
        (json!({"userId": null}), None),
    ];
    for (sent, expected) in table {
        let api = Api::default();
        api.event("/v1/page", sent.clone()).await;
        assert_eq!(api.events()[0].user.as_deref(), expected, "{sent}");
    }
}

#[tokio::test]
async fn the_text_of_the_event_is_the_event() {
    let api = Api::default();
    let sent = r#"{"userId":"u","properties":{"z":1.10,"big":12345678901234567890,"e":1e2,"a":"\u00e9\/"},"name":"N","writeKey":"shop-key"}"#;
    api.post_raw("/v1/page", sent).await;
    let event = api.events().remove(0);
    let body = std::str::from_utf8(&event.body).unwrap();
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), event.event);
    let untouched = r#"{"userId":"u","properties":{"z":1.10,"big":12345678901234567890,"e":1e2,"a":"\u00e9\/"},"name":"N","type":"page","messageId":"#;
    assert!(body.starts_with(untouched), "{body}");
}

#[tokio::test]
async fn half_an_emoji_loses_no_event() {
    let api = Api::default();
    let answer = api
        .post_raw("/v1/page", r#"{"userId":"u","name":"cut \ud83d"}"#)
        .await;
    assert_eq!(answer.body, json!({"success": true}));
    assert_eq!(api.events()[0].event["name"], "cut \u{FFFD}");
}

#[tokio::test]
async fn an_event_without_anybody_goes_on_with_the_reason() {
    let api = Api::default();
    let answer = api.post("/v1/track", json!({"event": "Order Completed"})).await;
    assert_eq!(answer.body, json!({"success": true}));
    assert_json_snapshot!(api.verdicts(), @r#"
    [
      "no_user_anon_id: The event has neither a userId nor an anonymousId."
    ]
    "#);
}
