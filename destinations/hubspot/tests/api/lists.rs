//! Lists that records enter and leave.

use serde_json::{Value, json};
use waystation_destination_hubspot::HubSpot;
use waystation_destination_hubspot::actions::UpsertObject;
use waystation_destination_hubspot::objects::LISTS_AND_DISSOCIATIONS;
use waystation_testkit::{Event, Harness, Partner};

use crate::support::{complete, harness, record, refusal};

const LIST: &str = "/crm/v3/lists/object-type-id/contact/name/vip";
const LISTS: &str = "/crm/v3/lists";
const MEMBERS: &str = "/crm/v3/lists/70/memberships/add-and-remove";
const UPSERT: &str = "/crm/v3/objects/contact/batch/upsert";

fn members(partner: &Partner) -> Harness<HubSpot> {
    harness(partner)
        .feature(LISTS_AND_DISSOCIATIONS)
        .map(
            "object_details",
            json!({
                "object_type": "contact",
                "id_field_name": "email",
                "id_field_value": {"@path": "$.traits.email"},
            }),
        )
        .map(
            "list_details",
            json!({
                "connected_to_engage_audience": false,
                "list_name": "vip",
                "list_action": {"@path": "$.traits.vip"},
                "should_create_list": true,
            }),
        )
        .map("__segment_internal_sync_mode", "upsert")
}

fn list() -> Value {
    json!({"list": {"listId": "70", "name": "vip", "processingType": "MANUAL"}})
}

fn contact(email: &str, enters: bool) -> Event {
    Event::identify()
        .trait_value("email", email)
        .trait_value("vip", enters)
}

fn written() -> Value {
    complete(json!([
        record("1", json!({"email": "a@b.example"})),
        record("2", json!({"email": "c@d.example"})),
    ]))
}

#[tokio::test]
async fn of_two_words_about_a_record_the_later_counts() {
    let partner = Partner::start().await;
    partner.on("GET", LIST).answers(200, list());
    partner.on("POST", UPSERT).answers(200, written());
    partner.on("PUT", MEMBERS).answers(200, json!({}));
    let events = [
        contact("a@b.example", true).timestamp("2026-01-02T00:00:00Z"),
        contact("a@b.example", false).timestamp("2026-01-03T00:00:00Z"),
        contact("c@d.example", true),
    ];
    let outcome = members(&partner).run_batch::<UpsertObject>(events).await;
    outcome.assert_delivered();
    assert_eq!(
        partner.requests_to("PUT", MEMBERS)[0].json(),
        json!({"recordIdsToAdd": ["2"], "recordIdsToRemove": ["1"]})
    );
}

#[tokio::test]
async fn lists_are_asked_for_once() {
    let partner = Partner::start().await;
    partner.on("GET", LIST).answers(200, list());
    partner.on("POST", UPSERT).always_answers(200, written());
    partner.on("PUT", MEMBERS).always_answers(200, json!({}));
    let harness = members(&partner);
    for _ in 0..2 {
        let event = contact("a@b.example", true);
        harness.run::<UpsertObject>(event).await.assert_delivered();
    }
}

#[tokio::test]
async fn a_list_that_cannot_be_read_now_is_not_created() {
    for status in [401, 429, 500] {
        let partner = Partner::start().await;
        partner.on("GET", LIST).answers(status, refusal("later"));
        partner
            .on("POST", "/oauth/v1/token")
            .always_answers(400, json!({}));
        let outcome = members(&partner)
            .run::<UpsertObject>(contact("a@b.example", true))
            .await;
        outcome.assert_failed();
        assert!(partner.requests_to("POST", LISTS).is_empty(), "status {status}");
    }
}

#[tokio::test]
async fn a_membership_that_fails_fails_its_records() {
    let partner = Partner::start().await;
    partner.on("GET", LIST).answers(200, list());
    partner.on("POST", UPSERT).answers(200, written());
    partner.on("PUT", MEMBERS).answers(503, refusal("busy"));
    let outcome = members(&partner)
        .run::<UpsertObject>(contact("a@b.example", true))
        .await;
    assert_eq!(outcome.assert_failed().status(), Some(503));
}

#[tokio::test]
async fn records_that_the_list_misses_fail() {
    let partner = Partner::start().await;
    partner.on("GET", LIST).answers(200, list());
    partner.on("POST", UPSERT).answers(200, written());
    partner
        .on("PUT", MEMBERS)
        .answers(200, json!({"recordsIdsAdded": ["1"], "recordIdsMissing": ["2"]}));
    let events = [contact("a@b.example", true), contact("c@d.example", true)];
    let outcome = members(&partner).run_batch::<UpsertObject>(events).await;
    outcome.assert_item(0).delivered();
    outcome.assert_item(1).failed_with(404, "NOT_FOUND");
}

#[tokio::test]
async fn records_of_two_lists_go_out_apart_whatever_the_mapping_says() {
    let partner = Partner::start().await;
    partner.on("GET", LIST).answers(200, list());
    partner
        .on("GET", "/crm/v3/lists/object-type-id/contact/name/gold")
        .answers(
            200,
            json!({"list": {"listId": "80", "name": "gold", "processingType": "MANUAL"}}),
        );
    partner.on("POST", UPSERT).always_answers(200, written());
    partner.on("PUT", MEMBERS).answers(200, json!({}));
    partner
        .on("PUT", "/crm/v3/lists/80/memberships/add-and-remove")
        .answers(200, json!({}));
    let harness = members(&partner).map(
        "list_details",
        json!({
            "connected_to_engage_audience": false,
            "list_name": {"@path": "$.traits.list"},
            "list_action": true,
            "should_create_list": true,
        }),
    );
    let events = [
        contact("a@b.example", true).trait_value("list", "vip"),
        contact("c@d.example", true).trait_value("list", "gold"),
    ];
    harness.run_batch::<UpsertObject>(events).await.assert_delivered();
    let added = |path: &str| partner.requests_to("PUT", path)[0].json()["recordIdsToAdd"].clone();
    assert_eq!(added(MEMBERS), json!(["1"]));
    assert_eq!(added("/crm/v3/lists/80/memberships/add-and-remove"), json!(["2"]));
}
