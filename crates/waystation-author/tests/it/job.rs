//! Asynchronous actions: handed in as jobs, and asked about.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::TestApp;

const EXPORT: &str = "/destinations/members/actions/export";

#[tokio::test]
async fn a_list_is_handed_in_as_a_job_and_asked_about() {
    let app = TestApp::members(json!([{"status": 202, "json": {"id": "job-1"}}, {"json": {"done": true}}]));
    let handed_in = app
        .post(
            EXPORT,
            json!({
                "settings": {"club": "chess"},
                "payload": [{"type": "identify", "userId": "u-1"}, {"type": "identify", "userId": "u-2"}],
            }),
        )
        .await;
    assert_eq!(handed_in.status.as_u16(), 200);
    let report = handed_in.json();
    assert_eq!(report["job"], json!({"id": "job-1", "status": 202}));
    assert_eq!(report["multistatus"][1]["status"], 202);
    assert_eq!(report["exchanges"][0]["request"]["body"], r#"["u-1","u-2"]"#);

    let asked = app
        .post(
            &format!("{EXPORT}/jobs/job-1"),
            json!({"settings": {"club": "chess"}, "uploadCount": 2}),
        )
        .await
        .json();
    assert_eq!(
        asked["job"],
        json!({"id": "job-1", "status": 200, "state": "SUCCEEDED"})
    );
    assert_eq!(asked["multistatus"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        app.requests(),
        [
            r#"POST https://members.test/exports ["u-1","u-2"]"#,
            "GET https://members.test/exports/job-1"
        ]
    );
}

#[tokio::test]
async fn a_job_that_cannot_be_handed_in_says_why() {
    let app = TestApp::members(json!([]));
    let answer = app.post(EXPORT, json!({"settings": {}, "payload": []})).await;
    assert_eq!(answer.status.as_u16(), 400);
    assert_snapshot!(answer.json()["error"]["message"], @r#""The settings object lacks the required field `club`.""#);
    let unknown = app
        .post("/destinations/members/actions/exprt/jobs/job-1", json!({}))
        .await
        .json();
    assert_eq!(unknown["suggestion"], "export");
}
