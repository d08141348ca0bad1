//! Comparing failures.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use waystation_kit::{Error as ActionError, Response};
use waystation_runtime::Error;

/// Whether a failure is the recorded one; its text is information only.
pub(super) fn same(expected: &Value, error: &Error) -> bool {
    let actual = recorded_form(error);
    // A failed validation is never tried again with us; the recorded flag only repeats the status.
    let derived = expected["kind"] == "validation";
    let compared = ["kind", "status", "code", "retryable"];
    let same = compared.iter().filter(|key| **key != "retryable" || !derived);
    same.map(|key| (expected.get(key), actual.get(key)))
        .all(|(expected, actual)| expected.is_none() || expected == actual)
        && places(expected) == places(&actual)
}

/// The fields of a failed validation, in whatever order they were found.
fn places(error: &Value) -> BTreeSet<&str> {
    super::list(&error["fields"])
        .iter()
        .filter_map(Value::as_str)
        .collect()
}

/// A failure as the corpus writes it.
pub(super) fn recorded_form(error: &Error) -> Value {
    let mut told = json!({
        "kind": kind(error),
        "status": status(error),
        "code": null,
        "retryable": error.is_retryable(),
        "message": error.to_string(),
    });
    match error {
        Error::Action(action) => told["code"] = action.code().map(|code| code.as_str().to_owned()).into(),
        Error::Schema { errors, .. } => {
            told["fields"] = errors.iter().map(|error| error.path.as_str()).collect();
        }
        Error::InvalidMapping(_) | Error::Mapping(_) | Error::Credentials(_) => {}
    }
    told
}

/// The status of a failure; for credentials only what the partner said about them.
fn status(error: &Error) -> Option<u16> {
    match error {
        Error::Credentials(cause) => cause.action()?.response().map(Response::status),
        _ => error.status(),
    }
}

fn kind(error: &Error) -> &'static str {
    match error {
        Error::Schema { .. } => "validation",
        Error::InvalidMapping(_) | Error::Mapping(_) => "mapping",
        Error::Credentials(_) => "credentials",
        Error::Action(error) => match error {
            ActionError::Http(_) => "http",
            ActionError::PayloadValidation(_) => "payload_validation",
            ActionError::Integration { .. }
            | ActionError::UnknownOutcome { .. }
            | ActionError::AudienceMembership(_)
            | ActionError::Api { .. }
            | ActionError::SelfTimeout(_) => "integration",
            ActionError::InvalidAuthentication { .. } => "auth",
            // No recorded case has guards.
            ActionError::Retryable { .. } | ActionError::NotSent { .. } => "retryable",
            ActionError::Network { .. } => "network",
            ActionError::Timeout { .. } | ActionError::Deadline | ActionError::Aborted => "timeout",
            ActionError::Internal(_) | ActionError::Miscounted(_) => "internal",
        },
    }
}
