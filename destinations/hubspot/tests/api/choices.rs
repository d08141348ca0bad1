//! Choices that are asked of HubSpot.

use serde_json::{Value, json};
use waystation_destination_hubspot::actions::{CustomEvent, UpsertCustomObjectRecord, UpsertObject};
use waystation_kit::dynamic_fields::{DynamicFieldAnswer, DynamicFieldRequest};
use waystation_testkit::Partner;

use crate::support::{harness, refusal};

fn having(payload: Value) -> DynamicFieldRequest {
    DynamicFieldRequest {
        payload,
        ..DynamicFieldRequest::default()
    }
}

fn of_contacts() -> DynamicFieldRequest {
    having(json!({"object_details": {"object_type": "contact"}}))
}

fn pairs(answer: &DynamicFieldAnswer) -> Vec<(&str, &str)> {
    answer
        .choices
        .iter()
        .map(|choice| (choice.label.as_str(), choice.value.as_str().unwrap()))
        .collect()
}

fn property(name: &str, label: &str, is_read_only: bool) -> Value {
    json!({
        "name": name,
        "label": label,
        "type": "string",
        "hasUniqueValue": false,
        "modificationMetadata": {"readOnlyValue": is_read_only},
    })
}

#[tokio::test]
async fn properties_that_may_be_written_are_offered() {
    let partner = Partner::start().await;
    let properties = json!([
        property("b", "beta", false),
        property("c", "created", true),
        property("a", "Alpha", false),
        {"name": "u", "label": "unique", "type": "string", "hasUniqueValue": true},
    ]);
    partner
        .on("GET", "/crm/v3/properties/contact")
        .answers(200, json!({"results": properties}))
        .answers(200, json!({"results": [property("s", "Secret", false)]}));
    let harness = harness(&partner);
    let ordinary = harness
        .dynamic_field::<UpsertObject>("properties.__keys__", of_contacts())
        .await
        .unwrap();
    assert_eq!(
        pairs(&ordinary),
        [("Alpha - string", "a"), ("beta - string", "b")]
    );
    let sensitive = harness
        .dynamic_field::<UpsertObject>("sensitive_properties.__keys__", of_contacts())
        .await
        .unwrap();
    assert_eq!(pairs(&sensitive), [("Secret - string", "s")]);
    let sensitivity = partner.requests()[1].query("dataSensitivity");
    assert_eq!(sensitivity.as_deref(), Some("sensitive"));
}

#[tokio::test]
async fn lists_are_gathered_page_by_page() {
    let partner = Partner::start().await;
    partner
        .on("GET", "/crm/v3/schemas/contact")
        .answers(200, json!({"objectTypeId": "0-1"}));
    let list = |name: &str, kind: &str, of: &str| json!({"name": name, "listId": "1", "processingType": kind, "objectTypeId": of});
    let first = json!([list("vip", "MANUAL", "0-1"), list("all", "DYNAMIC", "0-1")]);
    let second = json!([list("firms", "MANUAL", "0-2"), list("new", "MANUAL", "0-1")]);
    partner
        .on("POST", "/crm/v3/lists/search")
        .answers(200, json!({"lists": first, "hasMore": true, "offset": 2}))
        .answers(200, json!({"lists": second, "hasMore": false, "offset": 4}));
    let answer = harness(&partner)
        .dynamic_field::<UpsertObject>("list_details.list_name", of_contacts())
        .await
        .unwrap();
    assert_eq!(pairs(&answer), [("vip", "vip"), ("new", "new")]);
    let searches = partner.requests_to("POST", "/crm/v3/lists/search");
    assert_eq!(
        searches[1].json(),
        json!({"processingTypes": ["MANUAL"], "offset": 2})
    );
}

#[tokio::test]
async fn the_properties_of_an_event_are_offered_under_either_of_its_names() {
    let property = |name: &str, archived: bool| json!({"name": name, "label": name, "type": "string", "archived": archived});
    let event = json!({
        "name": "seat_used",
        "fullyQualifiedName": "pe1_seat_used",
        "labels": {},
        "properties": [property("zone", false), property("Area", false), property("old", true)],
    });
    for (name, first) in [
        ("Seat Used", "Area"),
        ("pe1_seat_used", "Area"),
        ("another", "hs_asset_description"),
    ] {
        let partner = Partner::start().await;
        partner
            .on("GET", "/events/v3/event-definitions/")
            .answers(200, json!({"results": [event]}));
        let answer = harness(&partner)
            .dynamic_field::<CustomEvent>("properties.__keys__", having(json!({"event_name": name})))
            .await
            .unwrap();
        assert_eq!(answer.choices[0].value, first, "{name}");
    }
}

#[tokio::test]
async fn what_hubspot_refuses_is_told_in_its_words() {
    let partner = Partner::start().await;
    partner
        .on("GET", "/crm/v3/properties/contact/groups")
        .answers(403, refusal("scope is missing"));
    let answer = harness(&partner)
        .dynamic_field::<UpsertObject>("object_details.property_group", of_contacts())
        .await
        .unwrap();
    let error = answer.error.unwrap();
    assert_eq!(
        (error.code.as_str(), error.message.as_str()),
        ("403", "scope is missing")
    );
}

#[tokio::test]
async fn what_is_missing_is_told_without_asking() {
    let partner = Partner::start().await;
    let harness = harness(&partner);
    let answer = harness
        .dynamic_field::<UpsertCustomObjectRecord>("associationLabel", having(json!({"objectType": "deals"})))
        .await
        .unwrap();
    assert!(answer.error.unwrap().message.contains("other record"));
    let error = harness
        .dynamic_field::<UpsertObject>("associations.[0].association_label", of_contacts())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("other record"), "{error}");
    partner.assert_nothing_sent();
}
