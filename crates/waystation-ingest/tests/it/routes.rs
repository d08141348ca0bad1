//! Every route, and how else it may be spelled.

use axum::http::{Request, StatusCode};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::harness::{Api, KEY};

/// What each type of event must have.
fn event(event_type: &str) -> Value {
    let mut event = json!({"userId": "u-1", "messageId": "m-1"});
    match event_type {
        "track" => event["event"] = json!("Order Completed"),
        "group" => event["groupId"] = json!("g-1"),
        "alias" => event["previousId"] = json!("a-1"),
        _ => {}
    }
    event
}

#[tokio::test]
async fn success_is_told_as_segment_does() {
    let answer = Api::default().post("/v1/track", event("track")).await;
    assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(answer.header("x-request-id"), "test");
    assert_json_snapshot!(answer.told(), @r#"
    {
      "status": 200,
      "body": {
        "success": true
      }
    }
    "#);
}

#[tokio::test]
async fn the_path_says_what_an_event_is() {
    for event_type in ["identify", "track", "page", "screen", "group", "alias"] {
        let short = &event_type[..1];
        for path in [
            format!("/v1/{event_type}"),
            format!("/v1/{event_type}/"),
            format!("/v1/{short}"),
            format!("/v1/{short}/"),
        ] {
            let api = Api::default();
            let mut body = event(event_type);
            body["type"] = json!("of no account");
            let event = api.event(&path, body).await;
            assert_eq!(event["type"], event_type, "{path}");
            assert_eq!(api.verdicts(), ["m-1"], "{path}");
        }
    }
}

#[tokio::test]
async fn batches_have_several_names() {
    for path in [
        "/v1/batch",
        "/v1/batch/",
        "/v1/b",
        "/v1/b/",
        "/v1/import",
        "/v1/import/",
    ] {
        let api = Api::default();
        let item = json!({"type": "page", "userId": "u", "messageId": "m-1"});
        let answer = api.post(path, json!({"batch": [item]})).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(api.verdicts(), ["m-1"], "{path}");
    }
}

#[tokio::test]
async fn the_content_type_makes_no_difference() {
    for content_type in [
        "application/json",
        "text/plain",
        "text/plain;charset=UTF-8",
        "application/x-www-form-urlencoded",
    ] {
        let api = Api::default();
        let mut body = event("page");
        body["writeKey"] = json!(KEY);
        let request = Request::post("/v1/page").header("content-type", content_type);
        let answer = api.send(request.body(body.to_string().into()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{content_type}");
    }
}

#[tokio::test]
async fn other_methods_are_told_which_to_use() {
    for path in ["/v1/track", "/v1/t", "/v1/batch/"] {
        let request = Request::get(path).body(String::new().into()).unwrap();
        let answer = Api::default().send(request).await;
        assert_eq!(answer.header("allow"), "POST, OPTIONS", "{path}");
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
    let request = Request::put("/v1/track").body(String::new().into()).unwrap();
    assert_json_snapshot!(Api::default().send(request).await.told(), @r#"
    {
      "status": 405,
      "body": {
        "code": "METHOD_NOT_ALLOWED",
        "message": "Events are sent with POST.",
        "requestId": "test",
        "success": false
      }
    }
    "#);
}
