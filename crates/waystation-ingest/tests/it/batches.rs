//! Batches: what their items share, and items that are no events.

use axum::http::StatusCode;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::harness::Api;

/// What becomes of the given parts of the items of a batch.
async fn merged(part: &str, of_batch: Value, of_items: Vec<Value>) -> Vec<Value> {
    let api = Api::default();
    let items: Vec<Value> = of_items
        .into_iter()
        .map(|own| json!({"type": "page", "userId": "u", part: own}))
        .collect();
    let answer = api
        .post("/v1/batch", json!({"batch": items, part: of_batch}))
        .await;
    assert_eq!(answer.body, json!({"success": true}));
    api.events()
        .into_iter()
        .map(|event| event.event[part].clone())
        .collect()
}

#[tokio::test]
async fn the_context_of_the_batch_fills_what_the_item_does_not_say() {
    let of_batch = json!({"device": {"type": "phone", "name": "iPhone"}, "locale": "de", "q\"": 1});
    let of_items = vec![
        json!({"locale": "en", "page": {"url": "/"}}),
        json!({"device": {"id": "d"}, "locale": null, "q\"": 2}),
        json!({}),
        json!(null),
        json!("text"),
    ];
    assert_json_snapshot!(merged("context", of_batch, of_items).await, @r#"
    [
      {
        "locale": "en",
        "page": {
          "url": "/"
        },
        "device": {
          "type": "phone",
          "name": "iPhone"
        },
        "q\"": 1
      },
      {
        "device": {
          "id": "d"
        },
        "locale": null,
        "q\"": 2
      },
      {
        "device": {
          "type": "phone",
          "name": "iPhone"
        },
        "locale": "de",
        "q\"": 1
      },
      {
        "device": {
          "type": "phone",
          "name": "iPhone"
        },
        "locale": "de",
        "q\"": 1
      },
      "text"
    ]
    "#);
}

#[tokio::test]
async fn the_integrations_of_the_batch_fill_what_the_item_does_not_say() {
    let of_batch = json!({"All": false, "Mixpanel": true});
    let of_items = vec![
        json!({"Mixpanel": {"token": "t"}, "Slack": true}),
        json!({"All": true}),
    ];
    assert_json_snapshot!(merged("integrations", of_batch, of_items).await, @r#"
    [
      {
        "Mixpanel": {
          "token": "t"
        },
        "Slack": true,
        "All": false
      },
      {
        "All": true,
        "Mixpanel": true
      }
    ]
    "#);
}

#[tokio::test]
async fn what_is_no_object_is_not_merged() {
    for of_batch in [json!(null), json!([1]), json!("text"), json!({})] {
        let context = merged("context", of_batch, vec![json!({"locale": "en"})]).await;
        assert_eq!(context, [json!({"locale": "en"})]);
    }
}

#[tokio::test]
async fn the_shared_context_says_whether_the_sender_is_the_device() {
    let api = Api::default();
    let items = json!([{"type": "page", "userId": "u"}, {"type": "page", "userId": "u", "context": {"direct": false}}]);
    api.post("/v1/batch", json!({"batch": items, "context": {"direct": true}}))
        .await;
    let contexts: Vec<Value> = api
        .events()
        .into_iter()
        .map(|event| event.event["context"].clone())
        .collect();
    assert_eq!(
        contexts,
        [
            json!({"direct": true, "ip": "203.0.113.9"}),
            json!({"direct": false})
        ]
    );
}

#[tokio::test]
async fn the_time_of_sending_is_that_of_the_batch() {
    let api = Api::default();
    let item = json!({"type": "page", "userId": "u", "messageId": "m", "timestamp": "2026-11-22T08:59:00Z"});
    api.post(
        "/v1/batch",
        json!({"batch": [item], "sentAt": "2026-11-22T09:00:00Z"}),
    )
    .await;
    assert_json_snapshot!(api.events()[0].event, @r#"
    {
      "type": "page",
      "userId": "u",
      "messageId": "m",
      "timestamp": "2026-11-22T09:59:00.000Z",
      "sentAt": "2026-11-22T09:00:00Z",
      "originalTimestamp": "2026-11-22T08:59:00Z",
      "receivedAt": "2026-11-22T10:00:00.000Z"
    }
    "#);
}

#[tokio::test]
async fn items_that_cannot_be_delivered_do_not_spoil_the_others() {
    let api = Api::default();
    let body = format!(
        r#"{{"batch":[
            {{"type":"track","event":"Fine","userId":"u","messageId":"m-1"}},
            7, null, "text", [1],
            {{"userId":"u"}},
            {{"type":"Track","userId":"u"}},
            {{"type":"track","userId":"u"}},
            {{"type":"page"}},
            {{"type":"group","userId":"u"}},
            {{"type":"alias","userId":"u"}},
            {{"type":"alias","anonymousId":"a","previousId":"p"}},
            {{"type":"page","userId":"u","messageId":"{}"}},
            {{"type":"page","userId":"u","properties":{{"n":1e999}}}},
            {{"type":"page","userId":"u","properties":{}1{}}},
            {{"type":"page","userId":"u","messageId":"m-2"}}
        ]}}"#,
        "x".repeat(100),
        "[".repeat(200),
        "]".repeat(200),
    );
    let answer = api.post_raw("/v1/batch", body).await;
    assert_eq!(answer.body, json!({"success": true}));
    assert_json_snapshot!(api.verdicts(), @r#"
    [
      "m-1",
      "not_an_object: An event must be a JSON object, but this is of type number.",
      "not_an_object: An event must be a JSON object, but this is of type null.",
      "not_an_object: An event must be a JSON object, but this is of type string.",
      "not_an_object: An event must be a JSON object, but this is of type array.",
      "no_type: The event has no type: in a batch, every event must have one.",
      "unknown_type: \"Track\" is no type of event: use identify, track, page, screen, group or alias.",
      "no_event_name: A track event must have a name in \"event\".",
      "no_user_anon_id: The event has neither a userId nor an anonymousId.",
      "no_group_id: A group event must have a groupId.",
      "no_previous_id: An alias must have a previousId.",
      "no_user_id: An alias must have a userId.",
      "message_id_too_long: The messageId has 100 characters; it must have fewer than 100.",
      "unreadable_event: The event cannot be read: number out of range at line 1 column 51.",
      "unreadable_event: The event cannot be read: recursion limit exceeded at line 1 column 168.",
      "m-2"
    ]
    "#);
}

#[tokio::test]
async fn what_is_no_event_goes_on_as_it_was_sent() {
    let api = Api::default();
    api.post_raw(
        "/v1/batch",
        r#"{"batch":[ [1, 2], {"type":"page","userId":"u","n":1e999} ]}"#,
    )
    .await;
    let events = api.events();
    assert_eq!(events[0].event, json!([1, 2]));
    let text = events[1].event.as_str().unwrap();
    assert!(
        text.starts_with(r#"{"type":"page","userId":"u","n":1e999,"#),
        "{text}"
    );
    for event in events {
        assert_eq!(serde_json::from_slice::<Value>(&event.body).unwrap(), event.event);
    }
}

#[tokio::test]
async fn a_list_is_no_batch() {
    for body in [
        r#"[[{"type":"track","userId":"u","event":"e"}],null,null,null,"shop-key"]"#,
        "[]",
        " [{}]",
    ] {
        let api = Api::default();
        let answer = api.post_raw("/v1/batch", body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer.body["code"], "INVALID_REQUEST", "{body}");
        assert_eq!(
            answer.body["message"],
            "The body must be an object with a list of events in \"batch\", and is a list itself.",
        );
        assert_eq!(api.calls(), 0);
    }
}
