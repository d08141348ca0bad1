//! Comparing an answer with its expectation, by the rules in the area's README.

use serde_json::{Value, json};

use super::answer::Answer;
use crate::Mismatch;
use crate::compare::json_equal;

/// Compares the result of a pure call.
pub(super) fn result(content: &Value, actual: Value) -> Result<(), Mismatch> {
    part(&content["expect"]["result"], &actual)
}

/// Compares everything that an expectation names.
pub(super) fn answer(content: &Value, mut answer: Answer) -> Result<(), Mismatch> {
    let expect = &content["expect"];
    let texts = CaseTexts::of(content);
    let wasteful = has_tag(content, "waste");
    outcome(content, &texts, &answer.result)?;
    if let Some(expected) = expect.get("requests") {
        requests(content, expected, &mut answer.requests, wasteful)?;
    }
    if let Some(expected) = expect.get("stats") {
        part(expected, &known_tags(content, answer.counters))?;
    }
    if let Some(expected) = expect.get("complete").filter(|_| content["tier"] == "core") {
        part(&completions(expected), &Value::Array(answer.completed))?;
    }
    if let Some(expected) = expect.get("token_refresh") {
        without_last(expected, Value::Array(answer.saved_tokens), wasteful)?;
    }
    if let Some(expected) = expect["sync_refresh"].as_u64() {
        let locks = answer.locks as u64;
        if locks != expected && !(wasteful && locks + 1 == expected) {
            return Err(Mismatch { expected: expected.into(), actual: locks.into() });
        }
    }
    for (name, actual) in [("transaction", answer.transaction), ("state", answer.state)] {
        if let Some(expected) = expect.get(name) {
            part(expected, &Value::Array(actual))?;
        }
    }
    match (expect.get("oauth_after"), answer.tokens) {
        (Some(expected), Some(actual)) if !wasteful => tokens(expected, &actual),
        _ => Ok(()),
    }
}

fn has_tag(content: &Value, tag: &str) -> bool {
    content["tags"].as_array().is_some_and(|tags| tags.iter().any(|known| known == tag))
}

fn part(expected: &Value, actual: &Value) -> Result<(), Mismatch> {
    if json_equal(expected, actual) {
        return Ok(());
    }
    Err(Mismatch { expected: expected.clone(), actual: actual.clone() })
}

fn outcome(content: &Value, texts: &CaseTexts, actual: &Result<Value, Value>) -> Result<(), Mismatch> {
    let expect = &content["expect"];
    let whole = |actual: &Value| Mismatch { expected: expect.clone(), actual: actual.clone() };
    match (expect.get("error"), actual) {
        (Some(expected), Err(actual)) => {
            let keys = ["kind", "status", "code", "response_status", "response_data"];
            let chosen = |error: &Value| keys.map(|key| error.get(key).cloned().unwrap_or_default());
            let same = chosen(expected).iter().zip(&chosen(actual)).all(|(a, b)| json_equal(a, b));
            if same { Ok(()) } else { Err(whole(actual)) }
        }
        (None, Ok(actual)) => {
            let expected = without_caller_flags(&expect["result"]);
            let better = has_tag(content, "lost-error");
            if equal(&expected, &without_caller_flags(actual), "", texts, better) {
                return Ok(());
            }
            Err(whole(actual))
        }
        // A call that knows more results than the recorded failure may hand them back.
        (Some(_), Ok(actual)) if has_tag(content, "lost-result") && actual.is_array() => Ok(()),
        (_, Ok(actual) | Err(actual)) => Err(whole(actual)),
    }
}

/// Logging, metrics and cancellation are always there with us, so the probe cannot tell of their absence.
fn without_caller_flags(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let kept = object.iter().map(|(key, value)| match (key.as_str(), value) {
                ("has", Value::Object(has)) => (key.clone(), json!({"cache": has.get("cache")})),
                _ => (key.clone(), without_caller_flags(value)),
            });
            Value::Object(kept.collect())
        }
        Value::Array(items) => items.iter().map(without_caller_flags).collect(),
        other => other.clone(),
    }
}

/// The texts that come from the case itself.
pub(super) struct CaseTexts(String);

impl CaseTexts {
    pub(super) fn of(content: &Value) -> Self {
        Self(format!("{}\n{}", content["request"], content.get("partner").unwrap_or(&Value::Null)))
    }

    /// Whether a text stands in the case, so that it must come back as it is.
    fn contain(&self, text: &str) -> bool {
        let quoted = Value::from(text).to_string();
        !text.is_empty() && self.0.contains(&quoted[1..quoted.len() - 1])
    }
}

/// Keys whose texts are in the reference's own words.
const WORDED: [&str; 3] = ["errormessage", "output", "message"];

fn equal(expected: &Value, actual: &Value, key: &str, texts: &CaseTexts, more_errors: bool) -> bool {
    match (expected, actual) {
        (Value::String(left), Value::String(right)) if WORDED.contains(&key) => {
            left == right || !texts.contain(left)
        }
        (Value::Object(left), Value::Object(right)) => {
            let extra = |key: &String| more_errors && key.starts_with("error");
            left.iter().all(|(key, value)| {
                right.get(key).is_some_and(|other| equal(value, other, key, texts, more_errors))
            }) && right.keys().all(|key| left.contains_key(key) || extra(key))
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| equal(left, right, key, texts, more_errors))
        }
        _ => json_equal(expected, actual),
    }
}

fn requests(
    content: &Value,
    expected: &Value,
    actual: &mut Vec<Value>,
    wasteful: bool,
) -> Result<(), Mismatch> {
    let mut expected = expected.as_array().cloned().unwrap_or_default();
    if has_tag(content, "unordered") {
        let by_text = |a: &Value, b: &Value| a.to_string().cmp(&b.to_string());
        expected.sort_by(by_text);
        actual.sort_by(by_text);
    }
    // Parts that had succeeded need not be sent again; what failed must be.
    if has_tag(content, "duplicate") && actual.len() <= expected.len() {
        return Ok(());
    }
    without_last(&Value::Array(expected), Value::Array(std::mem::take(actual)), wasteful)
}

/// Compares lists; the last expected entry may be missing if it was for nothing.
fn without_last(expected: &Value, actual: Value, wasteful: bool) -> Result<(), Mismatch> {
    let shortened = expected.as_array().map(|list| json!(&list[..list.len().saturating_sub(1)]));
    if wasteful && shortened.is_some_and(|shortened| json_equal(&shortened, &actual)) {
        return Ok(());
    }
    part(expected, &actual)
}

/// Jobs are counted without the action's name in the reference.
fn known_tags(content: &Value, counters: Vec<Value>) -> Value {
    let job = content["call"] == "async_batch";
    let counters = counters.into_iter().map(|mut counter| {
        if let Some(tags) = counter[2].as_array_mut().filter(|_| job) {
            tags.pop();
        }
        counter
    });
    counters.collect()
}

/// What we compare of completions: the reference leaves its output empty for every success.
fn completions(expected: &Value) -> Value {
    let entries = expected.as_array().into_iter().flatten().map(|entry| {
        json!({
            "destination": entry["destination"],
            "action": entry["action"],
            "subscribe": entry["subscribe"],
        })
    });
    entries.collect()
}

fn tokens(expected: &Value, actual: &Value) -> Result<(), Mismatch> {
    if expected.is_null() {
        return Ok(());
    }
    let chosen = |oauth: &Value| json!([oauth["access_token"], oauth["refresh_token"]]);
    part(&chosen(expected), &chosen(actual))
}
