//! Companies, and the property that their identifiers are kept in.

use serde_json::json;
use waystation_destination_hubspot::actions::UpsertCompany;
use waystation_testkit::{Event, Harness, Partner};

use crate::support::{harness, record, refusal};
use waystation_destination_hubspot::HubSpot;

const BY_GROUP_ID: &str = "/crm/v3/objects/companies/g-1";
const PROPERTIES: &str = "/crm/v3/properties/companies";

fn alone(partner: &Partner) -> Harness<HubSpot> {
    harness(partner).map("associateContact", false)
}

fn company() -> Event {
    Event::group("g-1").trait_value("name", "Acme")
}

fn no_property() -> serde_json::Value {
    let list = json!([{"isValid": false, "error": "PROPERTY_DOESNT_EXIST", "name": "segment_group_id"}]);
    refusal(&format!("Property values were not valid: {list}"))
}

#[tokio::test]
async fn that_somebody_else_created_the_property_is_as_good() {
    let partner = Partner::start().await;
    partner.on("PATCH", BY_GROUP_ID).answers(400, no_property());
    partner.on("POST", PROPERTIES).answers(409, refusal("exists"));
    let outcome = alone(&partner).run::<UpsertCompany>(company()).await;
    outcome.assert_failed_with(500, "RETRYABLE_ERROR");
}

#[tokio::test]
async fn the_attempt_after_the_property_was_created_succeeds() {
    let partner = Partner::start().await;
    partner
        .on("PATCH", BY_GROUP_ID)
        .answers(400, no_property())
        .answers(200, record("7", json!({})));
    partner.on("POST", PROPERTIES).answers(201, json!({}));
    let outcome = alone(&partner).retries(1).run::<UpsertCompany>(company()).await;
    outcome.assert_delivered();
    outcome.assert_attempts(2);
}

#[tokio::test]
async fn other_properties_that_are_missing_are_not_created() {
    let partner = Partner::start().await;
    let list = json!([
        {"error": "PROPERTY_DOESNT_EXIST", "name": "segment_group_id"},
        {"error": "PROPERTY_DOESNT_EXIST", "name": "plan"},
    ]);
    let message = format!("Property values were not valid: {list}");
    partner.on("PATCH", BY_GROUP_ID).answers(400, refusal(&message));
    let outcome = alone(&partner).run::<UpsertCompany>(company()).await;
    assert_eq!(outcome.assert_failed().status(), Some(400));
    assert_eq!(partner.requests().len(), 1);
}

#[tokio::test]
async fn a_company_that_was_written_counts_without_an_id() {
    let partner = Partner::start().await;
    partner.on("PATCH", BY_GROUP_ID).answers(200, json!({}));
    alone(&partner)
        .run::<UpsertCompany>(company())
        .await
        .assert_delivered();
}

#[tokio::test]
async fn a_company_that_appears_between_update_and_creation_is_updated() {
    let partner = Partner::start().await;
    partner
        .on("PATCH", BY_GROUP_ID)
        .answers(404, refusal("gone"))
        .answers(200, record("7", json!({})));
    partner
        .on("POST", "/crm/v3/objects/companies")
        .answers(409, refusal("segment_group_id is taken"));
    alone(&partner)
        .run::<UpsertCompany>(company())
        .await
        .assert_delivered();
}

#[tokio::test]
async fn identifiers_cannot_lead_to_other_addresses() {
    let partner = Partner::start().await;
    partner
        .on("PATCH", "/crm/v3/objects/companies/..%2Fcontacts%2F1")
        .answers(200, record("7", json!({})));
    let event = Event::group("../contacts/1");
    alone(&partner)
        .run::<UpsertCompany>(event)
        .await
        .assert_delivered();
}
