//! What Klaviyo says when it refuses a job
//! ([reference](https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling)).
//!
//! A refused job was not processed at all. Each error points at what it is about; some point at an item of the
//! job. Then the other items are innocent, and may be sent again without it.

use std::collections::HashMap;

use waystation_kit::prelude::*;

/// Klaviyo's words about the first thing that it does not like.
#[must_use]
pub fn detail(response: &Response) -> Option<&str> {
    let detail = errors(response).first()?.get("detail")?.as_str()?;
    Some(detail).filter(|detail| !detail.is_empty())
}

fn errors(response: &Response) -> &[Value] {
    let errors = response.data().and_then(|data| data.get("errors")?.as_array());
    errors.map(Vec::as_slice).unwrap_or_default()
}

/// An answer as text: what results show of it.
#[must_use]
pub fn text_of(response: &Response) -> Option<Value> {
    response.data().map(|data| data.to_string().into())
}

/// Whether an answer tells which items are to blame. Pointers to items begin with `items`.
#[must_use]
pub fn blames_items(response: &Response, items: &str) -> bool {
    errors(response)
        .iter()
        .any(|error| item_of(error, items).is_some())
}

/// Why each of the items fails. Pointers to items begin with `items`.
#[must_use]
pub fn verdicts(response: &Response, items: &str, len: usize) -> Vec<ItemError> {
    let mut blamed: HashMap<usize, &Value> = HashMap::new();
    for error in errors(response) {
        if let Some(item) = item_of(error, items).filter(|item| *item < len) {
            blamed.entry(item).or_insert(error);
        }
    }
    let others = if blamed.is_empty() {
        refused_with_the_job(response)
    } else {
        innocent()
    };
    let verdict = |item| match blamed.get(&item) {
        Some(error) => to_blame(error, response.status()),
        None => others.clone(),
    };
    (0..len).map(verdict).collect()
}

/// The item that an error points at.
fn item_of(error: &Value, items: &str) -> Option<usize> {
    let pointer = error.get("source")?.get("pointer")?.as_str()?;
    let rest = pointer.strip_prefix(items)?.strip_prefix('/')?;
    rest.split('/').next()?.parse().ok()
}

fn to_blame(error: &Value, status: u16) -> ItemError {
    let own_status = error.get("status").and_then(Value::as_u64);
    let status = own_status
        .and_then(|status| u16::try_from(status).ok())
        .filter(|status| (400..600).contains(status))
        .unwrap_or(status);
    let detail = error.get("detail").and_then(Value::as_str);
    let words = detail.unwrap_or("Klaviyo refuses the item and does not say why");
    ItemError::new(status, words).with_body(Value::from(error.to_string()))
}

/// The item is one of those that nothing was said about, while others are to blame: it is sent again.
fn innocent() -> ItemError {
    // The words by which the platform's reports know this outcome.
    const WORDS: &str = "This event wasn't delivered because of few bad events in the same batch to Klaviyo. \
                         This will be retried";
    ItemError::new(429, WORDS)
        .with_code(ErrorCode::new("RETRYABLE_BATCH_FAILURE"))
        .with_body(Value::from("Retry"))
}

fn refused_with_the_job(response: &Response) -> ItemError {
    ItemError::new(response.status(), response.reason()).with_body(text_of(response))
}
