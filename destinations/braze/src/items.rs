//! Items of a catalog in batches. Braze takes all items of a request or none, and names the ones to blame.

use std::sync::Arc;

use waystation_kit::multistatus::{Shown, ShownBody, partner_message, with_final_refusals_as_answers};
use waystation_kit::prelude::*;
use waystation_kit::request::RequestBuilder;
use waystation_kit::retry::wanted_wait;

use crate::Braze;
use crate::catalogs::ID;

/// The most items that a request takes.
const MAX_ITEMS: usize = 50;

/// Sends the items of a batch. An item that `to_item` refuses fails alone.
///
/// # Errors
/// Whatever concerns all items and may be mended by trying again.
pub async fn send_batch<P>(
    cx: &Context<Braze>,
    batch: Batch<P>,
    to_item: impl FnMut(P, &Value) -> Result<Value, Box<ItemError>>,
    request: impl Fn(&[Value]) -> RequestBuilder,
) -> Result<BatchOutput> {
    let shown = Shown {
        refused_body: ShownBody::Nothing,
        ..Shown::default()
    };
    let mut to_item = to_item;
    let prepare = |payload, given: &mut Arc<Value>| Ok::<_, Box<ItemError>>(((), to_item(payload, given)?));
    let mut parts = Parts::prepared(batch, PartLimits::items(MAX_ITEMS), prepare).showing(shown);
    while let Some(part) = parts.next_part() {
        let result = with_final_refusals_as_answers(request(part.items()).send().await);
        let result = result.map_err(|error| to_be_tried_again(error, cx.now_millis()));
        let items = part.items().to_vec();
        parts.settle(part, result, |response, slots| {
            if response.is_success() {
                slots.succeed_others_with(200, response.data_or_text());
            } else {
                note_rejected(response, &items, slots);
            }
            Ok(())
        });
    }
    Ok(parts.finish()?.into())
}

/// Catalogs report whatever may pass as one and the same failure, with the wait that Braze asks for.
fn to_be_tried_again(error: Error, now_millis: i64) -> Error {
    if !error.is_retryable() {
        return error;
    }
    Error::retryable(error.to_string()).with_retry_after(wanted_wait(&error, now_millis))
}

/// Notes why each item failed, with what Braze said about it.
fn note_rejected(response: &Response, items: &[Value], slots: &mut Slots<'_>) {
    let errors = response.data().and_then(|data| data.get("errors")?.as_array());
    let errors = errors.map(Vec::as_slice).unwrap_or_default();
    let mut is_named = vec![false; items.len()];
    for error in errors {
        for slot in named_items(error, items) {
            is_named[slot] = true;
            if is_gone_already(error) {
                slots.succeed(slot, 200, error.clone());
                continue;
            }
            let complaint = ItemError::payload(words_of(error)).with_body(error.clone());
            slots.refuse(Some(slot), complaint);
        }
    }
    let others = OtherItems::of(response, errors, is_named.contains(&true));
    let all_errors: Value = Value::from(errors).to_string().into();
    for slot in (0..items.len()).filter(|slot| !is_named[*slot]) {
        let complaint = others.complaint(response, &items[slot][ID]);
        slots.refuse(Some(slot), complaint.with_body(all_errors.clone()));
    }
}

/// Why items fail that no error names.
#[derive(Debug, Clone, Copy)]
enum OtherItems {
    /// There is no such catalog.
    WithoutCatalog,
    /// Others of the request are to blame: without them it may succeed.
    Innocent,
    /// The request as a whole is to blame.
    Refused,
}

impl OtherItems {
    fn of(response: &Response, errors: &[Value], has_named: bool) -> Self {
        if errors.iter().any(is_about_catalog) {
            Self::WithoutCatalog
        } else if has_named && response.status() == 400 {
            Self::Innocent
        } else {
            Self::Refused
        }
    }

    fn complaint(self, response: &Response, id: &Value) -> ItemError {
        match self {
            Self::WithoutCatalog => ItemError::new(404, "Catalog not found. Please create a catalog first."),
            Self::Innocent => ItemError::new(
                500,
                format!(
                    "Item with ID {} could not be processed due to invalid catalog items in the batch request.",
                    id.as_str().unwrap_or_default()
                ),
            )
            .with_code(ErrorCode::RETRYABLE_ERROR),
            Self::Refused => {
                ItemError::new(response.status(), partner_message(response)).of_whole_request()
            }
        }
    }
}

/// Whether an error says that an item to delete is not there: it need not be deleted any more.
#[must_use]
pub fn is_gone_already(error: &Value) -> bool {
    error["id"] == "item-not-found"
}

fn is_about_catalog(error: &Value) -> bool {
    error["id"] == "catalog-not-found"
}

fn words_of(error: &Value) -> String {
    let words = error.get("message").and_then(Value::as_str);
    words
        .unwrap_or("Braze refuses the item and does not say why")
        .to_owned()
}

/// The items that an error names, by their ID or by the whole of them.
fn named_items(error: &Value, items: &[Value]) -> Vec<usize> {
    if is_about_catalog(error) {
        return Vec::new();
    }
    let values = error.get("parameter_values").and_then(Value::as_array);
    let ids = values.into_iter().flatten().map(|value| match value {
        Value::Object(item) => item.get(ID),
        id => Some(id),
    });
    ids.flatten()
        .filter_map(|id| items.iter().position(|item| item[ID] == *id))
        .collect()
}
