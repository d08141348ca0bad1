//! What our code did, in the terms of the corpus.

use serde_json::{Map, Value, json};
use waystation_kit::Error as ActionError;
use waystation_kit::request::OutgoingRequest;
use waystation_runtime::Error;

use super::bench::{Bench, read};

/// What our code did.
pub(super) struct Answer {
    pub(super) result: Result<Value, Value>,
    pub(super) requests: Vec<Value>,
    pub(super) counters: Vec<Value>,
    pub(super) completed: Vec<Value>,
    pub(super) saved_tokens: Vec<Value>,
    pub(super) locks: usize,
    pub(super) transaction: Vec<Value>,
    pub(super) state: Vec<Value>,
    /// Access and refresh token after the call.
    pub(super) tokens: Option<Value>,
}

impl Answer {
    pub(super) fn new(result: Result<Value, Error>, bench: Bench) -> Self {
        let tokens = bench.connection.map(|connection| {
            let auth = connection.tokens().current();
            let text = |token: Option<waystation_kit::Secret>| token.map(|token| token.expose().to_owned());
            json!({"access_token": text(auth.access_token), "refresh_token": text(auth.refresh_token)})
        });
        Self {
            result: result.map_err(|error| error_json(&error)),
            requests: bench.partner.requests().iter().map(request_json).collect(),
            counters: read(&bench.log.counters),
            completed: bench.completed,
            saved_tokens: read(&bench.log.saved_tokens),
            locks: read(&bench.log.locks),
            transaction: read(&bench.log.transaction),
            state: read(&bench.log.state),
            tokens,
        }
    }
}

/// Headers that belong to the connection.
const TRANSPORT_HEADERS: [&str; 6] = [
    "accept",
    "accept-encoding",
    "connection",
    "host",
    "content-length",
    "transfer-encoding",
];

/// A request as the corpus writes it. Our user agent stands where the peer's default does.
pub(crate) fn request_json(request: &OutgoingRequest) -> Value {
    let headers: Map<String, Value> = request
        .headers
        .iter()
        .filter(|(name, _)| !TRANSPORT_HEADERS.contains(&name.as_str()))
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            let ours = name == "user-agent" && value.starts_with("Waystation/");
            (
                name.to_string(),
                if ours {
                    "Segment (Actions)".into()
                } else {
                    value.into()
                },
            )
        })
        .collect();
    let mut told =
        json!({"method": request.method.as_str(), "url": request.url.as_str(), "headers": headers});
    if let Some(body) = &request.body {
        match serde_json::from_slice::<Value>(body) {
            Ok(json) if told["headers"]["content-type"] == "application/json" => told["json"] = json,
            _ => told["text"] = String::from_utf8_lossy(body).into(),
        }
    }
    told
}

/// An error as the corpus writes it.
pub(crate) fn error_json(error: &Error) -> Value {
    let mut told = json!({"kind": kind(error), "peer_message": error.to_string()});
    let status = match error {
        Error::Action(ActionError::Http(_)) | Error::Credentials(_) => None,
        other => other.status(),
    };
    if let Some(status) = status {
        told["status"] = status.into();
    }
    let Error::Action(action) = error else { return told };
    if let Some(code) = action.code() {
        told["code"] = code.as_str().into();
    }
    if let Some(response) = action.response() {
        told["response_status"] = response.status().into();
        if let Some(data) = response.data() {
            told["response_data"] = data.clone();
        }
    }
    told
}

fn kind(error: &Error) -> &'static str {
    match error {
        Error::Schema { .. } => "schema",
        Error::InvalidMapping(_) | Error::Mapping(_) => "mapping",
        Error::Credentials(_) => "credentials",
        Error::Action(error) => match error {
            ActionError::Integration { .. } | ActionError::UnknownOutcome { .. } => "integration",
            ActionError::PayloadValidation(_) => "payload_validation",
            ActionError::AudienceMembership(_) => "audience_membership",
            ActionError::Api { .. } => "api",
            ActionError::SelfTimeout(_) => "self_timeout",
            // No recorded case has guards.
            ActionError::Retryable { .. } | ActionError::NotSent { .. } => "retryable",
            ActionError::InvalidAuthentication { .. } => "invalid_authentication",
            ActionError::Http(_) => "http",
            ActionError::Timeout { .. } => "timeout",
            ActionError::Deadline => "deadline",
            ActionError::Aborted => "aborted",
            ActionError::Network { .. } => "network",
            ActionError::Internal(_) | ActionError::Miscounted(_) => "internal",
        },
    }
}
