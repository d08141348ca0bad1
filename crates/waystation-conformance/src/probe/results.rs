//! Reading the `results` of the probe's partner.

use std::sync::Arc;

use waystation_kit::prelude::*;

/// Puts each result of an answer into its slot: the one that it names, else its own position.
pub(super) fn read(answer: &Value, given: &[Arc<Value>], slots: usize) -> MultiStatusResponse {
    let mut results = vec![None; slots];
    for (slot, result) in placed(answer) {
        let payload = given
            .get(slot)
            .map_or_else(|| json!({}), |payload| Value::clone(payload));
        // The recorded partner answers for more items than were sent; those have no slot.
        if let Some(place) = results.get_mut(slot) {
            *place = Some(outcome(result, payload));
        }
    }
    results.into_iter().collect()
}

/// The results of an answer with their slots.
pub(super) fn placed(answer: &Value) -> impl Iterator<Item = (usize, &Value)> {
    let results = answer
        .get("results")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    results.enumerate().map(|(position, result)| {
        let index = result
            .get("index")
            .and_then(Value::as_u64)
            .and_then(|index| index.try_into().ok());
        (index.unwrap_or(position), result)
    })
}

/// One result: a status below 400 is a success.
pub(super) fn outcome(result: &Value, payload: Value) -> ItemOutcome {
    let status = result.get("status").and_then(Value::as_u64).unwrap_or(200);
    let status = u16::try_from(status).unwrap_or(500);
    let body = result.get("body").cloned();
    if status < 400 {
        return ItemSuccess::new(payload, body.unwrap_or_else(|| json!({})))
            .with_status(status)
            .into();
    }
    let mut error = ItemError::new(status, result["message"].as_str().unwrap_or("rejected"));
    if let Some(code) = result
        .get("type")
        .and_then(Value::as_str)
        .filter(|code| !code.is_empty())
    {
        error = error.with_code(ErrorCode::from_partner(code));
    }
    error.sent = (result.get("echo") == Some(&Value::Bool(true))).then_some(payload);
    error.body = body;
    error.into()
}
