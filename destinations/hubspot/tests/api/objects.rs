//! Records of "Custom Object V2": properties, writing, associations.

use serde_json::{Value, json};
use waystation_destination_hubspot::HubSpot;
use waystation_destination_hubspot::actions::UpsertObject;
use waystation_testkit::{BatchRunOutcome, Event, Harness, Partner};

use crate::support::{complete, harness, partial, record, refusal};

const PROPERTIES: &str = "/crm/v3/properties/contact";
const CREATE_PROPERTIES: &str = "/crm/v3/properties/contact/batch/create";
const UPSERT: &str = "/crm/v3/objects/contact/batch/upsert";
const READ: &str = "/crm/v3/objects/contact/batch/read";
const UPDATE: &str = "/crm/v3/objects/contact/batch/update";
const COMPANIES: &str = "/crm/v3/objects/company/batch/upsert";
const ASSOCIATE: &str = "/crm/v4/associations/contact/company/batch/create";
const ANA: &str = "ana@post.example";
const BEN: &str = "ben@post.example";

fn contacts(partner: &Partner, mode: &str) -> Harness<HubSpot> {
    harness(partner)
        .map(
            "object_details",
            json!({
                "object_type": "contact",
                "id_field_name": "email",
                "id_field_value": {"@path": "$.traits.email"},
                "property_group": "contactinformation",
            }),
        )
        .map("properties", json!({"@path": "$.properties"}))
        .map("__segment_internal_sync_mode", mode)
}

/// Contacts that belong to the company of their event.
fn employees(partner: &Partner) -> Harness<HubSpot> {
    contacts(partner, "upsert").map(
        "associations",
        json!([{
            "object_type": "company",
            "association_label": "HUBSPOT_DEFINED:279",
            "id_field_name": "domain",
            "id_field_value": {"@path": "$.traits.company"},
        }]),
    )
}

fn of(email: &str) -> Event {
    Event::identify().trait_value("email", email)
}

/// That HubSpot keeps plans as texts.
fn plans_are_texts() -> Value {
    json!({"results": [{"name": "plan", "type": "string", "fieldType": "text"}]})
}

fn both() -> Value {
    complete(json!([
        record("1", json!({"email": ANA})),
        record("2", json!({"email": BEN}))
    ]))
}

async fn run_both(harness: &Harness<HubSpot>) -> BatchRunOutcome {
    let events = [of(ANA), of(BEN)].map(|event| event.trait_value("company", "acme.example"));
    harness.run_batch::<UpsertObject>(events).await
}

#[tokio::test]
async fn a_name_that_no_property_can_have_fails_alone() {
    let partner = Partner::start().await;
    partner.on("GET", PROPERTIES).answers(200, plans_are_texts());
    partner.on("POST", UPSERT).answers(200, both());
    let events = [of(ANA).property("1st", "x"), of(BEN).property("plan", "pro")];
    let outcome = contacts(&partner, "upsert")
        .run_batch::<UpsertObject>(events)
        .await;
    outcome
        .assert_item(0)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    outcome.assert_item(1).delivered();
}

