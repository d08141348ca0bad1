//! Items of a catalog.

use std::collections::HashSet;

use waystation_kit::batching::Batching;
use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::hooks::Hooks;
use waystation_kit::prelude::*;
use waystation_kit::request::RequestBuilder;
use waystation_kit::retry::wanted_wait;

use crate::Braze;
use crate::answer;
use crate::catalog_hook;
use crate::catalogs::{self, ID};
use crate::items;
use crate::unsendable::Unsendable;

/// An item of a catalog, put into it or taken out of it
/// ([reference](https://www.braze.com/docs/api/endpoints/catalogs/catalog_items/)).
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct UpsertCatalogItem {
    /// The item, without its ID. Its keys are fields of the catalog.
    #[field(
        label = "Item",
        dynamic,
        object_ui = key_value_only,
        required = Required::When(is_upsert()),
        depends_on = is_upsert()
    )]
    pub item: Option<JsonObject>,
    /// Which item it is: letters, digits, hyphens and underscores, at most 250.
    #[field(label = "Item ID", minimum = 1, maximum = 250)]
    pub item_id: String,
}

/// How items are gathered: as many as a request takes.
fn batching() -> Fields {
    Batching::up_to(50).hidden().fields()
}

fn is_upsert() -> Conditions {
    Conditions::all([Condition::is(
        "__segment_internal_sync_mode",
        SyncMode::Upsert.name(),
    )])
}

impl ActionInfo<Braze> for UpsertCatalogItem {
    const SLUG: &'static str = "upsertCatalogItem";
    const TITLE: &'static str = "Upsert Catalog Item";
    const DESCRIPTION: &'static str = "Put items into a catalog, or take them out of it.";
    const IDEMPOTENT: bool = true;

    fn sync_modes() -> Option<SyncModes> {
        Some(SyncModes {
            default: SyncMode::Upsert,
            label: "How to sync",
            description: "What becomes of the items.",
            choices: vec![
                (SyncMode::Upsert, "Put items into the catalog"),
                (SyncMode::Delete, "Take items out of the catalog"),
            ],
        })
    }

    fn dynamic_fields() -> DynamicFields<Braze> {
        DynamicFields::new().field("item.__keys__", |cx, request| {
            Box::pin(async move { catalogs::item_keys(cx, &request.payload).await })
        })
    }

    fn hooks() -> Hooks<Braze> {
        Hooks::new().hook(catalog_hook::hook())
    }
}

impl Action<Braze> for UpsertCatalogItem {
    async fn perform(cx: &Context<Braze>, payload: Self) -> Result<Output> {
        let change = Change::of(cx)?;
        payload
            .check(change)
            .map_err(|fault| Error::integration(fault, ErrorCode::PAYLOAD_VALIDATION_FAILED, 400))?;
        let url = catalogs::items_url(cx)? + &payload.item_id;
        let item = payload.item.unwrap_or_default();
        let answer = change
            .request(cx, url)
            .json(&json!({"items": [item]}))
            .send()
            .await;
        match answer {
            Ok(response) => {
                answer::assert_taken(&response)?;
                Ok(response.into())
            }
            Err(error)
                if change == Change::Delete
                    && catalogs::first_error(&error).is_some_and(items::is_gone_already) =>
            {
                Ok(json!({"status": 200, "message": "Could not find item"}).into())
            }
            Err(error) => Err(change.failed(&error)),
        }
    }
}

impl BatchAction<Braze> for UpsertCatalogItem {
    async fn perform_batch(cx: &Context<Braze>, batch: Batch<Self>) -> Result<BatchOutput> {
        let change = Change::of(cx)?;
        let url = catalogs::items_url(cx)?;
        let mut ids = HashSet::with_capacity(batch.len());
        #[allow(
            clippy::result_large_err,
            reason = "the error is the item's result, which is as large as it is"
        )]
        let to_item = |payload: Self| {
            if ids.contains(&payload.item_id) {
                return Err(refused("Another item of the batch has the same ID"));
            }
            payload.check(change).map_err(refused)?;
            ids.insert(payload.item_id.clone());
            let mut item = payload.item.unwrap_or_default();
            item.insert(ID.to_owned(), payload.item_id.into());
            Ok(Value::Object(item))
        };
        items::send_batch(batch, to_item, |items| {
            let request = change.request(cx, &url);
            match change {
                Change::Upsert => request.json(&json!({"items": items})),
                Change::Delete => request.json(&json!({"items": ids_of(items)})),
            }
        })
        .await
    }
}

/// What is to happen to items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Upsert,
    Delete,
}

impl Change {
    /// What the mapping asks for. Without saying so, it never means to delete.
    fn of(cx: &Context<Braze>) -> Result<Self> {
        match cx.sync_mode() {
            Some(SyncMode::Upsert) => Ok(Self::Upsert),
            Some(SyncMode::Delete) => Ok(Self::Delete),
            _ => Err(Unsendable::WrongSyncMode(r#""upsert" or "delete""#).into()),
        }
    }

    fn request(self, cx: &Context<Braze>, url: impl AsRef<str>) -> RequestBuilder {
        match self {
            Self::Upsert => cx.put(url),
            Self::Delete => cx.delete(url),
        }
    }

    /// The error of a change that did not happen, in Braze's words where it says any.
    fn failed(self, error: &Error) -> Error {
        // Misspelt on the platform, where callers compare with it.
        let code = match self {
            Self::Upsert => "Error upserting item",
            Self::Delete => "Error deleteing item",
        };
        let message = catalogs::refusal(error).unwrap_or_else(|| error.to_string());
        Error::integration(message, ErrorCode::new(code), error.status().unwrap_or(500))
            .with_retry_after(wanted_wait(error))
            .with_request_id(error.response().and_then(Response::request_id))
    }
}

impl UpsertCatalogItem {
    fn check(&self, change: Change) -> Result<(), &'static str> {
        if !catalogs::is_identifier(&self.item_id) {
            return Err(
                "The ID of an item consists of letters, digits, hyphens and underscores, at most 250",
            );
        }
        let is_empty = self.item.as_ref().is_none_or(JsonObject::is_empty);
        if change == Change::Upsert && is_empty {
            return Err("The item has nothing in it");
        }
        Ok(())
    }
}

fn refused(fault: &str) -> ItemError {
    ItemError::payload(fault)
}

fn ids_of(items: &[Value]) -> Vec<Value> {
    items.iter().map(|item| json!({ID: item[ID]})).collect()
}
