//! What DigiWedge says when it refuses, and whether trying again can help.
//!
//! REST answers `{"error": {code, message, details?, requestId}}`; GraphQL answers a list of
//! `{message, path?, extensions: {code, requestId?}}`, with status 200. Both become a [`Refusal`]. The code
//! decides what becomes of it where it is known, the status otherwise ([`Class`]).

use std::fmt::Write as _;
use std::time::Duration;

use waystation_kit::multistatus::partner_message;
use waystation_kit::prelude::*;
use waystation_kit::retry::{is_retryable_status, wanted_wait};
use waystation_kit::text::text;

use crate::error_codes::Class;

/// How long to leave a social network alone that limits requests, if nobody says how long. Its limits are
/// counted by the quarter of an hour or longer.
const SOCIAL_WAIT: Duration = Duration::from_secs(15 * 60);

/// What stands where there are no words.
const SILENT: &str = "DigiWedge does not say why";

/// A refusal, as far as it is understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Refusal {
    /// The status; for GraphQL that of the answer, which says nothing if it is 200.
    pub status: u16,
    /// The stable code.
    pub code: Option<String>,
    /// What happened, in DigiWedge's words.
    pub message: String,
    /// What is wrong with fields of the request.
    pub fields: Vec<FieldFault>,
    /// What to quote when asking DigiWedge.
    pub request_id: Option<String>,
    /// How long DigiWedge asks to wait.
    pub wait: Option<Duration>,
    /// What else the same answer complains about.
    pub others: Vec<String>,
}

/// What is wrong with one field of the request.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldFault {
    /// The name of the field; may be empty.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

/// Makes an answer outside 2xx an error that says what is wrong, and of which class it is. Other errors stay.
#[must_use]
pub fn explain(error: Error) -> Error {
    match error.response() {
        Some(response) => Refusal::of_answer(response).into_error(),
        None => error,
    }
}

/// Whether the customer is there already: by the code, or by a conflict, which names no code.
#[must_use]
pub fn says_customer_exists(error: &Error) -> bool {
    error.status() == Some(409) || has_code(error, "DUPLICATE_EMAIL")
}

/// Whether an error has this code of DigiWedge.
#[must_use]
pub fn has_code(error: &Error, code: &str) -> bool {
    error.code().is_some_and(|actual| actual == code)
}

impl Refusal {
    /// Reads a failing answer. GraphQL may fail with a status, too.
    #[must_use]
    pub fn of_answer(response: &Response) -> Self {
        let body: Value = response.json().unwrap_or_default();
        if let Some(error) = body
            .pointer("/errors/0/extensions")
            .and(body.pointer("/errors/0"))
        {
            return Self::of_graphql(error, response);
        }
        let error = body.get("error").unwrap_or(&body);
        let details = error.get("details").unwrap_or(&Value::Null);
        Self::read(response, words(response), error, details)
    }

    /// Reads an error of an answer to a GraphQL document.
    #[must_use]
    pub fn of_graphql(error: &Value, response: &Response) -> Self {
        let extensions = error.get("extensions").unwrap_or(&Value::Null);
        let details = extensions.get("details").unwrap_or(extensions);
        let message = text(error, "message").unwrap_or(SILENT).to_owned();
        Self::read(response, message, extensions, details)
    }

    fn read(response: &Response, message: String, named: &Value, details: &Value) -> Self {
        let code = text(named, "code").map(str::to_owned);
        let request_id = text(named, "requestId").or(response.request_id());
        Self {
            status: response.status(),
            message,
            fields: field_faults(details),
            request_id: request_id.map(str::to_owned),
            wait: wait(response, code.as_deref(), details),
            code,
            others: Vec::new(),
        }
    }

