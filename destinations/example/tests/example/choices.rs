//! Choices that are asked of the partner.

use serde_json::json;
use waystation_destination_example::actions::{SendMessage, SyncAudience, UpsertContact};
use waystation_kit::dynamic_fields::{DynamicFieldAnswer, DynamicFieldRequest};
use waystation_kit::hooks::HookType;
use waystation_testkit::Partner;

use crate::support::connected;

fn values(answer: &DynamicFieldAnswer) -> Vec<&str> {
    answer
        .choices
        .iter()
        .filter_map(|choice| choice.value.as_str())
        .collect()
}

#[tokio::test]
async fn choices_come_page_by_page() {
    let partner = Partner::start().await;
    partner
        .on("GET", "/v1/templates")
        .answers(
            200,
            json!({"items": [{"id": "t-1", "name": "Welcome"}], "next": "2"}),
        )
        .answers(200, json!({"items": [{"id": "t-2", "name": "Goodbye"}]}));
    let harness = connected(&partner);
    let search = |page: Option<String>| DynamicFieldRequest {
        page,
        context: [("query".to_owned(), json!("we"))].into_iter().collect(),
        ..DynamicFieldRequest::default()
    };

    let first = harness
        .dynamic_field::<SendMessage>("template_id", search(None))
        .await;
    let first = first.expect("the partner answers");
    assert_eq!(first.choices[0].label, "Welcome");
    let second = harness
        .dynamic_field::<SendMessage>("template_id", search(first.next_page))
        .await;
    let second = second.expect("the partner answers");
    assert_eq!(
        (values(&second), second.next_page.as_deref()),
        (vec!["t-2"], Some(""))
    );

    let requests = partner.assert_sent(2);
    let asked: Vec<_> = requests
        .iter()
        .map(|request| (request.query("page"), request.query("search")))
        .collect();
    let asked_for = |page: &str| (Some(page.to_owned()), Some("we".to_owned()));
    assert_eq!(asked, [asked_for("1"), asked_for("2")]);
}

#[tokio::test]
async fn objects_have_choices_for_keys_and_values() {
    let partner = Partner::start().await;
    let attributes = json!({"items": [{"id": "plan", "name": "Plan"}]});
    partner.on("GET", "/v1/attributes").answers(200, attributes);
    partner
        .on("GET", "/v1/attributes/plan/values")
        .answers(200, json!(["free", "pro"]));
    let harness = connected(&partner);
    let ask = |field| harness.dynamic_field::<UpsertContact>(field, DynamicFieldRequest::default());

    let keys = ask("attributes.__keys__").await.expect("the partner answers");
    assert_eq!(values(&keys), ["plan"]);
    let known = ask("attributes.plan").await.expect("the partner answers");
    assert_eq!(values(&known), ["free", "pro"]);
}

#[tokio::test]
async fn what_other_items_of_a_list_have_taken_is_not_offered_again() {
    let partner = Partner::start().await;
    let topics = json!({"items": [{"id": "news", "name": "News"}, {"id": "offers", "name": "Offers"}]});
    partner.on("GET", "/v1/topics").answers(200, topics);
    let request = DynamicFieldRequest {
        payload: json!({"consents": [{"topic": "news"}, {"topic": "offers"}]}),
        ..DynamicFieldRequest::default()
    };

    let answer = connected(&partner)
        .dynamic_field::<UpsertContact>("consents.[1].topic", request)
        .await;

    assert_eq!(values(&answer.expect("the partner answers")), ["offers"]);
}

#[tokio::test]
async fn inputs_of_hooks_have_choices_too() {
    let partner = Partner::start().await;
    partner
        .on("GET", "/v1/folders")
        .answers(200, json!({"items": [{"id": "f-1", "name": "Sales"}]}));
    let request = DynamicFieldRequest::default();
    let answer = connected(&partner)
        .hook_dynamic_field::<SyncAudience>(HookType::OnMappingSave, "folder", request)
        .await;
    assert_eq!(values(&answer.expect("the partner answers")), ["f-1"]);
}
