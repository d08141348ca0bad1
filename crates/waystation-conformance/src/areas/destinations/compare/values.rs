//! Comparing values: wildcards, whole responses, and texts that may differ.

use serde_json::Value;
use waystation_kit::Response;
use waystation_kit::request::Answer;
use waystation_kit::services::Millis;

use crate::compare::json_equal;

/// Stands for any text that is not empty: a generated identifier.
const ANY_TEXT: &str = "<<any-string>>";

/// Stands where the peer hands back a whole response.
const RESPONSE: &str = "$response";

/// Compares values of one case.
pub(super) struct Values<'a> {
    /// The partner's script as JSON.
    partner: String,
    answers: &'a [Answer],
    /// Whether the outcome was computed from rules instead of recorded.
    computed: bool,
}

impl<'a> Values<'a> {
    pub(super) fn new(content: &Value, answers: &'a [Answer]) -> Self {
        Self {
            partner: content.get("partner").map(Value::to_string).unwrap_or_default(),
            answers,
            computed: super::list(&content["tags"]).iter().any(|tag| tag == "rule"),
        }
    }

    /// Whether two values are equal, generated identifiers and whole responses aside.
    pub(super) fn equal(&self, expected: &Value, actual: &Value) -> bool {
        match (expected, actual) {
            (Value::String(left), Value::String(right)) if left == ANY_TEXT => !right.is_empty(),
            (Value::Object(left), _) if left.len() == 1 && left.contains_key(RESPONSE) => {
                self.is_response(&left[RESPONSE], actual)
            }
            (Value::Object(left), Value::Object(right)) => {
                left.len() == right.len()
                    && left
                        .iter()
                        .all(|(key, value)| right.get(key).is_some_and(|other| self.equal(value, other)))
            }
            (Value::Array(left), Value::Array(right)) => {
                left.len() == right.len()
                    && left
                        .iter()
                        .zip(right)
                        .all(|(left, right)| self.equal(left, right))
            }
            _ => json_equal(expected, actual),
        }
    }

    /// Whether a value is the data of a response, and the partner answered with that data and that status.
    fn is_response(&self, expected: &Value, actual: &Value) -> bool {
        let data = expected.get("data").unwrap_or(&Value::Null);
        let answered = |answer: &Answer| {
            expected["status"] == answer.status
                && json_equal(data, &Response::new(answer.clone(), Millis(0)).data_or_text())
        };
        json_equal(data, actual) && self.answers.iter().any(answered)
    }

    /// Compares the steps of an event. Of their outputs, only what stands before a colon counts: what
    /// follows explains.
    pub(super) fn steps_equal(&self, expected: &[Value], actual: &[Value]) -> bool {
        let beginning = |step: &Value| {
            let output = step["output"].as_str()?;
            Some(output.split(':').next().unwrap_or_default().trim().to_owned())
        };
        expected.len() == actual.len()
            && expected.iter().zip(actual).all(|(expected, actual)| {
                beginning(expected) == beginning(actual)
                    && match (expected.get("data"), actual.get("data")) {
                        (Some(expected), Some(actual)) => self.equal(expected, actual),
                        (expected, actual) => expected.is_none() && actual.is_none(),
                    }
            })
    }

    /// Compares the results of an item.
    pub(super) fn node_equal(&self, expected: &Value, actual: &Value) -> bool {
        let (Some(left), Some(right)) = (expected.as_object(), actual.as_object()) else {
            return expected == actual;
        };
        let from_destination = expected["errorreporter"] == "DESTINATION";
        left.len() == right.len()
            && left.iter().all(|(key, value)| {
                right.get(key).is_some_and(|other| match key.as_str() {
                    "errormessage" if !from_destination || self.is_unworded(value) => is_worded(other),
                    _ => self.equal(value, other),
                })
            })
    }

    /// Whether a computed text is in nobody's words, because the partner's answer carries none.
    fn is_unworded(&self, text: &Value) -> bool {
        let parts = text.as_str().unwrap_or_default().split("; ");
        self.computed && !parts.into_iter().any(|part| self.is_the_partners(part))
    }

