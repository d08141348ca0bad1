use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::TestApp;

fn order(id: &str) -> Value {
    json!({"type": "track", "event": "Order Completed", "properties": {"id": id, "total": 12.5}})
}

fn settings() -> Value {
    json!({"apiKey": "key-12345"})
}

#[tokio::test]
async fn the_exchange_is_shown_without_credentials() {
    let app = TestApp::shop(json!([{"status": 201, "json": {"ok": true}}]));
    let answer = app
        .post(
            "/placeOrder",
            json!({"payload": order("o-1"), "settings": settings()}),
        )
        .await;
    assert_snapshot!(answer, @r#"
    200 OK
    [
      {
        "request": {
          "url": "https://shop.test/orders",
          "method": "POST",
          "headers": {
            "authorization": "<redacted>",
            "content-type": "application/json",
            "user-agent": "Waystation/<version>"
          },
          "body": "{\"id\":\"o-1\",\"total\":12.5,\"currency\":null}"
        },
        "response": {
          "statusCode": 201,
          "statusMessage": "Created",
          "headers": {
            "content-type": "application/json"
          },
          "body": {
            "ok": true
          }
        }
      }
    ]
    "#);
    assert_eq!(
        app.sent_header("authorization").as_deref(),
        Some("Bearer key-12345")
    );
    assert_eq!(
        answer.header("content-type"),
        Some("application/json; charset=utf-8")
    );
}

#[tokio::test]
async fn a_secret_is_hidden_wherever_it_turns_up() {
    let app = TestApp::shop(json!([{"status": 400, "json": {"why": "key-12345 is not known"}}]));
    let body = json!({"payload": order("key-12345"), "settings": settings()});
    let answer = app.post("/placeOrder", body).await;
    assert_snapshot!(answer, @r#"
    200 OK
    [
      {
        "statusCode": 400,
        "message": {
          "why": "<redacted> is not known"
        },
        "requestError": true
      }
    ]
    "#);
}

#[tokio::test]
async fn a_given_mapping_overlays_the_defaults() {
    let app = TestApp::shop(json!([{}]));
    let body = json!({
        "payload": order("o-1"), "settings": settings(),
        "mapping": {"currency": "EUR", "id": {"@template": "no. {{properties.id}}"}},
    });
    app.post("/placeOrder", body).await;
    assert_eq!(
        app.requests(),
        [r#"POST https://shop.test/orders {"id":"no. o-1","total":12.5,"currency":"EUR"}"#]
    );
}

#[tokio::test]
async fn without_any_mapping_the_payload_is_the_mapping() {
    let app = TestApp::shop(json!([{}]));
    let answer = app
        .post(
            "/note",
            json!({"payload": {"text": "hello"}, "settings": settings()}),
        )
        .await;
    assert_snapshot!(answer, @r#"
    200 OK
    []
    "#);
}

#[tokio::test]
async fn a_list_runs_as_a_batch() {
    let app = TestApp::shop(json!([{"status": 200, "json": [200, 422]}]));
    let body = json!({"payload": [order("a"), order("b")], "settings": settings()});
    let answer = app.post("/placeOrder", body).await;
    assert_eq!(answer.json().as_array().unwrap().len(), 1);
    assert_eq!(
        app.requests(),
        [concat!(
            "POST https://shop.test/orders/batch ",
            r#"[{"id":"a","total":12.5,"currency":null},{"id":"b","total":12.5,"currency":null}]"#
        )]
    );
}

#[tokio::test]
async fn a_list_of_an_action_without_batches_is_refused() {
    let app = TestApp::shop(json!([]));
    let answer = app
        .post("/note", json!({"payload": [{}], "settings": settings()}))
        .await;
    assert_snapshot!(answer, @r#"
    200 OK
    [
      {
        "statusCode": 501,
        "message": "The action note does not support batches.",
        "requestError": true
      }
    ]
    "#);
}

#[tokio::test]
async fn a_batch_that_fails_as_a_whole_is_one_error() {
    let app = TestApp::shop(json!([{"status": 503, "body": "maintenance"}]));
    let answer = app
        .post(
            "/placeOrder",
            json!({"payload": [order("a")], "settings": settings()}),
        )
        .await;
    assert_snapshot!(answer, @r#"
    200 OK
    [
      {
        "statusCode": 503,
        "message": "maintenance",
        "requestError": true
      }
    ]
    "#);
}

#[tokio::test]
async fn a_payload_that_does_not_fit_says_why() {
    let app = TestApp::shop(json!([]));
    let body = json!({"payload": {"properties": {"total": "much"}}, "settings": settings()});
    assert_snapshot!(app.post("/placeOrder", body).await, @r#"
    200 OK
    [
      {
        "statusCode": 500,
        "message": "The payload lacks the required field `id`. $.total must be a number.",
        "fields": {
          "$": "lacks the required field `id`",
          "total": "must be a number"
        },
        "requestError": true
      }
    ]
    "#);
}

#[tokio::test]
async fn an_invalid_mapping_tells_every_fault() {
    let app = TestApp::shop(json!([]));
    let mapping = json!({"id": {"@pth": "$.a"}, "total": {"@path": 7}});
    let body = json!({"payload": order("a"), "settings": settings(), "mapping": mapping});
    assert_snapshot!(app.post("/placeOrder", body).await, @r#"
    200 OK
    [
      {
        "statusCode": 500,
        "message": "/id names an unknown directive: @pth; /total/@path must be a string or a directive, but is a number",
        "requestError": true
      }
    ]
    "#);
}

#[tokio::test]
async fn a_partner_that_cannot_be_reached() {
    let app = TestApp::shop(json!([{"network_error": "ECONNREFUSED"}]));
    let body = json!({"payload": order("a"), "settings": settings()});
    assert_snapshot!(app.post("/placeOrder", body).await, @r#"
    200 OK
    [
      {
        "statusCode": 500,
        "message": "the connection to https://shop.test failed: ECONNREFUSED (scripted)",
        "requestError": true
      }
    ]
    "#);
}

#[tokio::test]
async fn missing_settings_withhold_requests_and_nothing_else() {
    let app = TestApp::shop(json!([{}]));
    assert_snapshot!(app.post("/placeOrder", json!({"payload": order("a")})).await, @r#"
    200 OK
    [
      {
        "statusCode": 400,
        "message": "The settings object lacks the required field `apiKey`.",
        "fields": {
          "$": "lacks the required field `apiKey`"
        },
        "requestError": true
      }
    ]
    "#);
    assert_snapshot!(app.post("/note", json!({"payload": {"text": "free"}})).await, @r#"
    200 OK
    []
    "#);
    assert_eq!(app.requests(), [""; 0]);
}

#[tokio::test]
async fn settings_are_coerced_but_not_checked() {
    let app = TestApp::shop(json!([{}]));
    let settings = json!({"apiKey": "key-12345", "stock": "12", "unheard": "of"});
    let answer = app
        .post(
            "/placeOrder",
            json!({"payload": order("a"), "settings": settings}),
        )
        .await;
    assert_eq!(answer.json()[0]["response"]["statusCode"], 200);
}

#[tokio::test]
async fn values_that_javascript_holds_for_nothing_are_not_given() {
    let app = TestApp::shop(json!([]));
    let body = json!({
        "payload": null, "settings": false, "mapping": 0, "auth": "", "features": null, "subscriptionMetadata": null,
    });
    assert_eq!(app.post("/note", body).await.body, "[]");
}

#[tokio::test]
async fn names_are_found_in_any_case_and_with_a_slash() {
    let app = TestApp::shop(json!([]));
    assert_eq!(app.post("/NOTE/", json!({})).await.body, "[]");
}

#[tokio::test]
async fn a_refused_token_is_not_refreshed_here() {
    let app = TestApp::members(json!([{"status": 401, "json": {"error": "expired"}}]));
    let body = json!({
        "payload": {"userId": "u"}, "settings": {"club": "chess"},
        "auth": {"accessToken": "token-1", "refreshToken": "refresh-1"},
    });
    assert_snapshot!(app.post("/join", body).await, @r#"
    200 OK
    [
      {
        "statusCode": 401,
        "message": {
          "error": "expired"
        },
        "requestError": true
      }
    ]
    "#);
    assert_eq!(
        app.sent_header("authorization").as_deref(),
        Some("Bearer token-1")
    );
    assert_eq!(app.requests().len(), 1);
}
