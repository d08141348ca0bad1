use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::TestApp;

fn audience() -> Value {
    json!({"audienceName": "Best", "settings": {"apiKey": "key-12345"}, "audienceSettings": {"tier": "gold"}})
}

#[tokio::test]
async fn created() {
    let app = TestApp::shop(json!([{"json": {"id": "a-1"}}]));
    assert_snapshot!(app.post("/createAudience", audience()).await, @r#"
    200 OK
    {
      "externalId": "a-1"
    }
    "#);
    assert_eq!(
        app.requests(),
        [r#"POST https://shop.test/audiences {"name":"Best","settings":{"tier":"gold"}}"#]
    );
}

#[tokio::test]
async fn settings_of_the_audience_are_checked() {
    let app = TestApp::shop(json!([{}]));
    let mut body = audience();
    body["audienceSettings"]["tier"] = json!("lead");
    assert_snapshot!(app.post("/createAudience", body).await, @r#"
    400 Bad Request
    {
      "ok": false,
      "error": "$.tier must be one of \"gold\", \"silver\"."
    }
    "#);
}

#[tokio::test]
async fn the_partners_json_is_the_error() {
    let app = TestApp::shop(json!([{"status": 409, "json": {"reason": "exists"}}]));
    assert_snapshot!(app.post("/createAudience", audience()).await, @r#"
    400 Bad Request
    {
      "ok": false,
      "error": {
        "reason": "exists"
      }
    }
    "#);
}

#[tokio::test]
async fn a_partner_that_answers_in_no_json() {
    let app = TestApp::shop(json!([{"status": 400, "body": "no"}]));
    assert_snapshot!(app.post("/createAudience", audience()).await, @r#"
    500 Internal Server Error
    {
      "ok": false,
      "error": "no"
    }
    "#);
}

#[tokio::test]
async fn found() {
    let app = TestApp::shop(json!([{"json": {"id": "a-1"}}]));
    let body = json!({"externalId": "a-1", "settings": {"apiKey": "key-12345"}});
    assert_snapshot!(app.post("/getAudience", body).await, @r#"
    200 OK
    {
      "externalId": "a-1"
    }
    "#);
    assert_eq!(app.requests(), ["GET https://shop.test/audiences/a-1"]);
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let app = TestApp::shop(json!([{}]));
    assert_snapshot!(app.post("/createAudience", json!({"audienceName": "Best"})).await, @r#"
    400 Bad Request
    {
      "ok": false,
      "error": "The body lacks \"settings\"."
    }
    "#);
    assert_snapshot!(app.post("/getAudience", json!({"settings": {}})).await, @r#"
    400 Bad Request
    {
      "ok": false,
      "error": "The body lacks \"externalId\"."
    }
    "#);
    assert_eq!(app.requests(), [""; 0]);
}
