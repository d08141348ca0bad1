//! Why an action did not do what it was asked to, in full.

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use waystation_client::Redactor;
use waystation_fields::ValidationErrors;
use waystation_fql::ParseError;
use waystation_json::JsonObject;
use waystation_kit::multistatus::partner_message;
use waystation_kit::{Error as ActionError, ErrorCode, Response};
use waystation_runtime::Error;
use waystation_runtime::error::SchemaSubject;

use crate::room::{ReportLimits, Room};

/// Why an action did not do what it was asked to.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
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
    /// The partner answered, and the answer does not say whether it took the event: the same request may deliver it
    /// twice.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unknown_outcome: bool,
    /// What is wrong with which field: sentences by path.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    fields: Option<JsonObject>,
    /// Every fault of the mapping with its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<MappingFault>,
    /// The partner's answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    partner: Option<PartnerAnswer>,
}

/// How far an event came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FailureStage)]
enum Stage {
    Subscription,
    Settings,
    Mapping,
    Validation,
    Action,
}

/// What is wrong with a mapping, and where.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
struct MappingFault {
    /// The place in the mapping.
    path: String,
    /// What is wrong.
    message: String,
}

/// What a partner answered.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
struct PartnerAnswer {
    /// The status.
    status: u16,
    /// The body: parsed if it is JSON, else as text.
    body: Value,
}

impl Failure {
    /// A subscription that cannot be read.
    #[must_use]
    pub fn subscription(error: &ParseError) -> Self {
        Self::before_the_action(Stage::Subscription, "INVALID_SUBSCRIPTION", error.to_string())
    }

    /// Why a call failed, without secrets and whole, however large the partner's answer is.
    #[must_use]
    pub fn whole(error: &Error, redactor: &Redactor) -> Self {
        Self::new(error, redactor, &Room::new(ReportLimits::NONE))
    }

    /// Why a call failed, without secrets.
    #[must_use]
    pub(crate) fn new(error: &Error, redactor: &Redactor, room: &Room) -> Self {
        let message = || redactor.text(&error.to_string()).into_owned();
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
                    ..Self::before_the_action(stage, code, message())
                }
            }
            Error::InvalidMapping(invalid) => {
                let faults = invalid.faults.iter().map(|fault| MappingFault {
                    path: fault.path.clone(),
                    message: fault.problem.to_string(),
                });
                Self {
                    faults: faults.collect(),
                    ..Self::before_the_action(Stage::Mapping, "INVALID_MAPPING", message())
                }
            }
            Error::Mapping(_) => Self::before_the_action(Stage::Mapping, "MAPPING_FAILED", message()),
            Error::Credentials(inner) => Self::new(inner, redactor, room),
            Error::Action(action) => Self::action(action, error, redactor, room),
        }
    }

    /// A failure of the action or of its partner.
    fn action(action: &ActionError, error: &Error, redactor: &Redactor, room: &Room) -> Self {
        let status = status_of(action);
        let message = match partner_answer(error) {
            Some(response) => partner_message(response),
            None => action.to_string(),
        };
        let partner = action.answer().map(|response| PartnerAnswer {
            status: response.status(),
            body: room.body(response, redactor),
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
            unknown_outcome: action.outcome_is_unknown(),
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
            unknown_outcome: false,
            fields: None,
            faults: Vec::new(),
            partner: None,
        }
    }

    /// In words.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The status of an answer that tells of nothing but this failure. A partner's status that is no failure
    /// to HTTP's mind, such as 304, becomes that of a gateway.
    #[must_use]
    pub fn http_status(&self) -> StatusCode {
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

/// The partner's answer, where a failure is one.
#[must_use]
pub fn partner_answer(error: &Error) -> Option<&Response> {
    error.action().and_then(ActionError::response)
}

/// Problems by path, the root being `$`: `{"user.email": "must be an email address"}`.
#[must_use]
pub fn fields(errors: &ValidationErrors) -> JsonObject {
    let fields = errors.fields().into_iter();
    fields
        .map(|(path, problem)| (path.trim_start_matches("$.").to_owned(), problem))
        .collect()
}
