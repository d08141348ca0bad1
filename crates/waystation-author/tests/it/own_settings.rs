//! Settings that the server has itself, so that no request needs to bring them.

use serde_json::json;

use crate::support::TestApp;

fn app(script: serde_json::Value) -> TestApp {
    TestApp::with("shop", script, |mut config| {
        config.settings = serde_json::from_value(json!({"apiKey": "key-of-server"})).unwrap();
        config
    })
}

#[tokio::test]
async fn a_request_without_settings_has_those_of_the_server() {
    for path in ["/placeOrder", "/destinations/shop/actions/placeOrder"] {
        let app = app(json!([{}]));
        app.post(
            path,
            json!({"payload": {"type": "track", "properties": {"id": "o-1"}}}),
        )
        .await;
        assert_eq!(
            app.sent_header("authorization").as_deref(),
            Some("Bearer key-of-server"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn what_a_request_brings_wins() {
    let app = app(json!([{}]));
    let body = json!({"payload": {"type": "track", "properties": {"id": "o-1"}}, "settings": {"apiKey": "key-of-request"}});
    app.post("/placeOrder", body).await;
    assert_eq!(
        app.sent_header("authorization").as_deref(),
        Some("Bearer key-of-request")
    );
}

#[tokio::test]
async fn credentials_are_tested_with_them() {
    let app = app(json!([{}]));
    let answer = app.post("/authenticate", json!({})).await;
    assert_eq!(answer.json()["ok"], true, "{answer}");
}

#[tokio::test]
async fn another_destination_does_not_get_them() {
    let app = app(json!([{}]));
    let body = json!({"payload": {"type": "track", "userId": "u-1"}, "settings": {}});
    let report = app.post("/destinations/members/actions/join", body).await.json();
    assert!(
        report["error"].is_object() || report["outcome"]["error"].is_object(),
        "{report}"
    );
}
