//! Jobs that are handed in and asked about later.

use serde_json::json;
use waystation_destination_example::actions::ImportContacts;
use waystation_kit::ItemOutcome;
use waystation_kit::jobs::JobState;
use waystation_testkit::{Event, Partner};

use crate::support::connected;

#[tokio::test]
async fn contacts_are_handed_in_and_asked_about() {
    let partner = Partner::start().await;
    partner
        .on("POST", "/v1/imports")
        .answers(202, json!({"id": "job-1"}));
    partner
        .on("GET", "/v1/imports/job-1")
        .answers(200, json!({"id": "job-1", "state": "running"}))
        .answers(
            200,
            json!({"id": "job-1", "state": "done", "refused": [{"index": 1, "message": "Too old"}]}),
        );
    let harness = connected(&partner);

    let people = [Event::identify().user_id("u-1"), Event::identify().user_id("u-2")];
    let submission = harness
        .submit::<ImportContacts>(people)
        .await
        .expect("it is handed in");
    assert_eq!(
        (submission.job_id.as_deref(), submission.status),
        (Some("job-1"), 202)
    );
    assert!(submission.items.iter().all(|item| item.status() == 202));

    let running = harness
        .poll::<ImportContacts>("job-1", 2)
        .await
        .expect("the partner answers");
    assert_eq!(running.state, Some(JobState::InProgress));
    let done = harness
        .poll::<ImportContacts>("job-1", 2)
        .await
        .expect("the partner answers");
    assert_eq!(done.state, Some(JobState::Succeeded));
    let results = done.results.expect("there are results");
    let statuses: Vec<_> = results.iter().flatten().map(ItemOutcome::status).collect();
    assert_eq!(statuses, [200, 400]);
}
