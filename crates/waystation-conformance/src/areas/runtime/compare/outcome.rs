//! Comparing what a call returned or failed with.

use serde_json::{Value, json};

use super::deviations::Deviations;
use super::words::Words;
use crate::Mismatch;
use crate::compare::json_equal;

/// What counts of an error; its text is information.
const COMPARED: [&str; 5] = ["kind", "status", "code", "response_status", "response_data"];

pub(super) fn compare(
    content: &Value,
    deviations: Deviations,
    actual: &Result<Value, Value>,
) -> Result<(), Mismatch> {
    let expect = &content["expect"];
    let same = match (expect.get("error"), actual) {
        (Some(expected), Err(actual)) => same_error(expected, actual),
        (Some(expected), Ok(actual)) => {
            deviations.lost_result && tells_every_item(&content["request"], expected, actual)
        }
        (None, Ok(actual)) => {
            let words = Words::of_results(content, deviations);
            words.equal(
                &without_constant_contexts(&expect["result"]),
                &without_constant_contexts(actual),
            )
        }
        (None, Err(_)) => false,
    };
    if same {
        return Ok(());
    }
    let expected = match expect.get("error") {
        Some(error) => json!({"error": error}),
        None => json!({"result": expect["result"]}),
    };
    let actual = match actual {
        Ok(result) => json!({"result": result}),
        Err(error) => json!({"error": error}),
    };
    Err(Mismatch { expected, actual })
}

fn same_error(expected: &Value, actual: &Value) -> bool {
    COMPARED
        .iter()
        .all(|key| json_equal(&expected[key], &actual[key]))
}

/// Whether a result tells what became of every item of the batch, the failure of the whole among them.
fn tells_every_item(request: &Value, error: &Value, result: &Value) -> bool {
    let [step] = super::list(result) else { return false };
    let nodes = super::list(&step["multistatus"]);
    let status = ["status", "response_status"]
        .iter()
        .find_map(|key| error[key].as_u64());
    nodes.len() == super::list(&request["events"]).len()
        && nodes
            .iter()
            .any(|node| node["errortype"].is_string() && node["status"].as_u64() == status)
}

/// Leaves out of `has` what every caller of ours has.
fn without_constant_contexts(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let kept = object.iter().map(|(key, value)| match (key.as_str(), value) {
                ("has", Value::Object(has)) => (key.clone(), json!({"cache": has.get("cache")})),
                _ => (key.clone(), without_constant_contexts(value)),
            });
            Value::Object(kept.collect())
        }
        Value::Array(items) => items.iter().map(without_constant_contexts).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(tags: &[&str], actual: Value) -> bool {
        let content = json!({
            "tags": tags,
            "request": {"events": [{}, {}]},
            "expect": {"error": {"kind": "http", "response_status": 400}},
        });
        compare(&content, Deviations::of(&content), &Ok(actual)).is_ok()
    }

    #[test]
    fn known_results_must_tell_every_item_and_the_failure() {
        let failed = json!({"status": 400, "errortype": "BAD_REQUEST"});
        let delivered = json!({"status": 200});
        let result = |nodes: Value| json!([{"multistatus": nodes}]);
        assert!(holds(&["lost-result"], result(json!([delivered, failed]))));
        assert!(
            !holds(&[], result(json!([delivered, failed]))),
            "the tag is missing"
        );
        assert!(
            !holds(&["lost-result"], result(json!([failed]))),
            "an item is missing"
        );
        assert!(
            !holds(&["lost-result"], result(json!([delivered, delivered]))),
            "the failure is missing"
        );
    }
}
