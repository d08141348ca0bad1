//! Catalogs: what the answers come to.

use serde_json::{Value, json};
use waystation_destination_braze::Braze;
use waystation_destination_braze::actions::UpsertCatalogItem;
use waystation_kit::SyncMode;
use waystation_kit::dynamic_fields::DynamicFieldRequest;
use waystation_kit::hooks::HookType;
use waystation_testkit::{Answer, Harness, Partner};

use crate::support::{event, harness, harness_with, riddles, saying, verdicts};

fn items() -> [Value; 2] {
    [
        json!({"item_id": "kettle", "item": {"price": 89.5}}),
        json!({"item_id": "lamp", "item": {"price": 59.9}}),
    ]
}

fn events() -> Vec<Value> {
    items().iter().map(event).collect()
}

/// A mapping in which the catalog `shop` was chosen.
fn with_catalog(partner: &Partner, sync_mode: SyncMode) -> Harness<Braze> {
    let chosen = json!({"inputs": {}, "outputs": {"catalog_name": "shop"}});
    harness_with::<UpsertCatalogItem>(partner, sync_mode).map("onMappingSave", chosen)
}

async fn verdicts_of(answer: Answer, sync_mode: SyncMode) -> Vec<Value> {
    let partner = saying([answer]).await;
    let harness = with_catalog(&partner, sync_mode);
    verdicts(&harness.run_batch::<UpsertCatalogItem>(events()).await)
}

fn error(id: &str, items: &[&str]) -> Value {
    json!({"errors": [{"id": id, "message": "no", "parameters": ["item_id"], "parameter_values": items}]})
}

#[tokio::test]
async fn only_the_ids_of_items_to_delete_are_sent() {
    let partner = saying([Answer::json(202, json!({"message": "success"}))]).await;
    let harness = with_catalog(&partner, SyncMode::Delete);
    let outcome = harness.run_batch::<UpsertCatalogItem>(events()).await;
    outcome.assert_delivered();
    let request = partner.assert_sent_once();
    assert_eq!(request.method, "DELETE");
    assert_eq!(
        request.url.as_str(),
        "https://rest.iad-01.braze.com/catalogs/shop/items/"
    );
    assert_eq!(
        request.json(),
        json!({"items": [{"id": "kettle"}, {"id": "lamp"}]})
    );
}

#[tokio::test]
async fn an_item_that_is_gone_already_counts_as_deleted() {
    let body = error("item-not-found", &["lamp"]);
    let verdicts = verdicts_of(Answer::json(400, body), SyncMode::Delete).await;
    assert_eq!(verdicts[0][0], 500, "the other is tried again");
    assert_eq!(verdicts[1], 200);
}

#[tokio::test]
async fn a_refusal_that_names_no_item_is_final_for_all() {
    for (status, code) in [(400, "BAD_REQUEST"), (401, "UNAUTHORIZED"), (403, "FORBIDDEN")] {
        let answer = Answer::json(status, json!({"message": "no"}));
        assert_eq!(
            verdicts_of(answer, SyncMode::Upsert).await,
            vec![json!([status, code, "no"]); 2]
        );
    }
}

#[tokio::test]
async fn items_are_not_blamed_for_a_catalog_that_does_not_exist() {
    let body = error("catalog-not-found", &["kettle"]);
    let verdicts = verdicts_of(Answer::json(404, body), SyncMode::Upsert).await;
    assert!(verdicts.iter().all(|verdict| verdict[0] == 404), "{verdicts:?}");
}

