use insta::assert_snapshot;
use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn accepted() {
    let app = TestApp::shop(json!([{}]));
    assert_snapshot!(app.post("/authenticate", json!({"apiKey": "key-12345"})).await, @r#"
    200 OK
    {
      "ok": true
    }
    "#);
    assert_eq!(app.requests(), ["GET https://shop.test/me"]);
}

#[tokio::test]
async fn rejected_by_the_partner() {
    let app = TestApp::shop(json!([{"status": 401, "json": {}}]));
    assert_snapshot!(app.post("/authenticate", json!({"apiKey": "key-12345"})).await, @r#"
    200 OK
    {
      "ok": false,
      "error": "Credentials are invalid: 401 Unauthorized",
      "fields": {}
    }
    "#);
}

#[tokio::test]
async fn settings_that_do_not_fit_never_reach_the_partner() {
    let app = TestApp::shop(json!([{}]));
    assert_snapshot!(app.post("/authenticate", json!({"stock": "many"})).await, @r#"
    200 OK
    {
      "ok": false,
      "error": "The settings object lacks the required field `apiKey`. $.stock must be a number.",
      "fields": {
        "$": "lacks the required field `apiKey`",
        "stock": "must be a number"
      }
    }
    "#);
    assert_eq!(app.requests(), [""; 0]);
}
