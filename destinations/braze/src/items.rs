//! Items of a catalog in batches. Braze takes all items of a request or none, and names the ones to blame.

use waystation_kit::multistatus::{Ledger, Slots, partner_message, with_final_refusals_as_answers};
use waystation_kit::prelude::*;
use waystation_kit::request::RequestBuilder;

use crate::answer;
use crate::catalogs::ID;

/// The most items that a request takes.
const MAX_ITEMS: usize = 50;

/// Sends the items of a batch. An item that `to_item` refuses fails alone.
///
/// # Errors
/// Whatever concerns all items and may be mended by trying again.
pub(crate) async fn send_batch<P>(
    batch: Batch<P>,
    mut to_item: impl FnMut(P) -> Result<Value, ItemError>,
    request: impl Fn(&[Value]) -> RequestBuilder,
) -> Result<BatchOutput> {
    let (mut ledger, entries) = Ledger::open(batch);
    let (mut slots, mut items) = (Vec::new(), Vec::new());
    for entry in entries {
        match to_item(entry.payload) {
            Ok(item) => {
                ledger.sent(entry.slot, item.clone());
                slots.push(entry.slot);
                items.push(item);
            }
            Err(refusal) => ledger.refuse(entry.slot, refusal),
        }
    }
    for (slots, items) in slots.chunks(MAX_ITEMS).zip(items.chunks(MAX_ITEMS)) {
        let result = with_final_refusals_as_answers(request(items).send().await);
        ledger.settle(slots, result, |response, told| {
            if !response.is_success() {
                note_rejected(response, items, told);
                return Ok(());
            }
            match answer::assert_taken(response) {
                Ok(()) => told.succeed_others_with(200, response.data_or_text()),
                Err(error) if error.outcome_is_unknown() => return Err(error),
                Err(refusal) => told.refuse_others(&ItemError::new(400, refusal.to_string())),
            }
            Ok(())
        });
    }
    Ok(ledger.finish()?.into())
}

/// Notes why each item failed, and what Braze said about it.
fn note_rejected(response: &Response, items: &[Value], slots: &mut Slots<'_>) {
    let errors = response.data().and_then(|data| data.get("errors")?.as_array());
    let errors = errors.map(Vec::as_slice).unwrap_or_default();
    let mut is_named = vec![false; items.len()];
    for error in errors {
        for position in named_items(error, items) {
            is_named[position] = true;
            if is_gone_already(error) {
                slots.succeed(position, 200, error.clone());
                continue;
            }
            slots.refuse(
                Some(position),
                ItemError {
                    body: Some(error.clone()),
                    ..ItemError::payload(words_of(error))
                },
            );
        }
    }
    let others = OtherItems::of(response, errors, is_named.contains(&true));
    let all_errors: Value = Value::from(errors).to_string().into();
    for position in (0..items.len()).filter(|position| !is_named[*position]) {
        let complaint = ItemError {
            body: Some(all_errors.clone()),
            ..others.complaint(response, &items[position][ID])
        };
        match others {
            OtherItems::Refused => slots.refuse_others(&complaint),
            OtherItems::WithoutCatalog | OtherItems::Innocent => slots.refuse(Some(position), complaint),
        }
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
            Self::Innocent => {
                let id = id.as_str().unwrap_or_default();
                ItemError::new(
                    500,
                    format!(
                        "Item with ID {id} could not be processed due to invalid catalog items in the batch request."
                    ),
                )
                .with_code(ErrorCode::RETRYABLE_ERROR)
            }
            Self::Refused => ItemError::new(response.status(), partner_message(response)),
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
