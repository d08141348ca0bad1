//! `serve --dry-run`: requests are shown, and nothing in the answer looks like a failure of the partner.

use serde_json::{Value, json};

use crate::support::TestApp;

const PRINT: &str = "/destinations/till/actions/print";

fn receipt(id: &str) -> Value {
    json!({"type": "track", "properties": {"id": id}})
}

fn bodies(exchanges: &Value) -> Vec<&str> {
    let exchanges = exchanges.as_array().unwrap().iter();
    exchanges
        .map(|exchange| exchange["request"]["body"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn the_recorded_route_shows_the_request_of_an_event_and_of_a_list() {
    let app = TestApp::dry_till();
    let one = app.post("/print", json!({"payload": receipt("a")})).await.json();
    assert_eq!(bodies(&one), [r#"{"id":"a","before":{},"place":null}"#]);
    let list = json!([receipt("a"), receipt("b")]);
    let list = app.post("/print", json!({"payload": list})).await.json();
    assert_eq!(bodies(&list), [r#"[{"id":"a"},{"id":"b"}]"#]);
}

#[tokio::test]
async fn an_event_is_shown_and_not_called_delivered() {
    let answer = TestApp::dry_till()
        .post(PRINT, json!({"payload": receipt("a")}))
        .await;
    assert_eq!(answer.status, 200, "{answer}");
    let json = answer.json();
    assert_eq!(
        json["outcome"],
        json!({"status": "dryRun", "reason": "nothing was sent: this is a dry run"})
    );
    assert_eq!(
        bodies(&json["exchanges"]),
        [r#"{"id":"a","before":{},"place":null}"#]
    );
    assert_eq!(json["attempts"][0]["verdict"], "done", "{answer}");
}

#[tokio::test]
async fn a_list_is_shown_and_what_does_not_fit_is_told() {
    let app = TestApp::dry_till();
    let list = json!([receipt("a"), {"type": "track"}]);
    let answer = app.post(PRINT, json!({"payload": list})).await;
    assert_eq!(answer.status, 207, "{answer}");
    let json = answer.json();
    assert_eq!(
        json["outcome"],
        json!({"status": "dryRun", "reason": "nothing was sent: this is a dry run", "shown": 1, "failed": 1})
    );
    assert_eq!(
        json["multistatus"][0],
        json!({"status": 200, "sent": {"id": "a"}, "body": null, "dryRun": true})
    );
    assert_eq!(json["multistatus"][1]["status"], 400);
    assert_eq!(bodies(&json["exchanges"]), [r#"[{"id":"a"}]"#]);

    let answer = app
        .post(PRINT, json!({"payload": [receipt("a"), receipt("b")]}))
        .await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["outcome"]["shown"]),
        (200, &json!(2))
    );
}

#[tokio::test]
async fn what_fails_before_it_would_be_sent_fails_in_a_dry_run_too() {
    let app = TestApp::dry_till();
    let answer = app.post(PRINT, json!({"payload": {"type": "track"}})).await;
    assert_eq!(answer.status, 400, "{answer}");
    assert_eq!(
        answer.json()["outcome"]["error"]["code"],
        "PAYLOAD_VALIDATION_FAILED"
    );
    let recorded = app.post("/print", json!({"payload": {"type": "track"}})).await;
    assert_eq!(recorded.json()[0]["requestError"], true, "{recorded}");
}