    fn is_the_partners(&self, text: &str) -> bool {
        let quoted = Value::from(text).to_string();
        !text.is_empty() && self.partner.contains(&quoted[1..quoted.len() - 1])
    }

    /// Compares the answer of a handler. The message of an error that it tells may be in other words, unless
    /// they are the partner's own.
    pub(super) fn answer_equal(&self, expected: &Value, actual: &Value) -> bool {
        let (Some(left), Some(right)) = (expected.as_object(), actual.as_object()) else {
            return self.equal(expected, actual);
        };
        if left.contains_key(RESPONSE) {
            return self.equal(expected, actual);
        }
        left.len() == right.len()
            && left.iter().all(|(key, value)| {
                right.get(key).is_some_and(|other| match key.as_str() {
                    "error" => self.error_equal(value, other),
                    _ => self.equal(value, other),
                })
            })
    }

    fn error_equal(&self, expected: &Value, actual: &Value) -> bool {
        let message = &expected["message"];
        let own_words = message.as_str().is_some_and(|text| self.is_the_partners(text));
        expected["code"] == actual["code"]
            && if own_words {
                message == &actual["message"]
            } else {
                is_worded(&actual["message"])
            }
    }
}

fn is_worded(text: &Value) -> bool {
    text.as_str().is_some_and(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn values(content: &Value) -> Values<'static> {
        Values::new(content, &[])
    }

    #[test]
    fn a_generated_identifier_is_any_text() {
        let values = values(&json!({}));
        assert!(values.equal(&json!({"id": ANY_TEXT}), &json!({"id": "x"})));
        assert!(!values.equal(&json!({"id": ANY_TEXT}), &json!({"id": ""})));
        assert!(!values.equal(&json!({"id": ANY_TEXT}), &json!({"id": 1})));
    }

    #[test]
    fn a_response_is_its_data_and_its_status() {
        let answer = Answer {
            status: 201,
            reason: None,
            headers: http::HeaderMap::new(),
            url: "https://partner.test/".parse().unwrap(),
            body: "done".into(),
        };
        let answers = [answer];
        let values = Values::new(&json!({}), &answers);
        assert!(values.equal(
            &json!({RESPONSE: {"status": 201, "data": "done"}}),
            &json!("done")
        ));
        assert!(!values.equal(
            &json!({RESPONSE: {"status": 200, "data": "done"}}),
            &json!("done")
        ));
        assert!(!values.equal(
            &json!({RESPONSE: {"status": 201, "data": "done"}}),
            &json!("other")
        ));
    }

    #[test]
    fn words_of_the_destination_must_be_the_same() {
        let node = |reporter: &str, message: &str| json!({"status": 400, "errorreporter": reporter, "errormessage": message});
        let values = values(&json!({"partner": [{"body": {"message": "no \"x\""}}]}));
        assert!(!values.node_equal(&node("DESTINATION", "a"), &node("DESTINATION", "b")));
        assert!(values.node_equal(&node("INTEGRATIONS", "a"), &node("INTEGRATIONS", "b")));
        assert!(!values.node_equal(&node("INTEGRATIONS", "a"), &node("DESTINATION", "a")));
        let error = |message: &str| json!({"choices": [], "error": {"code": "1", "message": message}});
        assert!(!values.answer_equal(&error("no \"x\""), &error("no")));
        assert!(values.answer_equal(&error("Unknown"), &error("No idea")));
    }

    #[test]
    fn computed_words_count_where_the_partner_has_some() {
        let values = values(&json!({"tags": ["rule"], "partner": [{"body": {"message": "bad id"}}]}));
        let node = |message: &str| json!({"errorreporter": "DESTINATION", "errormessage": message});
        assert!(!values.node_equal(&node("bad id; bad name"), &node("bad")));
        assert!(values.node_equal(&node("Bad Request"), &node("400")));
    }

    #[test]
    fn outputs_may_explain_in_other_words() {
        let values = values(&json!({}));
        let step = |output: &str| [json!({"output": output})];
        assert!(values.steps_equal(
            &step("Invalid subscription : a"),
            &step("Invalid subscription: b")
        ));
        assert!(!values.steps_equal(&step("not subscribed"), &step("Action Executed")));
    }
}