    /// The same refusal, in the words of the others as well.
    #[must_use]
    pub fn with_others<'a>(mut self, others: impl Iterator<Item = &'a Self>) -> Self {
        self.others.extend(others.map(Self::to_text));
        self
    }

    fn class(&self) -> Option<Class> {
        let known = self.code.as_deref().and_then(Class::of);
        known.or_else(|| Class::of_status(self.status))
    }

    /// The error, with its status, its code and whether it is worth another attempt.
    #[must_use]
    pub fn into_error(self) -> Error {
        let message = self.to_text();
        let status = self.final_status();
        match self.class() {
            Some(Class::Unauthenticated) => Error::InvalidAuthentication {
                message,
                code: self
                    .code
                    .map_or(ErrorCode::INVALID_AUTHENTICATION, ErrorCode::from_partner),
                cause: None,
            },
            Some(Class::Invalid) => Error::integration(message, ErrorCode::PAYLOAD_VALIDATION_FAILED, status),
            class if is_retryable_status(status) => {
                let wait = match class {
                    Some(Class::SocialRateLimit) => Some(self.wait.unwrap_or(SOCIAL_WAIT)),
                    _ => self.wait,
                };
                let code = self
                    .code
                    .map_or(ErrorCode::RETRYABLE_ERROR, ErrorCode::from_partner);
                Error::retryable(message)
                    .with_status(status)
                    .with_code(code)
                    .with_retry_after(wait)
            }
            _ => Error::integration(message, self.final_code(status), status),
        }
    }

    fn final_status(&self) -> u16 {
        match self.class() {
            // Blamed on the request, the failure is one of its content.
            Some(Class::SocialFailure) if self.status < 500 => Class::Unprocessable.status(),
            Some(class) => class.status(),
            // A refusal within a success is nobody's status: final, for nothing says that it may pass.
            None if self.status < 300 => 400,
            None => self.status,
        }
    }

    fn final_code(self, status: u16) -> ErrorCode {
        match self.code {
            Some(code) => ErrorCode::from_partner(code),
            None if self.status < 300 => ErrorCode::UNKNOWN_ERROR,
            None => ErrorCode::from_status(status),
        }
    }

    /// Everything in a line: the message, the fields, the code, what to quote when asking DigiWedge.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut line = self.message.clone();
        for (place, FieldFault { field, message }) in self.fields.iter().enumerate() {
            line.push_str(if place == 0 { ": " } else { "; " });
            if !field.is_empty() {
                line.push_str(field);
                line.push_str(": ");
            }
            line.push_str(message);
        }
        // Writing to a String cannot fail.
        let _ = match (&self.code, &self.request_id) {
            (Some(code), Some(id)) => write!(line, " (DigiWedge code {code}, request {id})"),
            (Some(code), None) => write!(line, " (DigiWedge code {code})"),
            (None, Some(id)) => write!(line, " (DigiWedge request {id})"),
            (None, None) => Ok(()),
        };
        for other in &self.others {
            line.push_str("; ");
            line.push_str(other);
        }
        line
    }
}

/// What a failing answer says, in DigiWedge's words. A success that only denies itself has none.
fn words(response: &Response) -> String {
    let words = partner_message(response);
    if response.is_success() && words == response.reason() {
        return SILENT.to_owned();
    }
    words
}

fn field_faults(details: &Value) -> Vec<FieldFault> {
    let read = |fault: &Value| {
        Some(FieldFault {
            field: text(fault, "field").unwrap_or_default().to_owned(),
            message: text(fault, "message")?.to_owned(),
        })
    };
    let list = details.get("errors").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(read).collect()
}

/// The wait that headers or body ask for. Headers count where the refusal is about the rate of requests to
/// DigiWedge, whatever the status: GraphQL says it with 200. The limits of social networks are others.
fn wait(response: &Response, code: Option<&str>, details: &Value) -> Option<Duration> {
    let is_limit = code.and_then(Class::of) == Some(Class::RateLimit);
    let of_headers = if is_limit && response.status() != 429 {
        header_wait(response)
    } else {
        wanted_wait(&Error::Http(Box::new(response.clone())))
    };
    of_headers.or_else(|| {
        let hint = details.get("retryAfter")?;
        let seconds = hint.as_f64().or_else(|| hint.as_str()?.trim().parse().ok())?;
        Duration::try_from_secs_f64(seconds).ok()
    })
}

/// The wait that the headers of any answer ask for, a successful one included.
#[must_use]
pub fn header_wait(response: &Response) -> Option<Duration> {
    wanted_wait(&Error::Http(Box::new(response.with_status(429))))
}
