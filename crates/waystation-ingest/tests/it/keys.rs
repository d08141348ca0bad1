//! Where the write key may stand, and what becomes of it.

use axum::http::{Request, StatusCode};
use insta::assert_json_snapshot;
use serde_json::json;

use crate::harness::{Api, KEY};

const PAGE: &str = r#"{"type":"page","userId":"u"}"#;

#[tokio::test]
async fn a_missing_key_and_an_unknown_one_are_told_apart() {
    let api = Api::default();
    let missing = api
        .send(Request::post("/v1/page").body(PAGE.into()).unwrap())
        .await;
    assert_json_snapshot!(missing.told(), @r#"
    {
      "status": 401,
      "body": {
        "code": "INVALID_WRITE_KEY",
        "message": "The write key is missing: send it as the user of basic authentication, or as writeKey in the body.",
        "requestId": "test",
        "success": false
      }
    }
    "#);
    let unknown = Request::post("/v1/page").header("authorization", "Basic bm9ib2R5Og==");
    let unknown = api.send(unknown.body(PAGE.into()).unwrap()).await;
    assert_json_snapshot!(unknown.told(), @r#"
    {
      "status": 401,
      "body": {
        "code": "INVALID_WRITE_KEY",
        "message": "No source takes events with this write key.",
        "requestId": "test",
        "success": false
      }
    }
    "#);
    assert_eq!(api.calls(), 0);
    // Else browsers would ask the person for a password.
    assert_eq!(unknown.header("www-authenticate"), "");
}

#[tokio::test]
async fn the_key_of_the_header_is_enough() {
    let api = Api::default();
    assert_eq!(api.post_raw("/v1/page", PAGE).await.status, StatusCode::OK);
    assert_eq!(
        api.post_raw("/v1/batch", format!(r#"{{"batch":[{PAGE}]}}"#))
            .await
            .status,
        StatusCode::OK
    );
    assert_eq!(api.calls(), 2);
}

#[tokio::test]
async fn a_bearer_token_goes_with_the_key_in_the_body() {
    let api = Api::default();
    let request = Request::post("/v1/page").header("authorization", "Bearer token");
    let body = json!({"userId": "u", "writeKey": KEY}).to_string();
    assert_eq!(
        api.send(request.body(body.into()).unwrap()).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn keys_of_items_open_nothing() {
    let body = json!({"batch": [{"type": "page", "userId": "u", "writeKey": KEY}]}).to_string();
    let answer = Api::default()
        .send(Request::post("/v1/batch").body(body.into()).unwrap())
        .await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn keys_do_not_go_on() {
    let api = Api::default();
    api.post("/v1/page", json!({"userId": "u"})).await;
    let item = json!({"type": "page", "userId": "u", "writeKey": "other"});
    api.post("/v1/batch", json!({"batch": [item]})).await;
    for event in api.events() {
        assert_eq!(event.event.get("writeKey"), None);
    }
}
