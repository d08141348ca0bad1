//! Records of "Upsert Custom Object Record".

use serde_json::{Value, json};
use waystation_destination_hubspot::HubSpot;
use waystation_destination_hubspot::actions::UpsertCustomObjectRecord;
use waystation_testkit::{Event, Harness, Partner};

use crate::support::{harness, record, refusal};

const SEARCH: &str = "/crm/v3/objects/deals/search";
const SEARCH_OTHER: &str = "/crm/v3/objects/contacts/search";

fn deals(partner: &Partner) -> Harness<HubSpot> {
    harness(partner)
        .map("objectType", "deals")
        .map("properties", json!({"dealname": "Big"}))
        .map("customObjectSearchFields", json!({"dealname": "Big"}))
}

fn associated(partner: &Partner, label: &str) -> Harness<HubSpot> {
    deals(partner)
        .map("toObjectType", "contacts")
        .map(
            "searchFieldsToAssociateCustomObjects",
            json!({"email": "a@b.example"}),
        )
        .map("associationLabel", label)
}

fn found(ids: &[&str]) -> Value {
    let results: Vec<Value> = ids.iter().map(|id| record(id, json!({}))).collect();
    json!({"total": ids.len(), "results": results})
}

async fn failure(harness: &Harness<HubSpot>) -> (Option<u16>, String) {
    let outcome = harness
        .run::<UpsertCustomObjectRecord>(Event::track("Deal Won"))
        .await;
    let error = outcome.assert_failed();
    let code = error.action().and_then(waystation_kit::Error::code);
    (
        error.status(),
        code.map(|code| code.to_string()).unwrap_or_default(),
    )
}

#[tokio::test]
async fn a_label_that_is_none_is_found_out_before_anything_is_written() {
    let partner = Partner::start().await;
    partner.on("POST", SEARCH).answers(200, found(&["1"]));
    partner.on("POST", SEARCH_OTHER).answers(200, found(&["2"]));
    let failure = failure(&associated(&partner, "friend")).await;
    assert_eq!(failure, (Some(400), "PAYLOAD_VALIDATION_FAILED".to_owned()));
}

#[tokio::test]
async fn searches_that_hubspot_cannot_answer_now_are_tried_again() {
    for (status, ours) in [(429, 429), (500, 500), (503, 503)] {
        let partner = Partner::start().await;
        partner.on("POST", SEARCH).answers(200, found(&[]));
        partner.on("POST", SEARCH_OTHER).answers(status, refusal("later"));
        let (status, _) = failure(&associated(&partner, "USER_DEFINED:1")).await;
        assert_eq!(status, Some(ours));
    }
}

#[tokio::test]
async fn an_answer_to_a_search_has_a_total() {
    let partner = Partner::start().await;
    partner.on("POST", SEARCH).answers(200, json!({"results": []}));
    let failure = failure(&deals(&partner)).await;
    assert_eq!(failure, (Some(502), "INVALID_RESPONSE".to_owned()));
}

#[tokio::test]
async fn an_association_that_fails_fails_the_event() {
    let partner = Partner::start().await;
    partner.on("POST", SEARCH).answers(200, found(&["1"]));
    partner.on("POST", SEARCH_OTHER).answers(200, found(&["2"]));
    partner
        .on("PATCH", "/crm/v3/objects/deals/1")
        .answers(200, record("1", json!({})));
    partner
        .on("PUT", "/crm/v4/objects/deals/1/associations/contacts/2")
        .answers(403, refusal("scope"));
    let (status, _) = failure(&associated(&partner, "USER_DEFINED:1")).await;
    assert_eq!(status, Some(403));
}
