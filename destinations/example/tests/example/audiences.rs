//! Audiences: lists at the partner, and who is on them.

use serde_json::{Value, json};
use waystation_destination_example::actions::SyncAudience;
use waystation_kit::hashing::sha256_hex;
use waystation_kit::hooks::HookType;
use waystation_testkit::{Event, Partner};

use crate::support::connected;

fn person(name: &str) -> Event {
    Event::identify().trait_value("email", format!("{name}@example.com"))
}

fn hash(name: &str) -> Value {
    sha256_hex(&format!("{name}@example.com")).into()
}

#[tokio::test]
async fn an_audience_becomes_a_list() {
    let partner = Partner::start().await;
    partner
        .on("POST", "/v1/lists")
        .answers(201, json!({"id": "list-1"}));
    partner
        .on("GET", "/v1/lists/list-1")
        .answers(200, json!({"id": "list-1"}));
    let harness = connected(&partner);

    let id = harness
        .create_audience("VIPs", json!({"days": "30"}))
        .await
        .expect("it is created");
    assert_eq!(id, "list-1");
    assert_eq!(
        partner.assert_sent_once().json(),
        json!({"name": "VIPs", "days": 30})
    );
    assert_eq!(
        harness.get_audience(&id, json!({})).await.expect("it is there"),
        "list-1"
    );

    let unnamed = harness
        .create_audience("", json!({}))
        .await
        .expect_err("it has no name");
    assert_eq!(unnamed.status(), Some(400));
}

#[tokio::test]
async fn people_enter_and_leave() {
    let partner = Partner::start().await;
    partner.answers(200, json!({}));
    let harness = connected(&partner).map("list_id", "list-1");
    let people = [
        person("ana").membership("vips", true),
        person("ben").membership("vips", false),
        person("cem"),
    ];

    let outcome = harness.run_batch::<SyncAudience>(people).await;

    outcome.assert_item(0).delivered();
    outcome.assert_item(1).delivered();
    outcome
        .assert_item(2)
        .failed_with(400, "INVALID_AUDIENCE_MEMBERSHIP");
    let request = partner.assert_sent_once();
    assert_eq!(request.path(), "/v1/lists/list-1/members");
    assert_eq!(
        request.json(),
        json!({"add": [hash("ana")], "remove": [hash("ben")]})
    );
}

#[tokio::test]
async fn rows_of_a_warehouse_are_synced_by_mode() {
    for (mode, removed) in [("mirror", json!([hash("ana")])), ("add", json!([]))] {
        let partner = Partner::start().await;
        partner.answers(200, json!({}));
        let deleted = Event::track("deleted").set("traits", json!({"email": "ana@example.com"}));
        let harness = connected(&partner)
            .map("list_id", "list-1")
            .map("__segment_internal_sync_mode", mode);

        let outcome = harness.run::<SyncAudience>(deleted).await;

        if mode == "add" {
            // The runtime knows a removed row as leaving only where removing was asked for.
            outcome.assert_failed_with(400, "INVALID_AUDIENCE_MEMBERSHIP");
        } else {
            outcome.assert_delivered();
            assert_eq!(
                partner.assert_sent_once().json(),
                json!({"add": [], "remove": removed})
            );
        }
    }
}

#[tokio::test]
async fn saving_the_mapping_creates_the_list_that_people_are_added_to() {
    let partner = Partner::start().await;
    partner
        .on("POST", "/v1/lists")
        .answers(201, json!({"id": "list-7"}));
    let harness = connected(&partner);
    let inputs = json!({"name": "VIPs", "folder": "f-1"});

    let answer = harness
        .hook::<SyncAudience>(HookType::OnMappingSave, inputs.clone())
        .await;

    let saved = answer
        .expect("the hook runs")
        .saved_data
        .expect("something is saved");
    assert_eq!(saved, json!({"id": "list-7"}));
    assert_eq!(partner.assert_sent_once().json(), inputs);

    // The platform keeps it with the mapping, and it comes back with every event.
    let partner = Partner::start().await;
    partner.answers(200, json!({}));
    let kept = json!({"inputs": inputs, "outputs": saved});
    let harness = connected(&partner).map("onMappingSave", kept);
    harness
        .run::<SyncAudience>(person("ana").membership("vips", true))
        .await
        .assert_delivered();
    assert_eq!(partner.assert_sent_once().path(), "/v1/lists/list-7/members");
}

#[tokio::test]
async fn a_name_that_is_taken_is_told_to_the_person() {
    let partner = Partner::start().await;
    partner.answers(409, json!({}));
    let inputs = json!({"name": "VIPs"});
    let answer = connected(&partner)
        .hook::<SyncAudience>(HookType::OnMappingSave, inputs)
        .await;
    let error = answer.expect("the hook runs").error.expect("nothing is saved");
    assert_eq!(error.code, "LIST_EXISTS");
}