#[tokio::test]
async fn a_value_of_another_type_fails_alone() {
    let partner = Partner::start().await;
    let seats = json!([
        {"name": "plan", "type": "string", "fieldType": "text"},
        {"name": "seats", "type": "number", "fieldType": "number"},
    ]);
    partner
        .on("GET", PROPERTIES)
        .answers(200, json!({"results": seats}));
    partner.on("POST", UPSERT).answers(200, both());
    let events = [of(ANA).property("seats", "many"), of(BEN).property("plan", "pro")];
    let outcome = contacts(&partner, "upsert")
        .run_batch::<UpsertObject>(events)
        .await;
    outcome
        .assert_item(0)
        .failed_with(400, "HUBSPOT_PROPERTY_TYPE_MISMATCH");
    outcome.assert_item(1).delivered();
    let inputs = partner.requests_to("POST", UPSERT)[0].json();
    assert_eq!(inputs["inputs"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn properties_are_asked_for_once() {
    let partner = Partner::start().await;
    partner.on("GET", PROPERTIES).answers(200, plans_are_texts());
    partner.on("POST", CREATE_PROPERTIES).answers(201, json!({}));
    partner.on("POST", UPSERT).always_answers(200, both());
    let harness = contacts(&partner, "upsert");
    for _ in 0..2 {
        let event = of(ANA).property("plan", "pro").property("seats", 3);
        harness.run::<UpsertObject>(event).await.assert_delivered();
    }
}

#[tokio::test]
async fn properties_that_somebody_else_creates_meanwhile_are_as_good() {
    let partner = Partner::start().await;
    partner
        .on("GET", PROPERTIES)
        .answers(200, json!({"results": []}))
        .answers(200, plans_are_texts());
    partner
        .on("POST", CREATE_PROPERTIES)
        .answers(409, refusal("exists"));
    partner.on("POST", UPSERT).answers(200, both());
    let event = of(ANA).property("plan", "pro");
    let outcome = contacts(&partner, "upsert").run::<UpsertObject>(event).await;
    outcome.assert_delivered();
}

#[tokio::test]
async fn properties_that_cannot_be_created_fail_the_event() {
    let partner = Partner::start().await;
    partner
        .on("GET", PROPERTIES)
        .always_answers(200, json!({"results": []}));
    partner.on("POST", CREATE_PROPERTIES).answers(409, refusal("odd"));
    let event = of(ANA).property("plan", "pro");
    let outcome = contacts(&partner, "upsert").run::<UpsertObject>(event).await;
    assert_eq!(outcome.assert_failed().status(), Some(409));
}

#[tokio::test]
async fn a_record_that_hubspot_refuses_fails_alone() {
    let partner = Partner::start().await;
    let results = json!([record("1", json!({"email": ANA}))]);
    partner
        .on("POST", UPSERT)
        .answers(207, partial(results, "VALIDATION_ERROR", json!([BEN])));
    let outcome = run_both(&contacts(&partner, "upsert")).await;
    outcome.assert_item(0).delivered();
    let error = outcome.assert_item(1).failed_with(400, "VALIDATION_ERROR");
    assert_eq!(error.message, "HubSpot's words");
}

#[tokio::test]
async fn updates_are_refused_by_the_ids_of_hubspot_too() {
    let partner = Partner::start().await;
    partner.on("POST", READ).answers(200, both());
    partner.on("POST", UPDATE).answers(
        207,
        partial(json!([record("1", json!({}))]), "CONFLICT", json!(["2"])),
    );
    let outcome = run_both(&contacts(&partner, "update")).await;
    outcome.assert_item(0).delivered();
    outcome.assert_item(1).failed_with(409, "CONFLICT");
}

#[tokio::test]
async fn addresses_are_found_however_they_are_written() {
    let partner = Partner::start().await;
    partner.on("POST", READ).answers(200, both());
    partner.on("POST", UPDATE).answers(200, both());
    let event = of("Ana@Post.Example");
    let outcome = contacts(&partner, "update").run::<UpsertObject>(event).await;
    outcome.assert_delivered();
    assert_eq!(partner.requests_to("POST", UPDATE).len(), 1);
}

#[tokio::test]
async fn records_that_share_a_company_are_all_associated_with_it() {
    let partner = Partner::start().await;
    partner.on("POST", UPSERT).answers(200, both());
    let company = record("9", json!({"domain": "acme.example"}));
    partner
        .on("POST", COMPANIES)
        .answers(200, complete(json!([company])));
    let associated = json!([
        {"fromObjectId": 1, "toObjectId": 9},
        {"from": {"id": "2"}, "to": {"id": "9"}},
    ]);
    partner.on("POST", ASSOCIATE).answers(201, complete(associated));
    run_both(&employees(&partner)).await.assert_delivered();
    let companies = partner.requests_to("POST", COMPANIES)[0].json();
    assert_eq!(companies["inputs"].as_array().unwrap().len(), 1);
    let associations = partner.requests_to("POST", ASSOCIATE)[0].json();
    let from: Vec<&Value> = associations["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|input| &input["from"]["id"])
        .collect();
    assert_eq!(from, ["1", "2"]);
}

#[tokio::test]
async fn an_association_that_hubspot_refuses_fails_its_record() {
    let partner = Partner::start().await;
    partner.on("POST", UPSERT).answers(200, both());
    let company = record("9", json!({"domain": "acme.example"}));
    partner
        .on("POST", COMPANIES)
        .answers(200, complete(json!([company])));
    partner.on("POST", ASSOCIATE).answers(
        207,
        partial(
            json!([{"fromObjectId": "1", "toObjectId": "9"}]),
            "VALIDATION_ERROR",
            json!(["2"]),
        ),
    );
    let outcome = run_both(&employees(&partner)).await;
    outcome.assert_item(0).delivered();
    outcome.assert_item(1).failed_with(400, "VALIDATION_ERROR");
}

#[tokio::test]
async fn a_company_that_hubspot_refuses_fails_its_records() {
    for (status, body, ours, code) in [
        (
            207,
            partial(json!([]), "VALIDATION_ERROR", json!(["acme.example"])),
            400,
            "VALIDATION_ERROR",
        ),
        (200, complete(json!([])), 502, "INVALID_RESPONSE"),
    ] {
        let partner = Partner::start().await;
        partner.on("POST", UPSERT).answers(200, both());
        partner.on("POST", COMPANIES).answers(status, body);
        let outcome = run_both(&employees(&partner)).await;
        outcome.assert_item(0).failed_with(ours, code);
        outcome.assert_item(1).failed_with(ours, code);
    }
}

#[tokio::test]
async fn nothing_is_associated_with_a_record_that_hubspot_does_not_name() {
    let partner = Partner::start().await;
    partner.on("POST", UPSERT).answers(200, complete(json!([])));
    let event = of(ANA).trait_value("company", "acme.example");
    let outcome = employees(&partner).run::<UpsertObject>(event).await;
    outcome.assert_failed_with(502, "INVALID_RESPONSE");
}

#[tokio::test]
async fn records_of_two_types_are_not_mixed() {
    let partner = Partner::start().await;
    partner
        .on("POST", UPSERT)
        .answers(200, complete(json!([record("1", json!({"email": ANA}))])));
    partner
        .on("POST", "/crm/v3/objects/lead/batch/upsert")
        .answers(503, refusal("busy"));
    let harness = contacts(&partner, "upsert").map(
        "object_details",
        json!({
            "object_type": {"@path": "$.traits.kind"},
            "id_field_name": "email",
            "id_field_value": {"@path": "$.traits.email"},
        }),
    );
    let events = [
        of(ANA).trait_value("kind", "contact"),
        of(BEN).trait_value("kind", "lead"),
    ];
    let outcome = harness.run_batch::<UpsertObject>(events).await;
    outcome.assert_item(0).delivered();
    outcome.assert_item(1).failed_with(503, "SERVICE_UNAVAILABLE");
}

#[tokio::test]
async fn more_records_than_a_request_takes_go_out_in_parts() {
    let partner = Partner::start().await;
    let emails: Vec<String> = (0..101).map(|number| format!("c{number}@post.example")).collect();
    let written: Vec<Value> = emails[..100]
        .iter()
        .map(|email| record("1", json!({"email": email})))
        .collect();
    partner
        .on("POST", UPSERT)
        .answers(200, complete(written))
        .answers(429, refusal("slow down"));
    let events = emails.iter().map(|email| of(email));
    let outcome = contacts(&partner, "upsert")
        .run_batch::<UpsertObject>(events)
        .await;
    outcome.assert_item(99).delivered();
    outcome.assert_item(100).failed_with(429, "TOO_MANY_REQUESTS");
}

#[tokio::test]
async fn records_that_hubspot_does_not_show_are_not_delivered() {
    for answer in [
        complete(json!([])),
        complete(json!([record("1", json!({"email": ANA}))])),
        json!({"results": [record("1", json!({"email": ANA}))], "numErrors": 1}),
    ] {
        let partner = Partner::start().await;
        partner.on("POST", UPSERT).answers(200, answer);
        let outcome = run_both(&contacts(&partner, "upsert")).await;
        outcome.assert_item(1).failed_with(502, "INVALID_RESPONSE");
    }
}

#[tokio::test]
async fn associations_that_hubspot_does_not_show_fail_their_records() {
    let partner = Partner::start().await;
    partner.on("POST", UPSERT).answers(200, both());
    let company = record("9", json!({"domain": "acme.example"}));
    partner
        .on("POST", COMPANIES)
        .answers(200, complete(json!([company])));
    let associated = json!([{"fromObjectId": "1", "toObjectId": "9"}]);
    partner.on("POST", ASSOCIATE).answers(201, complete(associated));
    let outcome = run_both(&employees(&partner)).await;
    outcome.assert_item(0).delivered();
    outcome.assert_item(1).failed_with(502, "INVALID_RESPONSE");
}

#[tokio::test]
async fn a_property_that_cannot_be_created_fails_its_record_alone() {
    let partner = Partner::start().await;
    partner
        .on("GET", PROPERTIES)
        .always_answers(200, json!({"results": []}));
    partner
        .on("POST", CREATE_PROPERTIES)
        .answers(400, refusal("hs_x is reserved"))
        .answers(400, refusal("hs_x is reserved"))
        .answers(201, json!({}));
    partner.on("POST", UPSERT).answers(200, both());
    let events = [of(ANA).property("hs_x", "1"), of(BEN).property("plan", "pro")];
    let outcome = contacts(&partner, "upsert")
        .run_batch::<UpsertObject>(events)
        .await;
    outcome.assert_item(0).failed_with(400, "BAD_REQUEST");
    outcome.assert_item(1).delivered();
}

#[tokio::test]
async fn without_a_group_only_records_with_missing_properties_fail() {
    let partner = Partner::start().await;
    partner.on("GET", PROPERTIES).answers(200, plans_are_texts());
    partner.on("POST", UPSERT).answers(200, both());
    let harness = contacts(&partner, "upsert").map(
        "object_details",
        json!({
            "object_type": "contact",
            "id_field_name": "email",
            "id_field_value": {"@path": "$.traits.email"},
        }),
    );
    let events = [of(ANA).property("seats", 3), of(BEN).property("plan", "pro")];
    let outcome = harness.run_batch::<UpsertObject>(events).await;
    outcome
        .assert_item(0)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    outcome.assert_item(1).delivered();
}

#[tokio::test]
async fn properties_of_any_type_can_be_written() {
    let partner = Partner::start().await;
    let known = [
        ("phone_x", "string", "phonenumber"),
        ("size", "enumeration", "radio"),
        ("colour", "enumeration", "select"),
        ("tags", "enumeration", "checkbox"),
        ("note", "string", "html"),
        ("vip", "bool", "booleancheckbox"),
        ("plan", "string", "text"),
    ]
    .map(|(name, kept, field)| json!({"name": name, "type": kept, "fieldType": field}));
    partner
        .on("GET", PROPERTIES)
        .answers(200, json!({"results": known}));
    partner.on("POST", UPSERT).answers(200, both());
    let event = of(ANA)
        .property("phone_x", "+48 600")
        .property("size", "L")
        .property("colour", "red")
        .property("tags", "a;b")
        .property("note", "<b>x</b>")
        .property("vip", true)
        .property("plan", 7);
    let outcome = contacts(&partner, "upsert").run::<UpsertObject>(event).await;
    outcome.assert_delivered();
    assert!(partner.requests_to("POST", CREATE_PROPERTIES).is_empty());
}

#[tokio::test]
async fn one_address_in_three_spellings_is_one_record() {
    let partner = Partner::start().await;
    partner.on("POST", UPSERT).answers(
        200,
        complete(json!([record("1", json!({"email": "ada@b.example"}))])),
    );
    let events = ["Ada@B.example", "ada@b.example", " ada@b.example "].map(of);
    let outcome = contacts(&partner, "upsert")
        .run_batch::<UpsertObject>(events)
        .await;
    outcome.assert_delivered();
    let inputs = partner.requests_to("POST", UPSERT)[0].json();
    assert_eq!(inputs["inputs"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn no_request_has_an_empty_list_of_records() {
    let partner = Partner::start().await;
    partner.on("POST", READ).answers(200, both());
    let outcome = run_both(&contacts(&partner, "add")).await;
    outcome.assert_delivered();
    assert_eq!(partner.requests().len(), 1, "those that exist are left alone");
}

#[tokio::test]
async fn records_that_appear_while_they_are_created_are_left_alone() {
    let partner = Partner::start().await;
    partner
        .on("POST", READ)
        .answers(207, partial(json!([]), "OBJECT_NOT_FOUND", json!([ANA, BEN])))
        .answers(200, both());
    partner
        .on("POST", "/crm/v3/objects/contact/batch/create")
        .answers(409, refusal("exists"));
    let outcome = run_both(&contacts(&partner, "add")).await;
    outcome.assert_delivered();
}
