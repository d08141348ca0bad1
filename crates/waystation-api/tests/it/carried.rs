//! What the caller carries from one action to the next, and what a report says beside success and failure.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, EXECUTE, TestApi};

const PRINT: &str = "/v1/destinations/till/actions/print";

fn receipt(id: &str) -> Value {
    json!({"type": "track", "properties": {"id": id}})
}

async fn execute(api: &TestApi, path: &str, body: Value) -> Answer {
    api.call_as(Some(EXECUTE), Method::POST, path, Some(body)).await
}

#[tokio::test]
async fn transaction_and_state_come_with_the_request_and_go_back_with_the_report() {
    let api = TestApi::till(json!([{"json": {"printed": true}}]));
    let first = execute(&api, PRINT, json!({"payload": receipt("a")}))
        .await
        .json();
    assert_eq!(first["transaction"], json!({"receipt": "a"}));
    assert_eq!(first["state"], json!({"place": {"value": "a", "seconds": 60}}));

    let next = json!({"payload": receipt("b"), "transaction": first["transaction"], "state": {"place": "a"}});
    let answer = execute(&api, PRINT, next).await.json();
    assert_eq!(
        answer["exchanges"][0]["request"]["body"],
        r#"{"id":"b","before":{"receipt":"a"},"place":"a"}"#
    );
}

#[tokio::test]
async fn the_subscriptions_of_an_event_share_what_the_caller_carries() {
    let api = TestApi::till(json!([{"json": {"printed": true}}]));
    let print = json!({"partnerAction": "print", "subscribe": "type = \"track\"", "mapping": {"id": {"@path": "$.properties.id"}}});
    let body = json!({
        "payload": receipt("b"),
        "settings": {"subscriptions": [print]},
        "transaction": {"receipt": "a"},
        "state": {"place": "a"},
    });
    let answer = execute(&api, "/v1/destinations/till/events", body).await;
    let json = answer.json();
    assert_eq!(json["transaction"], json!({"receipt": "b"}), "{answer}");
    assert_eq!(json["state"], json!({"place": {"value": "b", "seconds": 60}}));
}

#[tokio::test]
async fn a_complaint_of_a_partner_that_took_the_event_is_a_warning() {
    let complaint = json!({"printed": true, "complaint": "little paper left"});
    let api = TestApi::till(json!([{"json": complaint}]));
    let answer = execute(&api, PRINT, json!({"payload": receipt("a")})).await;
    assert_eq!(answer.status, 200, "{answer}");
    assert_eq!(answer.json()["outcome"]["status"], "delivered");
    assert_eq!(answer.json()["outcome"]["warning"], "little paper left");
}

#[tokio::test]
async fn an_answer_that_is_not_understood_is_an_unknown_outcome() {
    let api = TestApi::till(json!([{"json": {"ok": true}}]));
    let answer = execute(&api, PRINT, json!({"payload": receipt("a")})).await;
    assert_eq!(answer.status, 502, "{answer}");
    let error = &answer.json()["outcome"]["error"];
    assert_eq!(
        (&error["unknownOutcome"], &error["code"]),
        (&json!(true), &json!("INVALID_RESPONSE"))
    );
    assert_eq!(
        error["partner"]["body"],
        json!({"ok": true}),
        "the answer is kept"
    );
}

#[tokio::test]
async fn warnings_and_unknown_outcomes_of_items_are_told_and_counted() {
    let roll = json!([{"printed": true, "complaint": "little paper left"}, null, {"printed": true}]);
    let api = TestApi::till(json!([{"json": roll}]));
    let list = json!([receipt("a"), receipt("b"), receipt("c")]);
    let json = execute(&api, PRINT, json!({"payload": list})).await.json();
    let counts = ["delivered", "warned", "failed", "unknown"].map(|count| &json["outcome"][count]);
    assert_eq!(counts, [&json!(2), &json!(1), &json!(1), &json!(1)]);
    assert_eq!(json["multistatus"][0]["warning"], "little paper left");
    assert_eq!(json["multistatus"][1]["unknownOutcome"], true);
    assert_eq!(json["multistatus"][2].get("warning"), None);
}
