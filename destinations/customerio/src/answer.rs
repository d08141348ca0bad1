//! What `/api/v2/batch` says about the items of a batch.
//!
//! The documented answer to a good batch is `200 {}`, and `207` lists the items that were refused. In
//! practice `200` may list them as well, the list may be empty, and the JSON may be wrapped in a text. So the
//! body decides and not the status, with one exception: a `207` that lists nothing contradicts itself.

use waystation_kit::json::number_from_f64;
use waystation_kit::prelude::*;

/// Reads a successful answer and notes each refusal at the item that it is about.
///
/// # Errors
/// [`Error::invalid_response`] for an answer that is not understood: nobody can tell then which items
/// arrived. Refusals that name no item of the batch are left to [`Slots`], which keeps them.
pub fn read_batch_answer(status: u16, body: &[u8], slots: &mut Slots<'_>) -> Result<()> {
    match parse(body)? {
        Answer::Empty if status == 207 => Err(Error::invalid_response(
            "Customer.io refused some items without saying which",
        )),
        Answer::Empty => {
            slots.succeed_others();
            Ok(())
        }
        Answer::Refusals(refusals) => {
            for refusal in &refusals {
                slots.refuse(batch_index(refusal), complaint(refusal));
            }
            slots.succeed_others();
            Ok(())
        }
    }
}

/// An answer, as far as it is understood.
enum Answer {
    /// Nothing, `null` or `{}`.
    Empty,
    /// The list `errors`.
    Refusals(Vec<Value>),
}

fn parse(body: &[u8]) -> Result<Answer> {
    let value = match json(body) {
        Some(Value::String(text)) => json(text.as_bytes()),
        value => value,
    };
    match value {
        Some(Value::Null) => Ok(Answer::Empty),
        Some(Value::Object(mut object)) => match object.remove("errors") {
            Some(Value::Array(errors)) => Ok(Answer::Refusals(errors)),
            None if object.is_empty() => Ok(Answer::Empty),
            _ => Err(not_understood(body)),
        },
        _ => Err(not_understood(body)),
    }
}

/// The JSON in a text; nothing at all is as good as `null`.
fn json(text: &[u8]) -> Option<Value> {
    if text.trim_ascii().is_empty() {
        return Some(Value::Null);
    }
    waystation_kit::json::read::from_slice(text).ok()
}

fn not_understood(body: &[u8]) -> Error {
    let start: String = String::from_utf8_lossy(body).chars().take(200).collect();
    Error::invalid_response(format!(
        "Customer.io's answer to a batch is not understood: {start}"
    ))
}

/// The place of the item in the request; `None` if it is not a whole number from 0 on.
fn batch_index(refusal: &Value) -> Option<usize> {
    let index = refusal.get("batch_index")?.as_f64()?;
    usize::try_from(number_from_f64(index).as_u64()?).ok()
}

/// What is wrong with the item. The reasons `invalid` and `required` blame its values; no other is known to
/// do so.
fn complaint(refusal: &Value) -> ItemError {
    let text = |key| {
        refusal
            .get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let reason = text("reason").unwrap_or("ERROR");
    let blames_values = ["invalid", "required"]
        .iter()
        .any(|known| reason.eq_ignore_ascii_case(known));
    let code = if blames_values {
        ErrorCode::PAYLOAD_VALIDATION_FAILED
    } else {
        ErrorCode::INTEGRATION_ERROR
    };
    let message = match text("message") {
        Some(message) => message.to_owned(),
        None if refusal.is_object() => format!("{reason}: {}", text("field").unwrap_or("unknown field")),
        None => refusal.to_string(),
    };
    ItemError::new(400, message).with_code(code)
}