#[tokio::test]
async fn a_success_that_lists_errors_or_has_another_word_is_a_refusal_alone_and_in_batches() {
    for (body, words) in [
        (
            json!({"message": "success", "errors": [{"message": "no such field"}]}),
            "no such field",
        ),
        (json!({"message": "catalog is locked"}), "catalog is locked"),
    ] {
        for mode in [SyncMode::Upsert, SyncMode::Delete] {
            let answer = Answer::json(202, body.clone());
            assert_eq!(
                verdicts_of(answer.clone(), mode).await,
                vec![json!([400, "BAD_REQUEST", words]); 2]
            );
            let partner = saying([answer]).await;
            let [item, _] = items();
            let outcome = with_catalog(&partner, mode)
                .run::<UpsertCatalogItem>(event(&item))
                .await;
            assert_eq!(outcome.assert_failed_with(400, "400").to_string(), words);
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_not_understood_leaves_the_outcome_unknown() {
    for answer in riddles() {
        let verdicts = verdicts_of(answer.clone(), SyncMode::Upsert).await;
        assert!(
            verdicts.iter().all(|verdict| verdict[1] == "INVALID_RESPONSE"),
            "{answer:?}: {verdicts:?}"
        );
        let partner = saying([answer]).await;
        let [item, _] = items();
        let harness = with_catalog(&partner, SyncMode::Upsert);
        let outcome = harness.run::<UpsertCatalogItem>(event(&item)).await;
        outcome.assert_failed_with(502, "INVALID_RESPONSE");
    }
}

#[tokio::test]
async fn without_a_sync_mode_nothing_is_deleted() {
    for sync_mode in [SyncMode::Add, SyncMode::Update, SyncMode::Mirror] {
        let partner = Partner::start().await;
        let [item, _] = items();
        let harness = with_catalog(&partner, sync_mode);
        let outcome = harness.run::<UpsertCatalogItem>(event(&item)).await;
        assert_eq!(outcome.assert_failed().status(), Some(400), "{sync_mode:?}");
        partner.assert_nothing_sent();
    }
}

#[tokio::test]
async fn without_a_catalog_nothing_is_sent() {
    let partner = Partner::start().await;
    let [item, _] = items();
    let harness = harness_with::<UpsertCatalogItem>(&partner, SyncMode::Upsert);
    let outcome = harness.run::<UpsertCatalogItem>(event(&item)).await;
    outcome.assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    partner.assert_nothing_sent();
}

#[tokio::test]
async fn an_id_that_would_be_another_address_is_refused_before_sending() {
    let long = "x".repeat(251);
    for id in ["a/b", "..", "a b", "kettle?x=1", &long] {
        let partner = Partner::start().await;
        let item = json!({"item_id": id, "item": {"price": 1}});
        let harness = with_catalog(&partner, SyncMode::Upsert);
        let outcome = harness.run::<UpsertCatalogItem>(event(&item)).await;
        outcome.assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
        partner.assert_nothing_sent();
    }
}

#[tokio::test]
async fn the_status_the_words_and_the_wait_of_braze_survive_alone_and_in_batches() {
    let busy = || Answer::json(429, json!({"message": "slow down"})).header("retry-after", "7");
    let partner = saying([busy(), busy()]).await;
    let harness = with_catalog(&partner, SyncMode::Upsert);
    let batch = harness.run_batch::<UpsertCatalogItem>(events()).await;
    for index in 0..2 {
        let error = batch.assert_item(index).failed_with(429, "TOO_MANY_REQUESTS");
        assert_eq!(error.message, "slow down");
        assert_eq!(error.retry_after.map(|wait| wait.as_secs()), Some(7));
    }
    let [item, _] = items();
    let single = harness.run::<UpsertCatalogItem>(event(&item)).await;
    let error = single.assert_failed_with(429, "Error upserting item");
    assert_eq!(
        error
            .action()
            .and_then(waystation_kit::Error::retry_after)
            .map(|wait| wait.as_secs()),
        Some(7)
    );
}

#[tokio::test]
async fn one_odd_catalog_does_not_empty_the_list() {
    let catalogs = json!({"message": "success", "catalogs": [
        {"name": "shop", "description": 7, "fields": [{"name": "id"}, {"name": "price"}, "odd"]},
        {"name": 8}, null,
    ]});
    let partner = saying([Answer::json(200, catalogs.clone()), Answer::json(200, catalogs)]).await;
    let harness = harness::<UpsertCatalogItem>(&partner);
    let names = harness
        .hook_dynamic_field::<UpsertCatalogItem>(
            HookType::OnMappingSave,
            "selected_catalog_name",
            DynamicFieldRequest::default(),
        )
        .await
        .unwrap();
    assert_eq!(names.choices.len(), 1);
    assert_eq!(names.choices[0].value, json!("shop"));
    let request = DynamicFieldRequest {
        payload: json!({"onMappingSave": {"outputs": {"catalog_name": "shop"}}}),
        ..DynamicFieldRequest::default()
    };
    let keys = harness
        .dynamic_field::<UpsertCatalogItem>("item.__keys__", request)
        .await
        .unwrap();
    let keys: Vec<&Value> = keys.choices.iter().map(|choice| &choice.value).collect();
    assert_eq!(keys, [&json!("price")]);
}

#[tokio::test]
async fn a_catalog_is_created_only_if_braze_says_so() {
    let inputs = json!({"operation": "create", "created_catalog_name": "shop", "columns": []});
    for (answer, is_created) in [
        (Answer::json(201, json!({"message": "success"})), true),
        (
            Answer::json(
                201,
                json!({"message": "success", "errors": [{"message": "taken"}]}),
            ),
            false,
        ),
        (Answer::json(200, json!({})), false),
    ] {
        let partner = saying([answer]).await;
        let harness = harness::<UpsertCatalogItem>(&partner);
        let saved = harness
            .hook::<UpsertCatalogItem>(HookType::OnMappingSave, inputs.clone())
            .await
            .unwrap();
        assert_eq!(saved.error.is_none(), is_created, "{saved:?}");
    }
}
