//! Choosing, creating and asking for lists.

use serde_json::{Value, json};
use waystation_destination_klaviyo::Klaviyo;
use waystation_destination_klaviyo::actions::{RemoveProfile, UpsertProfile};
use waystation_kit::dynamic_fields::DynamicFieldRequest;
use waystation_kit::hooks::HookType;
use waystation_testkit::{Harness, Partner};

use crate::support::{harness, refusal};

const LISTS: &str = "/api/lists/";

fn list(id: &str, name: &str) -> Value {
    json!({"type": "list", "id": id, "attributes": {"name": name}})
}

async fn choices(harness: &Harness<Klaviyo>, page: Option<&str>) -> Value {
    let request = DynamicFieldRequest {
        page: page.map(str::to_owned),
        ..DynamicFieldRequest::default()
    };
    let answer = harness.dynamic_field::<RemoveProfile>("list_id", request).await;
    serde_json::to_value(answer.unwrap()).unwrap()
}

#[tokio::test]
async fn lists_are_offered_page_by_page() {
    let partner = Partner::start().await;
    let next = "https://a.klaviyo.com/api/lists/?page%5Bcursor%5D=c2";
    partner
        .on("GET", LISTS)
        .answers(200, json!({"data": [list("L1", "One")], "links": {"next": next}}))
        .answers(200, json!({"data": [list("L2", "Two")], "links": {"next": null}}));
    let harness = harness(&partner);
    assert_eq!(
        choices(&harness, None).await,
        json!({"choices": [{"label": "One", "value": "L1"}], "nextPage": "c2"})
    );
    assert_eq!(
        choices(&harness, Some("c2")).await,
        json!({"choices": [{"label": "Two", "value": "L2"}]})
    );
    assert_eq!(partner.requests()[1].query("page[cursor]").as_deref(), Some("c2"));
}

#[tokio::test]
async fn one_odd_entry_does_not_empty_the_lists() {
    let partner = Partner::start().await;
    let odd =
        json!([list("L1", "One"), "odd", {"id": null}, {"id": 7, "attributes": {"name": 7}}, {"id": "L2"}]);
    partner.on("GET", LISTS).answers(200, json!({"data": odd}));
    let expected = json!([
        {"label": "One", "value": "L1"},
        {"label": "7", "value": "7"},
        {"label": "L2", "value": "L2"},
    ]);
    assert_eq!(choices(&harness(&partner), None).await["choices"], expected);
}

#[tokio::test]
async fn the_editor_is_told_why_there_are_no_lists() {
    let partner = Partner::start().await;
    partner
        .on("GET", LISTS)
        .answers(401, refusal(401, "no", "/data/"))
        .answers(200, json!({"lists": []}));
    let harness = harness(&partner);
    for code in ["401", "502"] {
        assert_eq!(choices(&harness, None).await["error"]["code"], code);
    }
}

#[tokio::test]
async fn an_audience_becomes_a_list_unless_one_is_chosen() {
    let partner = Partner::start().await;
    partner
        .on("POST", "/api/lists")
        .answers(201, json!({"data": list("L1", "vip")}));
    let harness = harness(&partner);
    assert_eq!(harness.create_audience("vip", json!({})).await.unwrap(), "L1");
    let chosen = harness.create_audience("vip", json!({"listId": "L2"})).await;
    assert_eq!(chosen.unwrap(), "L2");
    let error = harness.create_audience("", json!({})).await.unwrap_err();
    assert_eq!(error.status(), Some(400));
    partner.assert_sent(1);
}

#[tokio::test]
async fn a_list_that_is_not_there_is_told_in_klaviyos_words() {
    let partner = Partner::start().await;
    partner
        .on("GET", "/api/lists/L1")
        .answers(404, refusal(404, "A list with id L1 does not exist.", "/data/"))
        .answers(404, json!({}))
        .answers(200, json!({"data": {"id": "L2"}}));
    let harness = harness(&partner);
    let mut errors = Vec::new();
    for _ in 0..3 {
        errors.push(harness.get_audience("L1", json!({})).await.unwrap_err());
    }
    assert_eq!(errors[0].to_string(), "A list with id L1 does not exist.");
    assert_eq!(errors[1].status(), Some(404));
    assert_eq!(errors[2].status(), Some(400), "another list than was asked for");
}

#[tokio::test]
async fn a_mapping_chooses_a_list_or_creates_one() {
    let partner = Partner::start().await;
    partner
        .on("GET", "/api/lists/L1")
        .answers(200, json!({"data": list("L1", "One")}));
    partner
        .on("POST", "/api/lists")
        .answers(201, json!({"data": list("L2", "Two")}));
    let harness = harness(&partner);
    for (inputs, saved) in [
        (
            json!({"list_identifier": "L1", "list_name": "unused"}),
            json!({"id": "L1", "name": "One"}),
        ),
        (json!({"list_name": "Two"}), json!({"id": "L2", "name": "Two"})),
    ] {
        let answer = harness
            .hook::<UpsertProfile>(HookType::RetlOnMappingSave, inputs)
            .await
            .unwrap();
        assert_eq!(answer.saved_data, Some(saved));
    }
    let nothing = harness
        .hook::<UpsertProfile>(HookType::RetlOnMappingSave, json!({}))
        .await;
    assert_eq!(nothing.unwrap_err().status(), Some(400));
}
