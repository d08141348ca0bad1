//! Catalogs: what the answers come to.

use serde_json::{Value, json};
use waystation_kit::{Error, SyncMode};

use crate::support::{Connection, Partner, Scripted, answer, verdict};

fn items() -> [Value; 2] {
    [
        json!({"item_id": "kettle", "item": {"price": 89.5}}),
        json!({"item_id": "lamp", "item": {"price": 59.9}}),
    ]
}

async fn verdicts_of(scripted: Scripted, sync_mode: SyncMode) -> Vec<Value> {
    let partner = Partner::new([scripted]);
    let connection = Connection::with_sync_mode(&partner, sync_mode);
    let nodes = connection
        .perform_batch("upsertCatalogItem", &items())
        .await
        .unwrap();
    nodes.iter().map(verdict).collect()
}

fn error(id: &str, items: &[&str]) -> Value {
    json!({"errors": [{"id": id, "message": "no", "parameters": ["item_id"], "parameter_values": items}]})
}

#[tokio::test]
async fn only_the_ids_of_items_to_delete_are_sent() {
    let partner = Partner::new([answer(202, json!({"message": "success"}))]);
    let connection = Connection::with_sync_mode(&partner, SyncMode::Delete);
    connection
        .perform_batch("upsertCatalogItem", &items())
        .await
        .unwrap();
    let request = &partner.requests()[0];
    assert_eq!(request.method, "DELETE");
    assert_eq!(request.url, "https://rest.iad-01.braze.com/catalogs/shop/items/");
    assert_eq!(request.body, json!({"items": [{"id": "kettle"}, {"id": "lamp"}]}));
}

#[tokio::test]
async fn an_item_that_is_gone_already_counts_as_deleted() {
    let body = error("item-not-found", &["lamp"]);
    let verdicts = verdicts_of(answer(400, body), SyncMode::Delete).await;
    assert_eq!(verdicts[0][0], 500, "the other is tried again");
    assert_eq!(verdicts[1], 200);
}

#[tokio::test]
async fn a_refusal_that_names_no_item_is_final_for_all() {
    for (status, code) in [(400, "BAD_REQUEST"), (401, "UNAUTHORIZED"), (403, "FORBIDDEN")] {
        assert_eq!(
            verdicts_of(answer(status, json!({"message": "no"})), SyncMode::Upsert).await,
            vec![json!([status, code, "no"]); 2]
        );
    }
}

#[tokio::test]
async fn items_are_not_blamed_for_a_catalog_that_does_not_exist() {
    let body = error("catalog-not-found", &["kettle"]);
    let verdicts = verdicts_of(answer(404, body), SyncMode::Upsert).await;
    assert!(verdicts.iter().all(|verdict| verdict[0] == 404), "{verdicts:?}");
}

#[tokio::test]
async fn without_a_sync_mode_nothing_is_deleted() {
    for sync_mode in [SyncMode::Add, SyncMode::Update, SyncMode::Mirror] {
        let partner = Partner::new([]);
        let connection = Connection::with_sync_mode(&partner, sync_mode);
        let [item, _] = items();
        let error = connection.perform("upsertCatalogItem", item).await.unwrap_err();
        assert_eq!(error.status(), Some(400), "{sync_mode:?}");
    }
}

#[tokio::test]
async fn without_a_catalog_nothing_is_sent() {
    let partner = Partner::new([]);
    let connection = Connection::without_catalog(&partner, SyncMode::Upsert);
    let [item, _] = items();
    let error = connection.perform("upsertCatalogItem", item).await.unwrap_err();
    assert!(matches!(error, Error::PayloadValidation(_)), "{error:?}");
}

#[tokio::test]
async fn the_wait_that_braze_asks_for_survives() {
    let partner = Partner::new([answer(429, json!({"error": {"details": {"retryAfter": 7}}}))]);
    let connection = Connection::with_sync_mode(&partner, SyncMode::Upsert);
    let error = connection
        .perform_batch("upsertCatalogItem", &items())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Retryable { .. }), "{error:?}");
    assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(7));
}
