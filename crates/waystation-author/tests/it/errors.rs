use axum::body::Body;
use axum::http::Request;
use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Answer, TestApp};

async fn raw(path: &str, content_type: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post(path)
        .header("content-type", content_type)
        .body(body.into());
    TestApp::shop(json!([])).send(request.unwrap()).await
}

const EXECUTE: &str = "/destinations/shop/actions/note";

#[tokio::test]
async fn broken_json_is_located() {
    assert_snapshot!(raw("/note", "application/json", "{\n\"payload\": }").await, @r#"
    400 Bad Request
    {
      "code": "INVALID_JSON",
      "message": "The body is not valid JSON: expected value at line 2 column 12.",
      "requestId": "test",
      "position": {
        "line": 2,
        "column": 12
      }
    }
    "#);
}

#[tokio::test]
async fn a_scalar_is_no_body() {
    assert_snapshot!(raw("/note", "application/json", "7").await, @r#"
    400 Bad Request
    {
      "code": "INVALID_REQUEST",
      "message": "The body must be a JSON object.",
      "requestId": "test"
    }
    "#);
}

#[tokio::test]
async fn lists_and_other_content_types_count_as_empty() {
    for (content_type, body) in [
        ("application/json", "[]"),
        ("application/json", ""),
        ("text/plain", "7"),
        ("application/problem+json", "7"),
    ] {
        let answer = raw("/note", content_type, body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (200, "[]"),
            "{content_type}"
        );
    }
}

#[tokio::test]
async fn our_own_routes_want_json() {
    assert_snapshot!(raw(EXECUTE, "text/plain", "{}").await, @r#"
    415 Unsupported Media Type
    {
      "code": "UNSUPPORTED_MEDIA_TYPE",
      "message": "The body must be JSON: send it with the header content-type: application/json.",
      "requestId": "test"
    }
    "#);
    assert_snapshot!(raw(EXECUTE, "application/json", "").await, @r#"
    400 Bad Request
    {
      "code": "INVALID_REQUEST",
      "message": "The body must be a JSON object.",
      "requestId": "test"
    }
    "#);
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_named() {
    assert_snapshot!(raw("/note", "application/json", r#"{"settings": "key"}"#).await, @r#"
    400 Bad Request
    {
      "code": "INVALID_REQUEST",
      "message": "\"settings\" in the body cannot be used: must be an object.",
      "requestId": "test",
      "path": "settings"
    }
    "#);
    let auth = r#"{"auth": {"accessToken": 7}}"#;
    assert_snapshot!(raw("/note", "application/json", auth).await, @r#"
    400 Bad Request
    {
      "code": "INVALID_REQUEST",
      "message": "\"auth\" in the body cannot be used: accessToken: must be a text.",
      "requestId": "test",
      "path": "auth"
    }
    "#);
    assert_snapshot!(raw(EXECUTE, "application/json", r#"{"payload": {}, "seting": {}}"#).await, @r#"
    400 Bad Request
    {
      "code": "INVALID_REQUEST",
      "message": "\"seting\" in the body cannot be used: unknown field `seting`, expected one of `payload`, `settings`, `mapping`, `subscribe`, `auth`, `features`, `subscriptionMetadata`, `transaction`, `state`.",
      "requestId": "test",
      "path": "seting"
    }
    "#);
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_not_repeated() {
    for (path, body) in [
        ("/note", r#"{"settings": "hunter2"}"#),
        ("/note", r#"{"auth": "hunter2"}"#),
        ("/createAudience", r#"{"settings": "hunter2"}"#),
        (EXECUTE, r#"{"payload": {}, "settings": "hunter2"}"#),
        (EXECUTE, r#"{"payload": {}, "auth": "hunter2"}"#),
        (
            EXECUTE,
            r#"{"payload": {}, "auth": {"accessToken": ["hunter2"]}}"#,
        ),
    ] {
        let answer = raw(path, "application/json", body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(!answer.body.contains("hunter2"), "{}", answer.body);
    }
}

#[tokio::test]
async fn large_bodies_are_refused() {
    let app = TestApp::with("shop", json!([]), |mut config| {
        config.body_limit = 100;
        config
    });
    assert_snapshot!(app.post("/note", json!({"payload": "x".repeat(100)})).await, @r#"
    413 Payload Too Large
    {
      "code": "PAYLOAD_TOO_LARGE",
      "message": "The body is larger than the limit of 100 bytes; --body-limit raises it.",
      "requestId": "test",
      "limit": 100
    }
    "#);
    assert_eq!(app.post("/note", json!({"payload": {}})).await.status, 200);
}

#[tokio::test]
async fn compressed_bodies_are_refused() {
    let request = Request::post("/note")
        .header("content-type", "application/json")
        .header("content-encoding", "gzip")
        .body(Body::from("x"));
    assert_snapshot!(TestApp::shop(json!([])).send(request.unwrap()).await, @r#"
    415 Unsupported Media Type
    {
      "code": "UNSUPPORTED_MEDIA_TYPE",
      "message": "Compressed bodies are not supported here: send the body as it is.",
      "requestId": "test"
    }
    "#);
}

#[tokio::test]
async fn a_path_that_leads_nowhere_comes_with_a_hint() {
    let app = TestApp::shop(json!([]));
    assert_snapshot!(app.post("/placeOder", json!({})).await, @r#"
    404 Not Found
    {
      "code": "NOT_FOUND",
      "message": "There is no route POST /placeOder for shop. Did you mean POST /placeOrder?",
      "requestId": "test",
      "suggestion": "POST /placeOrder"
    }
    "#);
    assert_snapshot!(app.get("/far/away").await, @r#"
    404 Not Found
    {
      "code": "NOT_FOUND",
      "message": "There is no route GET /far/away for shop.",
      "requestId": "test"
    }
    "#);
}

#[tokio::test]
async fn a_wrong_method_is_a_wrong_path() {
    let app = TestApp::shop(json!([]));
    assert_snapshot!(app.get("/note").await, @r#"
    404 Not Found
    {
      "code": "NOT_FOUND",
      "message": "There is no route GET /note for shop. Did you mean POST /note?",
      "requestId": "test",
      "suggestion": "POST /note"
    }
    "#);
    assert_snapshot!(app.post("/manifest", json!({})).await, @r#"
    404 Not Found
    {
      "code": "NOT_FOUND",
      "message": "There is no route POST /manifest for shop. Did you mean GET /manifest?",
      "requestId": "test",
      "suggestion": "GET /manifest"
    }
    "#);
}

#[tokio::test]
async fn but_not_on_our_own_routes() {
    let answer = TestApp::shop(json!([])).get(EXECUTE).await;
    assert_snapshot!(answer, @r#"
    405 Method Not Allowed
    {
      "code": "METHOD_NOT_ALLOWED",
      "message": "/destinations/shop/actions/note takes POST, not GET.",
      "requestId": "test"
    }
    "#);
    assert_eq!(answer.header("allow"), Some("POST"));
}

#[tokio::test]
async fn asynchronous_actions_have_no_route() {
    let app = TestApp::members(json!([]));
    assert_eq!(app.post("/export", json!({"payload": []})).await.status, 404);
}

#[tokio::test]
async fn a_panic_of_the_destination_is_a_failure_of_its_call_and_says_no_more() {
    let app = TestApp::shop(json!([]));
    let body = json!({"payload": {}, "settings": {"apiKey": "key-12345"}});
    assert_snapshot!(app.post("/panic", body).await, @r#"
    200 OK
    [
      {
        "statusCode": 500,
        "message": "The destination panicked",
        "requestError": true
      }
    ]
    "#);
}

#[tokio::test]
async fn request_ids_are_taken_over_if_they_are_sane() {
    let app = TestApp::shop(json!([]));
    let ask = async |id: &str| {
        let request = Request::get("/nowhere")
            .header("x-request-id", id)
            .body(Body::empty());
        let answer = app.send(request.unwrap()).await;
        let header = answer.header("x-request-id").unwrap().to_owned();
        assert_eq!(answer.json()["requestId"], header);
        header
    };
    assert_eq!(ask("from-the-caller").await, "from-the-caller");
    let own = ask("two words").await;
    assert_eq!(own.len(), 26, "{own}");
    assert_ne!(own, ask("two words").await);
}
