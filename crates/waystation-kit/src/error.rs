//! What can go wrong in an action, with its status, its code and whether it is worth another attempt.

use std::time::Duration;

use serde_json::Value;

use crate::error_code::ErrorCode;
use crate::request::Response;
use crate::retry::is_retryable_status;

/// The result of everything an action does.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an action failed.
///
/// The class stays typed up to the edge: the retry wrapper, the per-item results and the HTTP answers
/// all ask [`Error::status`], [`Error::code`] and [`Error::is_retryable`], and never read texts.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The partner or the action refused, with a code of its own.
    #[error("{message}")]
    Integration {
        /// What happened, for a person.
        message: String,
        /// A stable code.
        code: ErrorCode,
        /// The HTTP status that fits, where there is one.
        status: Option<u16>,
    },
    /// The payload is not usable for this action; status 400.
    #[error("{0}")]
    PayloadValidation(String),
    /// It cannot be told whether the person enters or leaves the audience; status 400.
    #[error("{0}")]
    AudienceMembership(String),
    /// The partner answered with a failure that is told by status alone.
    #[error("{message}")]
    Api {
        /// What happened, for a person.
        message: String,
        /// The partner's status; also the code, as text.
        status: u16,
    },
    /// The action gave up on a time limit of its own; status 408.
    #[error("{0}")]
    SelfTimeout(String),
    /// The same request may succeed later.
    #[error("{message}")]
    Retryable {
        /// What happened, for a person.
        message: String,
        /// A retryable status; 500 unless something better is known.
        status: u16,
        /// How long the partner asks to wait.
        after: Option<Duration>,
    },
    /// The credentials are wrong or have expired; status 401.
    #[error("{message}")]
    InvalidAuthentication {
        /// What happened, for a person.
        message: String,
        /// `INVALID_AUTHENTICATION` unless something better is known.
        code: ErrorCode,
        /// What went wrong underneath, for example why a token could not be refreshed.
        cause: Option<Box<Error>>,
    },
    /// The partner answered with a failing HTTP status.
    #[error("{}", .0.reason())]
    Http(Box<Response>),
    /// The partner did not answer, or not completely, within the request's time limit.
    #[error("the partner did not answer within {} ms", .limit.as_millis())]
    Timeout {
        /// The limit that passed.
        limit: Duration,
    },
    /// The caller's deadline passed; status 408.
    #[error("the caller's deadline passed")]
    Deadline,
    /// The caller gave up; status 408.
    #[error("the caller gave up")]
    Aborted,
    /// The connection failed before a complete answer arrived.
    #[error("{message}")]
    Network {
        /// What happened, for a person.
        message: String,
        /// What kind of failure it was.
        failure: NetworkFailure,
    },
    /// The runtime held the delivery back to spare the partner: nothing was sent; status 503.
    #[error("{reason}")]
    NotSent {
        /// What held it back.
        reason: NotSent,
        /// When it may come again, from now.
        after: Duration,
    },
    /// The request could not be built or the answer not handled: a fault of the destination's code or of
    /// its configuration.
    #[error("{0}")]
    Internal(String),
}

/// What kind of connection failure it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkFailure {
    /// Nobody listens at the address.
    ConnectionRefused,
    /// The connection broke.
    ConnectionReset,
    /// The host name has no address.
    NameNotFound,
    /// The TLS handshake failed.
    Tls,
    /// The operator does not allow this address.
    AddressRefused,
    /// The answer was larger than the operator allows.
    AnswerTooLarge,
    /// Too many redirects.
    TooManyRedirects,
    /// Anything else.
    Other,
}

impl NetworkFailure {
    /// The code under which operating systems and other runtimes know the failure.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ConnectionRefused => "ECONNREFUSED",
            Self::ConnectionReset => "ECONNRESET",
            Self::NameNotFound => "ENOTFOUND",
            Self::Tls => "TLS_FAILED",
            Self::AddressRefused => "ADDRESS_REFUSED",
            Self::AnswerTooLarge => "ANSWER_TOO_LARGE",
            Self::TooManyRedirects => "TOO_MANY_REDIRECTS",
            Self::Other => "NETWORK_ERROR",
        }
    }

    /// The status that fits for an item of a batch: a retryable one only if the next attempt may fare better.
    #[must_use]
    pub const fn item_status(self) -> u16 {
        match self {
            Self::AddressRefused => 403,
            Self::AnswerTooLarge | Self::TooManyRedirects => 400,
            Self::ConnectionRefused
            | Self::ConnectionReset
            | Self::NameNotFound
            | Self::Tls
            | Self::Other => 503,
        }
    }

    /// Whether the next attempt may fare better.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        !matches!(
            self,
            Self::AddressRefused | Self::AnswerTooLarge | Self::TooManyRedirects
        )
    }
}

/// What held a delivery back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NotSent {
    /// The partner keeps failing.
    #[error("the partner keeps failing and is left alone for a while")]
    BreakerRefusing,
    /// The partner asked for a rest.
    #[error("the partner asked to be left alone for a while")]
    Held,
    /// The limit that the operator set for the partner.
    #[error("the connection's rate limit leaves no room for a while")]
    RateLimited,
    /// The limit on deliveries that are under way at once.
    #[error("too many deliveries of the connection are under way")]
    Crowded,
}

