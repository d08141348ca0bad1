//! What the caller carries from one action to the next, and what a report says beside success and failure.

use serde_json::{Value, json};

use crate::support::TestApp;

const PRINT: &str = "/destinations/till/actions/print";

fn receipt(id: &str) -> Value {
    json!({"type": "track", "properties": {"id": id}})
}

#[tokio::test]
async fn transaction_and_state_come_with_the_request_and_go_back_with_the_report() {
    let app = TestApp::till(json!([{"json": {"printed": true}}]));
    let first = app.post(PRINT, json!({"payload": receipt("a")})).await.json();
    assert_eq!(first["transaction"], json!({"receipt": "a"}));
    assert_eq!(first["state"], json!({"place": {"value": "a", "seconds": 60}}));

    let next = json!({"payload": receipt("b"), "transaction": first["transaction"], "state": {"place": "a"}});
    for route in [PRINT, "/print"] {
        app.post(route, next.clone()).await;
        let sent = app.requests().pop().unwrap();
        assert!(
            sent.ends_with(r#"{"id":"b","before":{"receipt":"a"},"place":"a"}"#),
            "{route}: {sent}"
        );
    }
}

#[tokio::test]
async fn a_complaint_of_a_partner_that_took_the_event_is_a_warning() {
    let complaint = json!({"printed": true, "complaint": "little paper left"});
    let app = TestApp::till(json!([{"json": complaint}]));
    let answer = app.post(PRINT, json!({"payload": receipt("a")})).await;
    assert_eq!(answer.status, 200, "{answer}");
    assert_eq!(answer.json()["outcome"]["status"], "delivered");
    assert_eq!(answer.json()["outcome"]["warning"], "little paper left");
}

#[tokio::test]
async fn an_answer_that_is_not_understood_is_an_unknown_outcome() {
    let app = TestApp::till(json!([{"json": {"ok": true}}]));
    let answer = app.post(PRINT, json!({"payload": receipt("a")})).await;
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
    let app = TestApp::till(json!([{"json": roll}]));
    let list = json!([receipt("a"), receipt("b"), receipt("c")]);
    let json = app.post(PRINT, json!({"payload": list})).await.json();
    let counts = ["delivered", "warned", "failed", "unknown"].map(|count| &json["outcome"][count]);
    assert_eq!(counts, [&json!(2), &json!(1), &json!(1), &json!(1)]);
    assert_eq!(json["multistatus"][0]["warning"], "little paper left");
    assert_eq!(json["multistatus"][1]["unknownOutcome"], true);
    assert_eq!(json["multistatus"][2].get("warning"), None);
}
