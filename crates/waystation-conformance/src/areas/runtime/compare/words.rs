//! Texts that must be equal, and texts that are wording.

use serde_json::Value;

use super::deviations::Deviations;
use crate::compare::json_equal;

/// The key of a step's name. We keep the names of the reference; only what follows a colon is wording.
const STEP: &str = "output";

/// Keys whose values are data: a `message` inside them is no wording.
const DATA: [&str; 5] = ["data", "sent", "body", "request", "response"];

/// What is compared: it decides which texts are wording, and what an error may tell besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// What a call returns.
    Results,
    /// What the author's server answers.
    Answers,
}

impl Form {
    /// Keys whose texts may be in the reference's own words.
    const fn worded(self) -> &'static [&'static str] {
        match self {
            Self::Results => &["errormessage", "message"],
            Self::Answers => &["error", "message"],
        }
    }

    /// Keys that tell of an error.
    const fn of_errors(self) -> &'static [&'static str] {
        match self {
            Self::Results => &["errortype", "errormessage", "errorreporter"],
            Self::Answers => &["statusCode", "message", "requestError"],
        }
    }
}

/// Compares values, and their texts by where they come from.
pub(in crate::areas::runtime) struct Words {
    /// What the case brings along, as JSON.
    case: String,
    deviations: Deviations,
    form: Form,
}

impl Words {
    /// For what a call returns.
    pub(in crate::areas::runtime) fn of_results(content: &Value, deviations: Deviations) -> Self {
        Self::new(content, deviations, Form::Results)
    }

    /// For what the author's server answers.
    pub(in crate::areas::runtime) fn of_answers(content: &Value, deviations: Deviations) -> Self {
        Self::new(content, deviations, Form::Answers)
    }

    fn new(content: &Value, deviations: Deviations, form: Form) -> Self {
        let partner = content.get("partner").unwrap_or(&Value::Null);
        Self {
            case: format!("{}\n{partner}", content["request"]),
            deviations,
            form,
        }
    }

    /// Whether two values are equal but for wording.
    pub(in crate::areas::runtime) fn equal(&self, expected: &Value, actual: &Value) -> bool {
        self.equal_under("", expected, actual)
    }

    fn equal_under(&self, key: &str, expected: &Value, actual: &Value) -> bool {
        match (expected, actual) {
            _ if DATA.contains(&key) => json_equal(expected, actual),
            (Value::String(left), Value::String(right)) if key == STEP => beginning(left) == beginning(right),
            (Value::String(left), Value::String(right)) if self.form.worded().contains(&key) => {
                self.same_words(left, right)
            }
            // Problems by path: which there are counts, and how they are told is wording.
            (Value::String(left), Value::String(right)) if key == PROBLEM => self.same_words(left, right),
            (Value::Object(left), Value::Object(right)) => {
                let outer = key;
                let same = |(key, value): (&String, &Value)| {
                    let key_of_value = if is_problem(outer, value) { PROBLEM } else { key };
                    right
                        .get(key)
                        .is_some_and(|other| self.equal_under(key_of_value, value, other))
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
        !text.is_empty() && self.case.contains(&quoted[1..quoted.len() - 1])
    }

    /// Whether a key may be there that the reference leaves out: what makes a failing status an error.
    fn may_be_told(&self, key: &str, expected: &Value) -> bool {
        let failed = expected["status"].as_u64().is_some_and(|status| status >= 400);
        let told = failed || self.form == Form::Answers && expected.get("code").is_some();
        self.deviations.lost_error && told && self.form.of_errors().contains(&key)
    }
}

/// Stands for the keys of problems that are told by path.
const PROBLEM: &str = "fields.*";

/// Whether a value under this key tells what is wrong with a field.
fn is_problem(outer: &str, value: &Value) -> bool {
    outer == "fields" && value.is_string()
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
        Words::of_results(&content, Deviations::of(&content))
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
