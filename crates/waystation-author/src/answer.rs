//! Answers in the shapes of the development server (recorded in `tests/conformance/runtime`). They never
//! hold a stack trace, and nothing that is secret.

use serde::Serialize;
use serde_json::Value;
use waystation_client::Redactor;
use waystation_client::record::ShownExchange;
use waystation_execute::failure::{fields, partner_answer};
use waystation_fields::ValidationErrors;
use waystation_json::JsonObject;
use waystation_kit::Response;
use waystation_runtime::Error;
use waystation_runtime::error::SchemaSubject;

/// The status of a failure that has none.
const NO_STATUS: u16 = 500;

/// `{statusCode, message, fields?, requestError: true}`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestError {
    status_code: u16,
    /// The partner's body, or what happened in words.
    message: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<JsonObject>,
    request_error: bool,
    #[serde(flatten)]
    thrown: Option<Thrown>,
}

/// What some routes tell of a failure besides: the error's own code and status, where it has them.
#[derive(Debug, Serialize)]
struct Thrown {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
}

impl RequestError {
    pub(crate) fn new(error: &Error, redactor: &Redactor) -> Self {
        let message = match partner_answer(error) {
            Some(response) => body_of(response),
            None => error.to_string().into(),
        };
        Self {
            status_code: status_of(error),
            message: redactor.value(&message),
            fields: validation_errors(error).map(fields),
            request_error: true,
            thrown: None,
        }
    }

    /// Adds sentences to what happened, where that is told in words.
    pub(crate) fn with_words(mut self, sentences: &[String]) -> Self {
        if let Value::String(message) = &mut self.message {
            for sentence in sentences {
                message.push(' ');
                message.push_str(sentence);
            }
        }
        self
    }

    /// Adds the error's own code and status.
    pub(crate) fn with_code(mut self, error: &Error) -> Self {
        let action = error.action();
        self.thrown = Some(Thrown {
            code: action
                .and_then(waystation_kit::Error::code)
                .map(|code| code.as_str().to_owned()),
            status: action
                .filter(|error| error.response().is_none())
                .and_then(waystation_kit::Error::status),
        });
        self
    }
}

/// A payload that does not fit counts as having no status here.
fn status_of(error: &Error) -> u16 {
    match error {
        Error::Schema {
            subject: SchemaSubject::Payload,
            ..
        } => NO_STATUS,
        error => error.status().unwrap_or(NO_STATUS),
    }
}

fn body_of(response: &Response) -> Value {
    match response.data() {
        Some(Value::Null) | None => response.text().into_owned().into(),
        Some(data) => data.clone(),
    }
}

pub(crate) fn validation_errors(error: &Error) -> Option<&ValidationErrors> {
    match error {
        Error::Schema { errors, .. } => Some(errors),
        _ => None,
    }
}

/// `{path, pointer, message}`: one problem of inputs that do not fit.
#[derive(Debug, Serialize)]
pub(crate) struct FieldProblem {
    path: String,
    pointer: String,
    message: String,
}

/// The problems of values as the routes of hooks and dynamic fields list them.
pub(crate) fn field_problems(subject: SchemaSubject, errors: &ValidationErrors) -> Vec<FieldProblem> {
    let errors = errors.iter();
    errors
        .map(|error| FieldProblem {
            path: error.path.clone(),
            pointer: pointer(&error.path),
            message: subject.sentence(error),
        })
        .collect()
}

/// A JSON Pointer from a path: `$.rows[0].name` becomes `/rows/0/name`.
fn pointer(path: &str) -> String {
    path.trim_start_matches('$')
        .replace(['.', '['], "/")
        .replace(']', "")
}

/// The exchanges that were answered, without times.
pub(crate) fn exchange_list(exchanges: Vec<ShownExchange>) -> Vec<ShownExchange> {
    let answered = exchanges
        .into_iter()
        .filter(|exchange| exchange.response.is_some());
    answered
        .map(|exchange| ShownExchange {
            timing: None,
            ..exchange
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::pointer;

    #[test]
    fn pointers_name_the_same_place_as_paths() {
        assert_eq!(pointer("$"), "");
        assert_eq!(pointer("$.name"), "/name");
        assert_eq!(pointer("$.rows[0].name"), "/rows/0/name");
    }
}
