//! What Customer.io's answers say.
//!
//! The documented answer to a good request is `200 {}`. A batch with bad items is answered by `207` and the list of
//! what was refused. In practice `200` may list them as well, the list may be empty, and the JSON may be wrapped in a
//! text. So the body decides and not the status, with one exception: a `207` that lists nothing contradicts itself.
//! Whatever else a success says, it does not say that the request was taken.

use waystation_kit::json::number_from_f64;
use waystation_kit::multistatus::Slots;
use waystation_kit::prelude::*;
use waystation_kit::text::text;

/// Reads a success answer to a batch and notes what it says about each item.
///
/// # Errors
/// The answer is not understood: nobody can tell then which items arrived.
pub fn read_batch_answer(response: &Response, slots: &mut Slots<'_>) -> Result<()> {
    for refusal in refusals(response)? {
        let (code, words) = complaint(&refusal);
        slots.refuse(batch_index(&refusal), ItemError::new(400, words).with_code(code));
    }
    slots.succeed_others();
    Ok(())
}

/// Asks whether a success answer says that the only operation of the request was taken.
///
/// # Errors
/// It lists what was refused: status 400, as for an item of a batch. Or it is not understood.
pub(crate) fn assert_taken(response: &Response) -> Result<()> {
    let complaints = refusals(response)?;
    let mut complaints = complaints.iter().map(complaint);
    let Some((code, first)) = complaints.next() else {
        return Ok(());
    };
    let words: Vec<String> = std::iter::once(first)
        .chain(complaints.map(|(_, words)| words))
        .collect();
    Err(Error::integration(words.join("; "), code, 400))
}

/// Makes the fields that a refused request names part of the message, where it has no message of its own.
pub(crate) fn in_words_of_customer_io(error: Error) -> Error {
    let Some(response) = error.response().filter(|_| !error.is_retryable()) else {
        return error;
    };
    let body = json(response.text().as_bytes()).unwrap_or_default();
    let errors = body.get("errors").and_then(Value::as_array);
    let errors = errors.map(Vec::as_slice).unwrap_or_default();
    let names_field = errors.iter().any(|error| text(error, "field").is_some());
    if !names_field || text(&body, "message").is_some() {
        return error;
    }
    let words: Vec<String> = errors.iter().map(|error| complaint(error).1).collect();
    let status = response.status();
    Error::integration(words.join("; "), ErrorCode::from_status(status), status)
        .with_request_id(response.request_id())
}

/// What a success answer says was refused.
fn refusals(response: &Response) -> Result<Vec<Value>> {
    let not_understood = || {
        let start: String = response.text().chars().take(200).collect();
        response.not_understood(format!("Customer.io's answer is not understood: {start}"))
    };
    let value = match json(response.text().as_bytes()) {
        Some(Value::String(text)) => json(text.as_bytes()),
        value => value,
    };
    let is_empty = match &value {
        Some(Value::Null) => true,
        Some(Value::Object(object)) => object.is_empty(),
        _ => false,
    };
    match value {
        _ if is_empty && response.status() == 207 => {
            Err(response.not_understood("Customer.io refused some items without saying which"))
        }
        _ if is_empty => Ok(Vec::new()),
        Some(Value::Object(mut object)) => match object.remove("errors") {
            Some(Value::Array(errors)) => Ok(errors),
            _ => Err(not_understood()),
        },
        _ => Err(not_understood()),
    }
}

/// The JSON in a text; nothing at all is as good as `null`.
fn json(text: &[u8]) -> Option<Value> {
    if text.trim_ascii().is_empty() {
        return Some(Value::Null);
    }
    waystation_kit::json::read::from_slice(text).ok()
}

/// The place of the item in the request; `None` if it is not a whole number from 0 on.
fn batch_index(refusal: &Value) -> Option<usize> {
    let index = refusal.get("batch_index")?.as_f64()?;
    usize::try_from(number_from_f64(index).as_u64()?).ok()
}

/// What is wrong with an operation, in Customer.io's words: where it names a field, with the field and the reason. The
/// reasons `invalid` and `required` blame the operation's values; no other is known to do so.
fn complaint(refusal: &Value) -> (ErrorCode, String) {
    let reason = text(refusal, "reason").unwrap_or("ERROR");
    let blames_values = ["invalid", "required"]
        .iter()
        .any(|known| reason.eq_ignore_ascii_case(known));
    let code = if blames_values {
        ErrorCode::PAYLOAD_VALIDATION_FAILED
    } else {
        ErrorCode::INTEGRATION_ERROR
    };
    let words = match (text(refusal, "message"), text(refusal, "field")) {
        (Some(message), None) => message.to_owned(),
        (Some(message), Some(field)) => format!("{message} ({reason}: {field})"),
        (None, field) if refusal.is_object() => format!("{reason}: {}", field.unwrap_or("unknown field")),
        (None, _) => refusal.to_string(),
    };
    (code, words)
}
