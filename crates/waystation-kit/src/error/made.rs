//! How an error is made, and what is said with it.

use std::time::Duration;

use super::Error;
use crate::error_code::ErrorCode;

impl Error {
    /// A refusal with a code and a status.
    pub fn integration(message: impl Into<String>, code: ErrorCode, status: u16) -> Self {
        Self::Integration {
            message: message.into(),
            code,
            status: Some(status),
            after: None,
        }
    }

    /// A failure of the partner that is told by its status alone.
    pub fn api(message: impl Into<String>, status: u16) -> Self {
        Self::Api {
            message: message.into(),
            status,
            after: None,
        }
    }

    /// Something is missing or wrong in what a person set up, and only a person can mend it: status 400, and
    /// never tried again.
    ///
    /// ```
    /// # use waystation_kit::Error;
    /// assert!(!Error::misconfigured("Choose an object type first.").is_retryable());
    /// ```
    pub fn misconfigured(message: impl Into<String>) -> Self {
        Self::integration(message, ErrorCode::MISCONFIGURED, 400)
    }

    /// The payload cannot be used.
    pub fn payload(message: impl Into<String>) -> Self {
        Self::PayloadValidation(message.into())
    }

    /// The partner's answer says neither "taken" nor "refused": an [unknown outcome](Error::UnknownOutcome).
    /// [`Response::not_understood`](crate::Response::not_understood) keeps the answer as well.
    pub fn invalid_response(message: impl Into<String>) -> Self {
        Self::UnknownOutcome {
            message: message.into(),
            answer: None,
        }
    }

    /// The same request may succeed later.
    pub fn retryable(message: impl Into<String>) -> Self {
        Self::Retryable {
            message: message.into(),
            status: 500,
            code: ErrorCode::RETRYABLE_ERROR,
            after: None,
        }
    }

    /// The credentials are wrong or have expired.
    pub fn invalid_authentication(message: impl Into<String>) -> Self {
        Self::InvalidAuthentication {
            message: message.into(),
            code: ErrorCode::INVALID_AUTHENTICATION,
            cause: None,
        }
    }

    /// The destination does not offer what was asked of it.
    pub fn not_implemented(message: impl Into<String>) -> Self {
        Self::integration(message, ErrorCode::NOT_IMPLEMENTED, 501)
    }

    /// A fault of the destination's code or configuration.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::Internal(message.into())
    }

    /// Replaces the status, where the error has one of its own to replace.
    #[must_use]
    pub fn with_status(mut self, new: u16) -> Self {
        match &mut self {
            Self::Integration { status, .. } => *status = Some(new),
            Self::Api { status, .. } | Self::Retryable { status, .. } => *status = new,
            _ => {}
        }
        self
    }

    /// Replaces the code, where the error has one of its own to replace: for the partner's own.
    #[must_use]
    pub fn with_code(mut self, new: ErrorCode) -> Self {
        if let Self::Integration { code, .. }
        | Self::Retryable { code, .. }
        | Self::InvalidAuthentication { code, .. } = &mut self
        {
            *code = new;
        }
        self
    }

    /// Says how long the partner asks to wait, if it does.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use waystation_kit::{Error, ErrorCode};
    /// let busy = Error::retryable("Too many at once")
    ///     .with_status(429)
    ///     .with_code(ErrorCode::new("RATE_LIMITED"))
    ///     .with_retry_after(Duration::from_secs(3));
    /// assert_eq!(busy.retry_after(), Some(Duration::from_secs(3)));
    /// ```
    #[must_use]
    pub fn with_retry_after(mut self, wait: impl Into<Option<Duration>>) -> Self {
        if let Self::Integration { after, .. } | Self::Api { after, .. } | Self::Retryable { after, .. } =
            &mut self
        {
            *after = wait.into();
        }
        self
    }

    /// Adds the partner's ID of the request to the message, if there is one: its support asks for it.
    ///
    /// ```
    /// # use waystation_kit::Error;
    /// let error = Error::api("No such customer", 404).with_request_id(Some("req_1"));
    /// assert_eq!(error.to_string(), "No such customer (request ID req_1)");
    /// ```
    #[must_use]
    pub fn with_request_id(mut self, id: Option<&str>) -> Self {
        let Some(id) = id.filter(|id| !id.is_empty()) else {
            return self;
        };
        if let Some(message) = self.own_message() {
            *message = with_request_id(message, id);
        }
        self
    }

    /// The message, where the error has one to change.
    pub(crate) fn own_message(&mut self) -> Option<&mut String> {
        match self {
            Self::Integration { message, .. }
            | Self::UnknownOutcome { message, .. }
            | Self::PayloadValidation(message)
            | Self::Api { message, .. }
            | Self::Retryable { message, .. }
            | Self::Miscounted(message)
            | Self::InvalidAuthentication { message, .. } => Some(message),
            _ => None,
        }
    }
}

/// A message with the partner's ID of the request at its end, unless it is in the message already.
pub(crate) fn with_request_id(message: &str, id: &str) -> String {
    if message.contains(id) {
        return message.to_owned();
    }
    format!("{message} (request ID {id})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passing_failure_keeps_the_partners_code_and_wait() {
        let error = Error::retryable("busy")
            .with_status(429)
            .with_code(ErrorCode::from_partner("RATE_LIMITED"))
            .with_retry_after(Some(Duration::from_secs(9)))
            .with_request_id(Some("req_9"));
        assert_eq!(error.code(), Some(ErrorCode::new("RATE_LIMITED")));
        assert_eq!(
            (error.status(), error.retry_after()),
            (Some(429), Some(Duration::from_secs(9)))
        );
        assert_eq!(error.to_string(), "busy (request ID req_9)");
        assert_eq!(Error::retryable("busy").code(), Some(ErrorCode::RETRYABLE_ERROR));
    }
}
