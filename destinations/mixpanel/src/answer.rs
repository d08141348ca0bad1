//! What the [Import API](https://developer.mixpanel.com/reference/import-events) says about the events of an import.
//!
//! In strict mode, Mixpanel takes the good events of an import, answers 400 and names the others in `failed_records`,
//! by their place among all events of the request.

use waystation_kit::prelude::*;

use crate::event::Import;

/// The body of an answer, as far as it is understood.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ImportAnswer {
    status: Option<String>,
    error: Option<String>,
    failed_records: Vec<Value>,
}

impl ImportAnswer {
    fn of(response: &Response) -> Self {
        let answer = response.data().map(Self::deserialize);
        answer.and_then(std::result::Result::ok).unwrap_or_default()
    }

    /// Whether it tells the events apart.
    fn names_events(&self, response: &Response) -> bool {
        !self.failed_records.is_empty() && (response.is_success() || response.status() == 400)
    }
}

/// The result of an item that Mixpanel took.
#[must_use]
pub fn accepted(response: &Response, import: Import) -> ItemOutcome {
    success(&ImportAnswer::of(response), import)
}

fn success(answer: &ImportAnswer, import: Import) -> ItemOutcome {
    let body = answer.status.as_deref().unwrap_or("Ok");
    ItemSuccess::new(import.into_value(), body.into()).into()
}

/// A result for each item.
///
/// # Errors
/// A failure that may pass, and a complaint about an event that was not sent.
pub fn results_by_item(response: Response, imports: Vec<Import>) -> Result<MultiStatusResponse> {
    let answer = ImportAnswer::of(&response);
    if answer.names_events(&response) {
        return refusals(&answer, imports);
    }
    if response.is_success() {
        return Ok(imports
            .into_iter()
            .map(|import| success(&answer, import))
            .collect());
    }
    let status = response.status();
    let failure = Error::Http(Box::new(response));
    if failure.is_retryable() {
        return Err(failure);
    }
    let message = answer.error.as_deref().unwrap_or("Mixpanel gives no reason");
    let refusal = |import: Import| -> ItemOutcome {
        let mut refusal = ItemError::new(status, message);
        refusal.sent = Some(import.into_value());
        refusal.body = answer.error.clone().map(Value::String);
        refusal.into()
    };
    Ok(imports.into_iter().map(refusal).collect())
}

/// The answer as the result of every item, unless it tells the items apart.
///
/// # Errors
/// Every failure that does not, and a complaint about an event that was not sent.
pub fn results_by_batch(response: Response, imports: Vec<Import>) -> Result<BatchOutput> {
    let answer = ImportAnswer::of(&response);
    if answer.names_events(&response) {
        return refusals(&answer, imports).map(Into::into);
    }
    if response.is_success() {
        Ok(response.into())
    } else {
        Err(Error::Http(Box::new(response)))
    }
}

/// Errors for the items whose events are named, success for the others.
fn refusals(answer: &ImportAnswer, imports: Vec<Import>) -> Result<MultiStatusResponse> {
    let mut records: Vec<Vec<&Value>> = vec![Vec::new(); imports.len()];
    let items: Vec<usize> = imports
        .iter()
        .enumerate()
        .flat_map(|(item, import)| import.events().iter().map(move |_| item))
        .collect();
    for record in &answer.failed_records {
        let item = event_place(record).and_then(|place| items.get(place));
        let Some(item) = item else {
            return Err(Error::invalid_response(format!(
                "Mixpanel refuses an event that is none of the import: {record}"
            )));
        };
        records[*item].push(record);
    }
    let outcome = |(import, records): (Import, Vec<&Value>)| match records.first() {
        Some(first) => refusal(import, &records, first),
        None => success(answer, import),
    };
    Ok(imports.into_iter().zip(records).map(outcome).collect())
}

/// The place of the event among all events of the import.
fn event_place(record: &Value) -> Option<usize> {
    usize::try_from(record.get("index")?.as_u64()?).ok()
}

fn refusal(import: Import, records: &[&Value], first: &Value) -> ItemOutcome {
    let messages: Vec<&str> = records
        .iter()
        .filter_map(|record| record.get("message")?.as_str())
        .collect();
    ItemError::new(400, messages.join("; "))
        .with_exchange(import.into_value(), first.clone())
        .into()
}