impl NotSent {
    /// The stable code of the reason.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::BreakerRefusing => "BREAKER_REFUSING",
            Self::Held => "HELD",
            Self::RateLimited => "RATE_LIMITED",
            Self::Crowded => "CROWDED",
        }
    }
}

impl Error {
    /// A refusal with a code and a status.
    pub fn integration(message: impl Into<String>, code: ErrorCode, status: u16) -> Self {
        Self::Integration {
            message: message.into(),
            code,
            status: Some(status),
        }
    }

    /// The payload cannot be used.
    pub fn payload(message: impl Into<String>) -> Self {
        Self::PayloadValidation(message.into())
    }

    /// The partner's answer cannot be read: a fault of the partner, so a 502 that is worth another attempt.
    pub fn invalid_response(message: impl Into<String>) -> Self {
        Self::integration(message, ErrorCode::INVALID_RESPONSE, 502)
    }

    /// The same request may succeed later.
    pub fn retryable(message: impl Into<String>) -> Self {
        Self::Retryable {
            message: message.into(),
            status: 500,
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

    /// The HTTP status of the failure: its own, or the partner's.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Integration { status, .. } => *status,
            Self::PayloadValidation(_) | Self::AudienceMembership(_) => Some(400),
            Self::Api { status, .. } | Self::Retryable { status, .. } => Some(*status),
            Self::SelfTimeout(_) | Self::Deadline | Self::Aborted => Some(408),
            Self::InvalidAuthentication { .. } => Some(401),
            Self::Http(response) => Some(response.status()),
            Self::NotSent { .. } => Some(503),
            Self::Timeout { .. } | Self::Network { .. } | Self::Internal(_) => None,
        }
    }

    /// The stable code of the failure; partner answers have none but what their status implies.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Integration { code, .. } | Self::InvalidAuthentication { code, .. } => Some(code.clone()),
            Self::PayloadValidation(_) => Some(ErrorCode::PAYLOAD_VALIDATION_FAILED),
            Self::AudienceMembership(_) => Some(ErrorCode::INVALID_AUDIENCE_MEMBERSHIP),
            Self::Api { status, .. } => Some(ErrorCode::from_partner(status.to_string())),
            Self::SelfTimeout(_) => Some(ErrorCode::SELF_TIMEOUT),
            Self::Retryable { .. } => Some(ErrorCode::RETRYABLE_ERROR),
            Self::Timeout { .. } => Some(ErrorCode::new("ETIMEDOUT")),
            Self::Deadline => Some(ErrorCode::new("REQUESTTIMEOUTERROR")),
            Self::Aborted => Some(ErrorCode::new("REQUESTCLIENTERROR")),
            Self::Network { failure, .. } => Some(ErrorCode::new(failure.code())),
            Self::NotSent { reason, .. } => Some(ErrorCode::new(reason.code())),
            Self::Http(_) | Self::Internal(_) => None,
        }
    }

    /// Whether the retry wrapper may try again (architecture section 4).
    ///
    /// A failure without a status is a broken connection, a time-out or something unexpected; all of
    /// them are tried again, for an event is lost for good only by giving up.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Network { failure, .. } => failure.is_transient(),
            _ => self.status().is_none_or(is_retryable_status),
        }
    }

    /// How long the partner asks to wait, read from the body by the action, or how long the runtime does; header
    /// hints are read from [`Error::response`].
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Retryable { after, .. } => *after,
            Self::NotSent { after, .. } => Some(*after),
            _ => None,
        }
    }

    /// The partner's answer, where the failure is one.
    #[must_use]
    pub fn response(&self) -> Option<&Response> {
        match self {
            Self::Http(response) => Some(response),
            _ => None,
        }
    }

    /// The partner's parsed body, where the failure is a partner's answer that has one.
    #[must_use]
    pub fn response_data(&self) -> Option<&Value> {
        self.response().and_then(Response::data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_without_status_are_tried_again() {
        assert!(Error::internal("unexpected").is_retryable());
        assert!(
            Error::Timeout {
                limit: Duration::from_secs(10)
            }
            .is_retryable()
        );
        assert!(!Error::payload("no").is_retryable());
        assert!(!Error::not_implemented("no").is_retryable());
        assert!(Error::invalid_response("no list").is_retryable());
    }

    #[test]
    fn a_connection_that_cannot_work_is_final_for_a_delivery_and_for_an_item() {
        for (failure, is_transient) in [
            (NetworkFailure::ConnectionRefused, true),
            (NetworkFailure::ConnectionReset, true),
            (NetworkFailure::NameNotFound, true),
            (NetworkFailure::Tls, true),
            (NetworkFailure::Other, true),
            (NetworkFailure::AddressRefused, false),
            (NetworkFailure::AnswerTooLarge, false),
            (NetworkFailure::TooManyRedirects, false),
        ] {
            let error = Error::Network {
                message: "broken".into(),
                failure,
            };
            assert_eq!(error.is_retryable(), is_transient, "{failure:?}");
            assert_eq!(
                is_retryable_status(failure.item_status()),
                is_transient,
                "{failure:?}"
            );
        }
    }
}
