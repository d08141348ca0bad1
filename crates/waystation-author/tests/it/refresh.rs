use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::TestApp;

fn body() -> Value {
    json!({"settings": {"club": "chess"}, "refreshToken": "refresh-1"})
}

#[tokio::test]
async fn new_tokens_are_what_was_asked_for() {
    let app = TestApp::members(json!([{"json": {"token": "token-2"}}]));
    assert_snapshot!(app.post("/refreshAccessToken", body()).await, @r#"
    200 OK
    {
      "ok": true,
      "data": {
        "accessToken": "token-2"
      }
    }
    "#);
    assert_eq!(
        app.requests(),
        ["POST https://members.test/token refresh_token=refresh-1&club=chess"]
    );
}

#[tokio::test]
async fn a_partner_may_hand_out_none() {
    let app = TestApp::members(json!([{"json": {}}]));
    assert_snapshot!(app.post("/refreshAccessToken", body()).await, @r#"
    200 OK
    {
      "ok": true
    }
    "#);
}

#[tokio::test]
async fn the_partners_refusal_hides_the_token() {
    let app = TestApp::members(json!([{"status": 400, "json": {"error": "refresh-1 was revoked"}}]));
    assert_snapshot!(app.post("/refreshAccessToken", body()).await, @r#"
    400 Bad Request
    {
      "ok": false,
      "error": {
        "error": "<redacted> was revoked"
      }
    }
    "#);
}

#[tokio::test]
async fn other_schemes_have_no_tokens() {
    let app = TestApp::shop(json!([]));
    let body = json!({"settings": {"apiKey": "key-12345"}});
    assert_snapshot!(app.post("/refreshAccessToken", body).await, @r#"
    400 Bad Request
    {
      "ok": false,
      "error": "Refreshing tokens is only supported by destinations that authenticate with OAuth 2."
    }
    "#);
}
