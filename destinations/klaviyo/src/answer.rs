//! What Klaviyo says when it refuses a job
//! ([reference](https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling)).
//!
//! A refused job was not processed at all. Each error points at what it is about; some point at an item of the
//! job. Then the other items are innocent, and may be sent again without it.

use std::collections::HashMap;

use waystation_kit::prelude::*;

/// Makes sure that Klaviyo took a request: by the status that it documents for it, and with nothing or an object
/// that complains about nothing.
///
/// # Errors
/// The refusal, if the answer is one whatever its status; [an unknown outcome](Error::UnknownOutcome) for an answer
/// of somebody else, for example of a proxy.
pub fn taken(answer: Response, status: u16) -> Result<Response> {
    let answer = klaviyos(answer)?;
    if answer.status() == status {
        return Ok(answer);
    }
    Err(answer.not_understood("The answer does not say that Klaviyo took the request"))
}

/// Makes sure that an answer is one of Klaviyo, and refuses nothing.
///
/// # Errors
/// As for [`taken`].
pub fn klaviyos(answer: Response) -> Result<Response> {
    let answer = not_denied(answer)?;
    if answer.text().trim().is_empty() || answer.json().is_ok_and(|body: Value| body.is_object()) {
        return Ok(answer);
    }
    Err(answer.not_understood("The answer is not one of Klaviyo"))
}

/// The ID of what Klaviyo created or changed, which is the proof that it did.
///
/// # Errors
/// As for [`taken`], but that the ID counts and not the status.
pub fn id_of(answer: &Response) -> Result<String> {
    not_denied(answer.clone())?;
    let body: Value = answer.json()?;
    let id = body.get("data").and_then(resource_id);
    id.ok_or_else(|| answer.not_understood("Klaviyo's answer names no ID"))
}

/// The ID of a resource: a text; should it be a number one day, that is an ID as well.
#[must_use]
pub fn resource_id(resource: &Value) -> Option<String> {
    match resource.get("id")? {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

/// Errors in an answer refuse, even if its status says success.
fn not_denied(answer: Response) -> Result<Response> {
    match errors(&answer).first() {
        Some(error) => {
            let status = status_of(error).unwrap_or(400);
            Err(Error::Http(Box::new(answer.with_status(status))))
        }
        None => Ok(answer),
    }
}

/// Klaviyo's words about the first thing that it does not like.
#[must_use]
pub fn detail(response: &Response) -> Option<String> {
    let errors = errors(response);
    let detail = errors.first()?.get("detail")?.as_str()?;
    Some(detail.to_owned()).filter(|detail| !detail.is_empty())
}

/// The errors of an answer, whatever its content type calls them.
pub fn errors(response: &Response) -> Vec<Value> {
    match response.json() {
        Ok(Value::Object(mut body)) => match body.get_mut("errors").map(Value::take) {
            Some(Value::Array(errors)) => errors,
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
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
    let errors = errors(response);
    let mut blamed: HashMap<usize, &Value> = HashMap::new();
    let mut is_about_all = errors.is_empty();
    for error in &errors {
        match item_of(error, items).filter(|item| *item < len) {
            Some(item) => {
                blamed.entry(item).or_insert(error);
            }
            None => is_about_all = true,
        }
    }
    let others = if is_about_all {
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
    let status = status_of(error).unwrap_or(status);
    let detail = error.get("detail").and_then(Value::as_str);
    let words = detail.unwrap_or("Klaviyo refuses the item and does not say why");
    ItemError::new(status, words).with_body(Value::from(error.to_string()))
}

/// The status of an error: a number, or as JSON:API has it a text.
fn status_of(error: &Value) -> Option<u16> {
    let status = error.get("status")?;
    let status = status.as_u64().or_else(|| status.as_str()?.parse().ok())?;
    u16::try_from(status)
        .ok()
        .filter(|status| (400..600).contains(status))
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
