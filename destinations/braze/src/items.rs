//! Items of a catalog in batches. Braze takes all items of a request or none, and names the ones to blame.

use waystation_kit::multistatus::{partner_message, with_final_refusals_as_answers};
use waystation_kit::prelude::*;
use waystation_kit::request::RequestBuilder;
use waystation_kit::retry::wanted_wait;

use crate::Braze;
use crate::catalogs::ID;
use crate::sorting::Sorted;

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
    let mut sorted = Sorted::new(batch, to_item)?;
    let (sendable, given) = sorted.take_sendable();
    let mut bodies = vec![None; given.len()];
    let mut parts = Parts::new(sendable, PartLimits::items(MAX_ITEMS), Ok);
    while let Some(part) = parts.next_part() {
        let result = with_final_refusals_as_answers(request(part.items()).send().await);
        let result = result.map_err(|error| to_be_tried_again(error, cx.now_millis()));
        let (items, slots_of_batch) = (part.items().to_vec(), part.slots().to_vec());
        parts.settle(part, result, |response, slots| {
            if response.is_success() {
                return note_accepted(response, slots);
            }
            for (slot, body) in note_rejected(response, &items, slots)? {
                bodies[slots_of_batch[slot]] = Some(body);
            }
            Ok(())
        });
    }
    sorted.finish(parts.finish()?, |slot, outcome| match outcome {
        ItemOutcome::Error(mut error) if error.sent.is_some() => {
            error.body = bodies[slot].take();
            error.into()
        }
        outcome => outcome,
    })
}

/// Catalogs report whatever may pass as one and the same failure, with the wait that Braze asks for.
fn to_be_tried_again(error: Error, now_millis: i64) -> Error {
    if !error.is_retryable() {
        return error;
    }
    Error::retryable(error.to_string()).with_retry_after(wanted_wait(&error, now_millis))
}

fn note_accepted(response: &Response, slots: &mut Slots) -> Result<()> {
    let answer = response.data_or_text();
    for slot in 0..slots.len() {
        slots.succeed(slot, 200, answer.clone())?;
    }
    Ok(())
}

/// Notes why each item failed; gives back what Braze said about it.
fn note_rejected(response: &Response, items: &[Value], slots: &mut Slots) -> Result<Vec<(usize, Value)>> {
    let errors = response.data().and_then(|data| data.get("errors")?.as_array());
    let errors = errors.map(Vec::as_slice).unwrap_or_default();
    let mut bodies = Vec::with_capacity(items.len());
    let mut is_named = vec![false; items.len()];
    for error in errors {
        for slot in named_items(error, items) {
            if !is_named[slot] {
                is_named[slot] = true;
                bodies.push((slot, error.clone()));
            }
            if is_gone_already(error) {
                slots.succeed(slot, 200, error.clone())?;
                continue;
            }
            slots.fail(
                Some(slot),
                PartnerItemError::new(ErrorCode::PAYLOAD_VALIDATION_FAILED, words_of(error)),
            );
        }
    }
    let others = OtherItems::of(response, errors, is_named.contains(&true));
    let all_errors: Value = Value::from(errors).to_string().into();
    for slot in (0..items.len()).filter(|slot| !is_named[*slot]) {
        let complaint = others.complaint(response, &items[slot][ID]);
        match others {
            OtherItems::Refused => slots.refuse_others(&complaint),
            OtherItems::WithoutCatalog | OtherItems::Innocent => slots.fail(Some(slot), complaint),
        }
        bodies.push((slot, all_errors.clone()));
    }
    Ok(bodies)
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

    fn complaint(self, response: &Response, id: &Value) -> PartnerItemError {
        let (status, code, message) = match self {
            Self::WithoutCatalog => (
                404,
                ErrorCode::from_status(404),
                "Catalog not found. Please create a catalog first.".to_owned(),
            ),
            Self::Innocent => (
                500,
                ErrorCode::RETRYABLE_ERROR,
                format!(
                    "Item with ID {} could not be processed due to invalid catalog items in the batch request.",
                    id.as_str().unwrap_or_default()
                ),
            ),
            Self::Refused => (
                response.status(),
                ErrorCode::from_status(response.status()),
                partner_message(response),
            ),
        };
        PartnerItemError {
            status,
            code,
            message,
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
