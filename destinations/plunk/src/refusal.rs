//! What Plunk says when it refuses, and whether trying again can help.
//!
//! The [documented envelope](https://docs.useplunk.com/api-reference/errors) is
//! `{"success": false, "error": {code, message, requestId, errors, details, suggestion}}`. The status is to be
//! trusted more than the code: contacts that are not found, addresses already taken and domains that are not
//! verified come as `INTERNAL_SERVER_ERROR` with 404, 409 and 403.

use std::fmt::Write as _;

use waystation_kit::multistatus::partner_message;
use waystation_kit::prelude::*;
use waystation_kit::retry::{is_retryable_status, wanted_wait};
use waystation_kit::text::text;

/// The code of a fault of Plunk's, which is also sent with statuses that blame the request.
const INTERNAL_SERVER_ERROR: &str = "INTERNAL_SERVER_ERROR";
const BILLING_LIMIT_EXCEEDED: &str = "BILLING_LIMIT_EXCEEDED";

/// Makes an answer outside 2xx an error that says what is wrong, and of which class it is. Other errors stay.
#[must_use]
pub fn explain(error: Error) -> Error {
    let Some(response) = error.response() else {
        return error;
    };
    let refusal = Refusal::read(response);
    let message = refusal.to_text();
    match response.status() {
        401 => Error::InvalidAuthentication {
            message,
            code: refusal.authentication_code(),
            cause: None,
        },
        429 if refusal.is_billing_cap(response) => {
            Error::integration(message, ErrorCode::new(BILLING_LIMIT_EXCEEDED), 402)
        }
        status if is_retryable_status(status) => Error::retryable(message)
            .with_status(status)
            .with_code(
                refusal
                    .own_code()
                    .map_or(ErrorCode::RETRYABLE_ERROR, ErrorCode::from_partner),
            )
            .with_retry_after(wanted_wait(&error)),
        status => Error::integration(message, refusal.error_code(status), status),
    }
}

/// As [`explain`], for a refusal that comes with a success status: the envelope says which one was meant, and a
/// request that is refused without one is at fault.
#[must_use]
pub fn explain_denial(answer: &Response) -> Error {
    let body: Value = answer.json().unwrap_or_default();
    let told = body.pointer("/error/statusCode").and_then(Value::as_u64);
    let status = told.and_then(|status| u16::try_from(status).ok());
    let status = status.filter(|status| (400..600).contains(status)).unwrap_or(400);
    explain(Error::Http(Box::new(answer.with_status(status))))
}

/// Whether the answer says that there is no such contact, and not that there is no such address.
#[must_use]
pub fn is_contact_not_found(response: &Response) -> bool {
    let refusal = Refusal::read(response);
    response.status() == 404
        && match refusal.code.as_deref() {
            Some("CONTACT_NOT_FOUND" | "RESOURCE_NOT_FOUND") => true,
            _ => contains_ignoring_case(&refusal.message, "contact not found"),
        }
}

/// A refusal, as far as it is understood.
#[derive(Debug, Default, PartialEq)]
struct Refusal {
    status: u16,
    code: Option<String>,
    message: String,
    fields: Vec<FieldFault>,
    suggestion: Option<String>,
    request_id: Option<String>,
}

/// What is wrong with one field of the request.
#[derive(Debug, PartialEq)]
struct FieldFault {
    /// A dotted path; empty for the body as a whole.
    field: String,
    message: String,
}

impl Refusal {
    fn read(response: &Response) -> Self {
        let body: Value = response.json().unwrap_or_default();
        let error = body.get("error").unwrap_or(&Value::Null);
        let message = partner_message(response);
        Self {
            status: response.status(),
            code: owned(text(error, "code")),
            fields: field_faults(error),
            suggestion: owned(text(error, "suggestion")).or_else(|| suggestion_for(&message)),
            request_id: owned(text(error, "requestId").or(response.request_id())),
            message,
        }
    }

    /// A used-up sending cap comes as 429 without a wait, and no waiting within the month helps. The rate
    /// limiter always names the seconds, and a bare 429 of something in between says nothing of limits.
    fn is_billing_cap(&self, response: &Response) -> bool {
        match self.code.as_deref() {
            Some(BILLING_LIMIT_EXCEEDED | "UPGRADE_REQUIRED") => true,
            Some(INTERNAL_SERVER_ERROR) => {
                response.header("retry-after").is_none()
                    && contains_ignoring_case(&self.message, "limit reached")
            }
            _ => false,
        }
    }

    /// The partner's code, unless it has none or the status gives it the lie: that it is the server's fault.
    fn own_code(&self) -> Option<&str> {
        self.code.as_deref().filter(|code| {
            let blames_server = matches!(
                *code,
                INTERNAL_SERVER_ERROR | "DATABASE_ERROR" | "EXTERNAL_SERVICE_ERROR"
            );
            !blames_server || self.status >= 500
        })
    }

    fn authentication_code(&self) -> ErrorCode {
        self.own_code()
            .map_or(ErrorCode::INVALID_AUTHENTICATION, ErrorCode::from_partner)
    }

    /// The code of a failure that is final.
    fn error_code(&self, status: u16) -> ErrorCode {
        match self.own_code() {
            Some(
                "VALIDATION_ERROR" | "INVALID_EMAIL" | "MISSING_REQUIRED_FIELD" | "INVALID_REQUEST_BODY",
            ) => ErrorCode::PAYLOAD_VALIDATION_FAILED,
            Some(code) => ErrorCode::from_partner(code),
            None => ErrorCode::from_status(status),
        }
    }

    /// Everything in a line: the message, the fields, the suggestion, what to quote when asking Plunk.
    fn to_text(&self) -> String {
        let mut line = self.message.clone();
        for (place, FieldFault { field, message }) in self.fields.iter().enumerate() {
            line.push_str(if place == 0 { ": " } else { "; " });
            line.push_str(if field.is_empty() { "the body" } else { field });
            line.push_str(": ");
            line.push_str(message);
        }
        if let Some(suggestion) = &self.suggestion {
            if !line.ends_with('.') {
                line.push('.');
            }
            line.push(' ');
            line.push_str(suggestion);
        }
        // Writing to a String cannot fail.
        let _ = match (self.own_code(), &self.request_id) {
            (Some(code), Some(id)) => write!(line, " (Plunk code {code}, request {id})"),
            (Some(code), None) => write!(line, " (Plunk code {code})"),
            (None, Some(id)) => write!(line, " (Plunk request {id})"),
            (None, None) => Ok(()),
        };
        line
    }
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

/// The list is `errors`, and in some answers `details.errors`.
fn field_faults(error: &Value) -> Vec<FieldFault> {
    let list = |holder: Option<&Value>| Some(holder?.get("errors")?.as_array()?.clone());
    let faults = list(Some(error)).or_else(|| list(error.get("details")));
    let read = |fault: Value| {
        Some(FieldFault {
            field: owned(text(&fault, "field")).unwrap_or_default(),
            message: text(&fault, "message")
                .or_else(|| text(&fault, "code"))?
                .to_owned(),
        })
    };
    faults.into_iter().flatten().filter_map(read).collect()
}

/// Plunk suggests nothing where the address is wrong.
fn suggestion_for(message: &str) -> Option<String> {
    (message == "Unknown route").then(|| "Is the setting \"Base URL\" right?".to_owned())
}

fn contains_ignoring_case(text: &str, lower_case: &str) -> bool {
    text.to_lowercase().contains(lower_case)
}
