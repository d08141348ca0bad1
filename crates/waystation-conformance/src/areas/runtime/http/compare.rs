//! Comparing answers of the author's server, by rules 6 and 7 of the area's README.

use serde_json::{Map, Value, json};

use super::shown::{is_exchange, normal, own_exchanges, unredacted, without_insides, without_stacks};
use super::{Answer, Recording};
use crate::Mismatch;
use crate::areas::runtime::answer::request_json;
use crate::areas::runtime::compare::deviations::Deviations;
use crate::areas::runtime::compare::words::Words;
use crate::areas::runtime::compare::{list, requests};

/// Headers that must not be there unless they were recorded: they open the server to web pages.
const PERMISSION: &str = "access-control-";

pub(super) fn recording(content: &Value, recording: &Recording) -> Result<(), Mismatch> {
    let expect = &content["expect"];
    let deviations = Deviations::of(content);
    let comparison = Comparison {
        deviations,
        words: Words::of_answers(content, deviations),
        recording,
        recorded: recorded_exchanges(expect),
    };
    let single = expect.get("response").map(std::slice::from_ref);
    let expected = single.unwrap_or_else(|| list(&expect["responses"]));
    for (step, (expected, actual)) in expected.iter().zip(&recording.answers).enumerate() {
        comparison.answer(step, expected, actual)?;
    }
    if expected.len() != recording.answers.len() {
        return Err(Mismatch {
            expected: json!({"answers": expected.len()}),
            actual: json!({"answers": recording.answers.len()}),
        });
    }
    let actual: Vec<Value> = recording.requests.iter().map(request_json).collect();
    requests::compare(list(&expect["requests"]), &actual, comparison.deviations).map(drop)
}

/// Every exchange that any of the recorded answers shows.
fn recorded_exchanges(expect: &Value) -> Vec<Value> {
    let bodies = list(&expect["responses"])
        .iter()
        .flat_map(|response| list(&response["body"]));
    bodies.filter(|entry| is_exchange(entry)).cloned().collect()
}

struct Comparison<'a> {
    deviations: Deviations,
    words: Words,
    recording: &'a Recording,
    recorded: Vec<Value>,
}

impl Comparison<'_> {
    fn answer(&self, step: usize, expected: &Value, actual: &Answer) -> Result<(), Mismatch> {
        if expected.get("html").is_some() {
            // The reference answers with a page: only its status counts, and ours is JSON.
            let expected = json!({"status": expected["status"], "is JSON": true});
            let actual = json!({"status": actual.status, "is JSON": actual.body.is_some()});
            return match expected == actual {
                true => Ok(()),
                false => Err(Mismatch { expected, actual }),
            };
        }
        let headers = compared_headers(&expected["headers"], &actual.headers);
        let (recorded_body, body) = self.bodies(step, expected, actual);
        if expected["status"] == actual.status
            && expected["headers"] == headers
            && self.words.equal(&recorded_body, &body)
        {
            return Ok(());
        }
        let told = |status: &Value, headers: &Value, body: Value| json!({"step": step, "status": status, "headers": headers, "body": body});
        Err(Mismatch {
            expected: told(&expected["status"], &expected["headers"], recorded_body),
            actual: told(&actual.status.into(), &headers, body),
        })
    }

    /// The partner's last status in a call.
    fn last_status(&self, step: usize) -> Option<u16> {
        let exchanges = self.recording.exchanges.iter();
        let own = exchanges.filter(|exchange| exchange.step == step);
        own.last().map(|exchange| exchange.status)
    }

    /// The recorded body and ours as they are compared.
    fn bodies(&self, step: usize, expected: &Value, actual: &Answer) -> (Value, Value) {
        let mut recorded = without_stacks(&expected["body"]);
        if self.deviations.state && list(&recorded).first().is_some_and(is_exchange) {
            recorded = own_exchanges(&self.recorded, &self.recording.exchanges, step);
        }
        if let (true, Value::Array(entries)) = (self.deviations.leak, &recorded) {
            recorded = without_insides(entries, self.last_status(step));
        }
        let recorded = normal(&recorded);
        let body = actual.body.as_ref().map(normal).unwrap_or_default();
        if self.deviations.leak {
            let body = unredacted(&recorded, &body);
            return (recorded, body);
        }
        (recorded, body)
    }
}

/// Of our headers, those that were recorded, and those that must not be there unless they were.
fn compared_headers(recorded: &Value, ours: &Map<String, Value>) -> Value {
    let compared = ours
        .iter()
        .filter(|(name, _)| recorded.get(name.as_str()).is_some() || name.starts_with(PERMISSION));
    Value::Object(
        compared
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    )
}
