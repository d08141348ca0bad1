//! Mistakes of senders that look like something else: each is told for what it is.

use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn an_event_that_is_not_called_payload() {
    let app = TestApp::shop(json!([]));
    let body = json!({"settings": {"apiKey": "key-12345"}, "event": {"type": "track"}});
    let answer = app.post("/placeOrder", body).await;
    assert_eq!(answer.status.as_u16(), 400);
    let message = answer.json()["message"].to_string();
    assert!(
        message.contains("but \\\"event\\\": did you mean \\\"payload\\\"?"),
        "{message}"
    );
    // Other keys beside a payload are left alone, as on the recorded server.
    let body = json!({"settings": {"apiKey": "key-12345"}, "event": 1, "payload": {"type": "track", "properties": {"id": "o-1"}}});
    assert_eq!(
        TestApp::shop(json!([{}]))
            .post("/placeOrder", body)
            .await
            .status
            .as_u16(),
        200
    );
}

#[tokio::test]
async fn a_misspelt_setting() {
    let app = TestApp::shop(json!([]));
    let body = json!({"settings": {"apikey": "key-12345"}, "payload": {"properties": {"id": "o-1"}}});
    let answer = app.post("/placeOrder", body.clone()).await.json();
    let message = answer[0]["message"].to_string();
    assert!(message.contains("lacks the required field `apiKey`"), "{message}");
    assert!(message.contains("did you mean \\\"apiKey\\\"?"), "{message}");
    let report = app
        .post("/destinations/shop/actions/placeOrder", body)
        .await
        .json();
    assert_eq!(
        report["notes"],
        json!(["\"apikey\" is no setting of shop: did you mean \"apiKey\"?"])
    );
}

#[tokio::test]
async fn a_misspelt_key_of_a_mapping() {
    let app = TestApp::shop(json!([{}]));
    let body = json!({
        "settings": {"apiKey": "key-12345", "region": "of the platform"},
        "payload": {"properties": {"id": "o-1"}},
        "mapping": {"totl": 5, "__segment_internal_sync_mode": "add"},
    });
    let report = app
        .post("/destinations/shop/actions/placeOrder", body)
        .await
        .json();
    assert_eq!(report["outcome"]["status"], "delivered", "{report}");
    assert_eq!(
        report["notes"],
        json!(["\"totl\" in the mapping is no field of placeOrder: did you mean \"total\"?"])
    );
}
