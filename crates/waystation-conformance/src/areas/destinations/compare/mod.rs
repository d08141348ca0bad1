//! Comparing a recording with its expectation, by the rules in the area's README.

mod errors;
mod items;
mod requests;
mod values;

use serde_json::{Value, json};
use waystation_runtime::outcome::nodes;
use waystation_runtime::{BatchOutcome, Error};

use self::values::Values;
use super::{Outcome, Recording};
use crate::Mismatch;

/// Compares everything that an expectation names.
pub(super) fn recording(content: &Value, recording: &Recording) -> Result<(), Mismatch> {
    let expect = &content["expect"];
    requests::compare(
        list(&expect["requests"]),
        expect["unordered"] == true,
        &recording.requests,
    )?;
    let values = Values::new(content, &recording.answers);
    let same = match (expect.get("error"), &recording.outcome) {
        (Some(expected), Err(error)) => errors::same(expected, error),
        (Some(expected), Ok(Outcome::Batch(BatchOutcome::Failed { error, .. }))) => {
            errors::same(expected, &Error::Action(error.clone()))
        }
        (Some(expected), Ok(Outcome::Batch(BatchOutcome::Items(items)))) => {
            items::all_failed_with(expected, items)
        }
        (None, Ok(outcome)) => same_result(&values, &expect["result"], outcome),
        _ => false,
    };
    if !same {
        return Err(mismatch(expect, &recording.outcome));
    }
    match expect.get("transaction_set") {
        Some(expected) if !values.equal(expected, &recording.transaction_set) => Err(Mismatch {
            expected: json!({"transaction_set": expected}),
            actual: json!({"transaction_set": recording.transaction_set}),
        }),
        _ => Ok(()),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn same_result(values: &Values<'_>, expected: &Value, outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Steps(steps) => values.steps_equal(list(expected), steps),
        Outcome::Batch(outcome) => items::same(values, list(expected), outcome),
        Outcome::Value(value) => values.answer_equal(expected, value),
    }
}

/// The parts that differ, in the corpus's terms.
fn mismatch(expect: &Value, outcome: &Result<Outcome, Error>) -> Mismatch {
    let expected = match expect.get("error") {
        Some(error) => json!({"error": error}),
        None => json!({"result": expect["result"]}),
    };
    let actual = match outcome {
        Ok(Outcome::Steps(steps)) => json!({"result": steps}),
        Ok(Outcome::Value(value)) => json!({"result": value}),
        Ok(Outcome::Batch(BatchOutcome::Failed { error, items })) => {
            let error = errors::recorded_form(&Error::Action(error.clone()));
            json!({"error": error, "multistatus": nodes(items)})
        }
        Ok(Outcome::Batch(outcome)) => json!({"result": outcome.to_steps()}),
        Err(error) => json!({"error": errors::recorded_form(error)}),
    };
    Mismatch { expected, actual }
}
