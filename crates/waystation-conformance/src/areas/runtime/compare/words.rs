//! Texts that must be equal, and texts that are wording.

use serde_json::Value;

use super::deviations::Deviations;
use crate::compare::json_equal;

/// Keys whose texts may be in the reference's own words.
const WORDED: [&str; 2] = ["errormessage", "message"];

/// The key of a step's name. We keep the names of the reference; only what follows a colon is wording.
const STEP: &str = "output";

/// Keys whose values are data: a `message` inside them is no wording.
const DATA: [&str; 5] = ["data", "sent", "body", "request", "response"];

/// Keys that an error tells and a success does not.
const OF_ERRORS: [&str; 3] = ["errortype", "errormessage", "errorreporter"];

/// Compares values, and their texts by where they come from.
pub(super) struct Words {
    /// What the case brings along, as JSON.
    case: String,
    deviations: Deviations,
}

impl Words {
    pub(super) fn of(content: &Value, deviations: Deviations) -> Self {
        let partner = content.get("partner").unwrap_or(&Value::Null);
        Self {
            case: format!("{}\n{partner}", content["request"]),
            deviations,
        }
    }

    /// Whether two values are equal but for wording.
    pub(super) fn equal(&self, expected: &Value, actual: &Value) -> bool {
        self.equal_under("", expected, actual)
    }

    fn equal_under(&self, key: &str, expected: &Value, actual: &Value) -> bool {
        match (expected, actual) {
            _ if DATA.contains(&key) => json_equal(expected, actual),
            (Value::String(left), Value::String(right)) if key == STEP => beginning(left) == beginning(right),
            (Value::String(left), Value::String(right)) if WORDED.contains(&key) => {
                self.same_words(left, right)
            }
            (Value::Object(left), Value::Object(right)) => {
                let same = |(key, value): (&String, &Value)| {
                    right
                        .get(key)
                        .is_some_and(|other| self.equal_under(key, value, other))
                };
                let known = |key: &String| left.contains_key(key) || self.may_be_told(key, expected);
                left.iter().all(same) && right.keys().all(known)
            }
            (Value::Array(left), Value::Array(right)) => {
                left.len() == right.len()
                    && left
                        .iter()
                        .zip(right)
                        .all(|(left, right)| self.equal_under(key, left, right))
            }
            _ => json_equal(expected, actual),
        }
    }

    /// Text of the case must come back as it is; other text is wording, and must be there.
    fn same_words(&self, expected: &str, actual: &str) -> bool {
        if expected == actual {
            return true;
        }
        let same_prefix = !self.deviations.message_prefix || beginning(expected) == beginning(actual);
        !self.is_of_the_case(expected) && !actual.is_empty() && same_prefix
    }

    fn is_of_the_case(&self, text: &str) -> bool {
        let quoted = Value::from(text).to_string();
        !text.is_empty() && self.case.contains(quoted.trim_matches('"'))
    }

    /// Whether a key may be there that the reference leaves out: what makes a failing status an error.
    fn may_be_told(&self, key: &str, expected: &Value) -> bool {
        let failed = expected["status"].as_u64().is_some_and(|status| status >= 400);
        self.deviations.lost_error && failed && OF_ERRORS.contains(&key)
    }
}

/// What stands before the colon.
fn beginning(text: &str) -> &str {
    text.split(':').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn words(tags: &[&str]) -> Words {
        let content =
            json!({"tags": tags, "request": {"name": "Ana"}, "partner": [{"json": {"why": "no \"x\""}}]});
        Words::of(&content, Deviations::of(&content))
    }

    #[test]
    fn text_of_the_case_must_come_back() {
        let words = words(&[]);
        assert!(!words.equal(
            &json!({"errormessage": "no \"x\""}),
            &json!({"errormessage": "no"})
        ));
        assert!(words.equal(
            &json!({"errormessage": "It failed"}),
            &json!({"errormessage": "Failed"})
        ));
        assert!(!words.equal(
            &json!({"errormessage": "It failed"}),
            &json!({"errormessage": ""})
        ));
    }

    #[test]
    fn a_message_inside_data_is_no_wording() {
        let (left, right) = (
            json!({"sent": {"message": "Hi"}}),
            json!({"sent": {"message": "Ho"}}),
        );
        assert!(!words(&[]).equal(&left, &right));
    }

    #[test]
    fn only_failing_statuses_may_tell_more() {
        let told = |status: u16| {
            let plain = json!({"status": status});
            let more = json!({"status": status, "errortype": "BAD_REQUEST"});
            words(&["lost-error"]).equal(&plain, &more)
        };
        assert!(told(400));
        assert!(!told(200));
        assert!(!words(&[]).equal(&json!({"status": 400}), &json!({"status": 400, "errortype": "x"})));
    }

    #[test]
    fn a_prefix_must_be_the_same() {
        for (words, key) in [(words(&["message-prefix"]), "errormessage"), (words(&[]), STEP)] {
            let told = |text: &str| json!({key: text});
            assert!(words.equal(
                &told("Invalid subscription : x"),
                &told("Invalid subscription: y")
            ));
            assert!(!words.equal(&told("Invalid subscription : x"), &told("Bad: x")));
        }
    }
}
