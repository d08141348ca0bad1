use insta::assert_snapshot;
use serde_json::json;

use crate::support::TestApp;

const PATH: &str = "/placeOrder/hooks/onMappingSave";

#[tokio::test]
async fn saved() {
    let app = TestApp::shop(json!([{"json": {"number": 3}}]));
    let body = json!({
        "settings": {"apiKey": "key-12345"}, "hookInputs": {"name": "Till", "unheard": "of"},
        "hookOutputs": {"number": 2},
    });
    assert_snapshot!(app.post(PATH, body).await, @r#"
    200 OK
    {
      "successMessage": "Opened.",
      "savedData": {
        "till": {
          "number": 3
        },
        "before": {
          "number": 2
        }
      }
    }
    "#);
    assert_eq!(
        app.requests(),
        [r#"POST https://shop.test/tills {"name":"Till"}"#]
    );
}

#[tokio::test]
async fn an_error_in_place_of_outputs() {
    let app = TestApp::shop(json!([{"status": 409, "json": {}}]));
    let body = json!({"settings": {"apiKey": "key-12345"}, "hookInputs": {"name": "Till"}});
    assert_snapshot!(app.post(PATH, body).await, @r#"
    500 Internal Server Error
    [
      {
        "message": "name taken",
        "code": "TAKEN"
      }
    ]
    "#);
}

#[tokio::test]
async fn a_partner_that_fails() {
    let app = TestApp::shop(json!([{"status": 500, "body": "oops"}]));
    let body = json!({"settings": {"apiKey": "key-12345"}, "hookInputs": {"name": "Till"}});
    assert_snapshot!(app.post(PATH, body).await, @r#"
    500 Internal Server Error
    [
      {
        "statusCode": 500,
        "message": "oops",
        "requestError": true
      }
    ]
    "#);
}

#[tokio::test]
async fn inputs_are_checked() {
    let app = TestApp::shop(json!([{}]));
    assert_snapshot!(app.post(PATH, json!({"settings": {"apiKey": "key-12345"}})).await, @r#"
    500 Internal Server Error
    [
      [
        {
          "path": "$",
          "pointer": "",
          "message": "The object of the hook's inputs lacks the required field `name`."
        }
      ]
    ]
    "#);
    assert_eq!(app.requests(), [""; 0]);
}

#[tokio::test]
async fn choices_of_an_input() {
    let app = TestApp::shop(json!([{"json": ["EUR"]}]));
    let body = json!({"settings": {"apiKey": "key-12345"}, "dynamicFieldContext": {"query": "E"}});
    assert_snapshot!(app.post(&format!("{PATH}/dynamic/currency"), body).await, @r#"
    200 OK
    {
      "choices": [
        {
          "label": "EUR",
          "value": "EUR"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn other_hooks_and_inputs_have_no_route() {
    let app = TestApp::shop(json!([]));
    assert_snapshot!(app.post("/placeOrder/hooks/onMapingSave", json!({})).await, @r#"
    404 Not Found
    {
      "code": "NOT_FOUND",
      "message": "There is no route POST /placeOrder/hooks/onMapingSave for shop. Did you mean POST /placeOrder/hooks/onMappingSave?",
      "requestId": "test",
      "suggestion": "POST /placeOrder/hooks/onMappingSave"
    }
    "#);
    assert_eq!(
        app.post(&format!("{PATH}/dynamic/name"), json!({})).await.status,
        404
    );
    assert_eq!(app.post("/note/hooks/onMappingSave", json!({})).await.status, 404);
}
