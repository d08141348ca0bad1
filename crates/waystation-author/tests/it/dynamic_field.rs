use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::TestApp;

fn body() -> Value {
    json!({"settings": {"apiKey": "key-12345"}, "dynamicFieldContext": {"query": "E"}})
}

#[tokio::test]
async fn choices() {
    let app = TestApp::shop(json!([{"json": ["EUR"]}]));
    assert_snapshot!(app.post("/placeOrder/currency", body()).await, @r#"
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
    assert_eq!(
        app.requests(),
        ["GET https://shop.test/currencies?q=E&page=no.+1"]
    );
}

#[tokio::test]
async fn a_page_has_a_number_or_a_name() {
    for (page, asked) in [
        (json!(2), "no.+2"),
        (json!("next-1"), "next-1"),
        (json!(""), "no.+1"),
    ] {
        let app = TestApp::shop(json!([{"json": []}]));
        let mut body = body();
        body["page"] = page;
        app.post("/placeOrder/currency", body).await;
        assert_eq!(
            app.requests(),
            [format!("GET https://shop.test/currencies?q=E&page={asked}")]
        );
    }
    let mut body = body();
    body["page"] = json!([]);
    let answer = TestApp::shop(json!([])).post("/placeOrder/currency", body).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["path"]),
        (400, &json!("page"))
    );
}

#[tokio::test]
async fn an_error_in_place_of_choices() {
    let app = TestApp::shop(json!([]));
    assert_snapshot!(app.post("/placeOrder/total", body()).await, @r#"
    500 Internal Server Error
    [
      {
        "message": "not for you",
        "code": "403"
      }
    ]
    "#);
}

#[tokio::test]
async fn a_partner_that_fails() {
    let app = TestApp::shop(json!([{"status": 400, "json": {"why": "key-12345"}}]));
    assert_snapshot!(app.post("/placeOrder/currency", body()).await, @r#"
    500 Internal Server Error
    [
      {
        "statusCode": 400,
        "message": {
          "why": "<redacted>"
        },
        "requestError": true
      }
    ]
    "#);
}

#[tokio::test]
async fn missing_settings_withhold_the_question() {
    let app = TestApp::shop(json!([{}]));
    assert_snapshot!(app.post("/placeOrder/currency", json!({})).await, @r#"
    500 Internal Server Error
    [
      [
        {
          "path": "$",
          "pointer": "",
          "message": "The settings object lacks the required field `apiKey`."
        }
      ]
    ]
    "#);
    assert_eq!(app.requests(), [""; 0]);
}

#[tokio::test]
async fn a_property_has_a_route_of_its_own() {
    let app = TestApp::shop(json!([]));
    let answer = app.post("/placeOrder/rows.column", body()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (200, json!({"choices": []}))
    );
}

#[tokio::test]
async fn an_object_of_dynamic_fields_has_a_route_but_no_choices() {
    let app = TestApp::shop(json!([]));
    assert_snapshot!(app.post("/placeOrder/rows", body()).await, @r#"
    500 Internal Server Error
    [
      {
        "message": "No dynamic field named rows found.",
        "code": "404"
      }
    ]
    "#);
}

#[tokio::test]
async fn other_fields_have_no_route() {
    let app = TestApp::shop(json!([]));
    assert_snapshot!(app.post("/placeOrder/curency", body()).await, @r#"
    404 Not Found
    {
      "code": "NOT_FOUND",
      "message": "There is no route POST /placeOrder/curency for shop. Did you mean POST /placeOrder/currency?",
      "requestId": "test",
      "suggestion": "POST /placeOrder/currency"
    }
    "#);
    assert_eq!(app.post("/placeOrder/rows/column", body()).await.status, 404);
}
