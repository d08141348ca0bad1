use insta::assert_snapshot;
use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn forgetting_a_person_shows_no_exchange() {
    let app = TestApp::shop(json!([{"json": {"gone": true}}]));
    let body = json!({"payload": {"userId": "u-1"}, "settings": {"apiKey": "key-12345"}});
    assert_snapshot!(app.post("/delete", body).await, @r#"
    200 OK
    []
    "#);
    assert_eq!(
        app.requests(),
        [r#"POST https://shop.test/forget {"user":"u-1"}"#]
    );
}

#[tokio::test]
async fn the_partners_refusal_is_shown() {
    let app = TestApp::shop(json!([{"status": 404, "json": {"message": "who?"}}]));
    let body = json!({"payload": {"userId": "u-1"}, "settings": {"apiKey": "key-12345"}});
    assert_snapshot!(app.post("/delete", body).await, @r#"
    200 OK
    [
      {
        "statusCode": 404,
        "message": {
          "message": "who?"
        },
        "requestError": true
      }
    ]
    "#);
}

#[tokio::test]
async fn settings_are_checked() {
    let app = TestApp::shop(json!([{}]));
    assert_snapshot!(app.post("/delete", json!({"payload": {"userId": "u-1"}})).await, @r#"
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
    assert_eq!(app.requests(), [""; 0]);
}

#[tokio::test]
async fn a_destination_without_deletion_has_no_route() {
    let app = TestApp::members(json!([]));
    assert_snapshot!(app.post("/delete", json!({})).await, @r#"
    404 Not Found
    {
      "code": "NOT_FOUND",
      "message": "There is no route POST /delete for members.",
      "requestId": "test"
    }
    "#);
}
