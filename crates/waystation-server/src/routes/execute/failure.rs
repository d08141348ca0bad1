//! Why an action did not do what it was asked to, in full.

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};
use waystation_client::Redactor;
use waystation_fql::ParseError;
use waystation_json::JsonObject;
use waystation_kit::multistatus::partner_message;
use waystation_kit::{Error as ActionError, ErrorCode};
use waystation_runtime::Error;
use waystation_runtime::error::SchemaSubject;

use crate::answer::{fields, partner_answer};

/// A failure.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Failure {
    /// How far the event came.
    stage: Stage,
    /// Stable; the error type that an item of a batch would have.
    code: String,
    /// In words, those of the partner where it has some.
    message: String,
    /// The failure's own status, or the partner's.
    status: u16,
    /// Whether the same request may succeed later.
    retryable: bool,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<JsonObject>,
    /// Every fault of the mapping with its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<Value>,
    /// The partner's answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    partner: Option<Value>,
}

/// How far an event came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Stage {
    Subscription,
    Settings,
    Mapping,
    Validation,
    Action,
}

impl Failure {
    /// A subscription that cannot be read.
    pub(super) fn subscription(error: &ParseError) -> Self {
        Self::before_the_action(Stage::Subscription, "INVALID_SUBSCRIPTION", error.to_string())
    }

    pub(super) fn new(error: &Error, redactor: &Redactor) -> Self {
        match error {
            Error::Schema { subject, errors } => {
                let (stage, code) = match subject {
                    SchemaSubject::Payload => (Stage::Validation, "PAYLOAD_VALIDATION_FAILED"),
                    SchemaSubject::Settings | SchemaSubject::HookInputs | SchemaSubject::AudienceSettings => {
                        (Stage::Settings, "INVALID_SETTINGS")
                    }
                };
                Self {
                    fields: Some(fields(errors)),
                    ..Self::before_the_action(stage, code, error.to_string())
                }
            }
            Error::InvalidMapping(invalid) => {
                let faults = invalid.faults.iter();
                Self {
                    faults: faults
                        .map(|fault| json!({"path": fault.path, "message": fault.problem.to_string()}))
                        .collect(),
                    ..Self::before_the_action(Stage::Mapping, "INVALID_MAPPING", error.to_string())
                }
            }
            Error::Mapping(_) => Self::before_the_action(Stage::Mapping, "MAPPING_FAILED", error.to_string()),
            Error::Credentials(inner) => Self::new(inner, redactor),
            Error::Action(action) => Self::action(action, error, redactor),
        }
    }

    /// A failure of the action or of its partner.
    fn action(action: &ActionError, error: &Error, redactor: &Redactor) -> Self {
        let status = status_of(action);
        let message = match partner_answer(error) {
            Some(response) => partner_message(response),
            None => action.to_string(),
        };
        let partner = partner_answer(error).map(|response| {
            let body = redactor.value(&response.data_or_text());
            json!({"status": response.status(), "body": body})
        });
        Self {
            stage: Stage::Action,
            code: action
                .code()
                .unwrap_or_else(|| ErrorCode::from_status(status))
                .as_str()
                .to_owned(),
            message: redactor.text(&message).into_owned(),
            status,
            retryable: action.is_retryable(),
            fields: None,
            faults: Vec::new(),
            partner,
        }
    }

    /// A fault of what the caller sent.
    fn before_the_action(stage: Stage, code: &str, message: String) -> Self {
        Self {
            stage,
            code: code.to_owned(),
            message,
            status: 400,
            retryable: false,
            fields: None,
            faults: Vec::new(),
            partner: None,
        }
    }

    /// In words.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// The status of an answer that tells of nothing but this failure. A partner's status that is no failure
    /// to HTTP's mind, such as 304, becomes that of a gateway.
    pub(super) fn http_status(&self) -> StatusCode {
        StatusCode::from_u16(self.status)
            .ok()
            .filter(|status| status.is_client_error() || status.is_server_error())
            .unwrap_or(StatusCode::BAD_GATEWAY)
    }
}

/// The status of a failure; of those that have none, as a gateway would have it.
fn status_of(error: &ActionError) -> u16 {
    error.status().unwrap_or(match error {
        ActionError::Timeout { .. } => 504,
        ActionError::Network { .. } => 502,
        _ => 500,
    })
}
