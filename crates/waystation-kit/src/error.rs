//! What can go wrong in an action, with its status, its code and whether it is worth another attempt.

mod made;
mod network_failure;
mod not_sent;

use std::time::Duration;

use serde_json::Value;

use crate::error_code::ErrorCode;
use crate::request::Response;
use crate::retry::is_retryable_status;

pub use network_failure::NetworkFailure;
pub use not_sent::NotSent;

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
        /// How long the partner asks to wait.
        after: Option<Duration>,
    },
    /// A request went out, and its answer says neither that the partner took it nor that it refused: nobody
    /// knows which; status 502. Sending the same again may deliver twice, so the runtime tries it only a
    /// bounded number of times, unless the action says that the partner
    /// [recognises repetitions](crate::ActionInfo::IDEMPOTENT). Time-outs and broken connections are not this:
    /// they are tried again as any passing failure.
    #[error("{message}")]
    UnknownOutcome {
        /// What cannot be understood, for a person.
        message: String,
        /// The answer, kept for who has to find out.
        answer: Option<Box<Response>>,
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
        /// How long the partner asks to wait.
        after: Option<Duration>,
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
        /// The partner's own code; `RETRYABLE_ERROR` if it has none.
        code: ErrorCode,
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
    /// The runtime held the delivery back to spare the partner, or could not send it: nothing was sent; status 503.
    #[error("{reason}")]
    NotSent {
        /// What held it back.
        reason: NotSent,
        /// When it may come again, from now.
        after: Duration,
    },
    /// A request went out and the partner took it, and then the destination's code lost count of the items: a fault of
    /// the code, which no other attempt mends. Never tried again, for the partner may have all of them.
    #[error("a fault of the destination's code: {0}")]
    Miscounted(String),
    /// The request could not be built or the answer not handled: a fault of the destination's code or of
    /// its configuration.
    #[error("{0}")]
    Internal(String),
}

impl Error {
    /// The same failure of a request that changed nothing at the partner, for example of a search: repeating
    /// it is harmless, so an unknown outcome becomes an ordinary passing failure.
    #[must_use]
    pub fn of_a_read(self) -> Self {
        match self {
            Self::UnknownOutcome { message, .. } => {
                Self::integration(message, ErrorCode::INVALID_RESPONSE, 502)
            }
            other => other,
        }
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
            Self::UnknownOutcome { .. } => Some(502),
            Self::Timeout { .. } | Self::Network { .. } | Self::Miscounted(_) | Self::Internal(_) => None,
        }
    }

    /// The stable code of the failure; partner answers have none but what their status implies.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Integration { code, .. }
            | Self::Retryable { code, .. }
            | Self::InvalidAuthentication { code, .. } => Some(code.clone()),
            Self::UnknownOutcome { .. } => Some(ErrorCode::INVALID_RESPONSE),
            Self::PayloadValidation(_) => Some(ErrorCode::PAYLOAD_VALIDATION_FAILED),
            Self::AudienceMembership(_) => Some(ErrorCode::INVALID_AUDIENCE_MEMBERSHIP),
            Self::Api { status, .. } => Some(ErrorCode::from_partner(status.to_string())),
            Self::SelfTimeout(_) => Some(ErrorCode::SELF_TIMEOUT),
            Self::Timeout { .. } => Some(ErrorCode::new("ETIMEDOUT")),
            Self::Deadline => Some(ErrorCode::new("REQUESTTIMEOUTERROR")),
            Self::Aborted => Some(ErrorCode::new("REQUESTCLIENTERROR")),
            Self::Network { failure, .. } => Some(ErrorCode::new(failure.code())),
            Self::NotSent { reason, .. } => Some(ErrorCode::new(reason.code())),
            Self::Miscounted(_) => Some(ErrorCode::MISCOUNTED_RESULTS),
            Self::Http(_) | Self::Internal(_) => None,
        }
    }

    /// Whether the retry wrapper may try again (`docs/life-of-an-event.md`).
    ///
    /// A broken connection and a time-out are tried again, for an event is lost for good only by giving up; a fault
    /// of the code or the configuration is not, for the same again comes to the same.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Network { failure, .. } => failure.is_transient(),
            Self::Miscounted(_) | Self::Internal(_) => false,
            _ => self.status().is_none_or(is_retryable_status),
        }
    }

    /// How long the partner asks to wait, read from the body by the action, or how long the runtime does; header
    /// hints are read from [`Error::response`].
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Integration { after, .. } | Self::Api { after, .. } | Self::Retryable { after, .. } => {
                *after
            }
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

    /// Whether a request went out and nobody knows whether the partner took it; see [`Error::UnknownOutcome`].
    #[must_use]
    pub fn outcome_is_unknown(&self) -> bool {
        matches!(self, Self::UnknownOutcome { .. } | Self::Miscounted(_))
    }

    /// What the partner answered, where it was kept: a failing answer, or one that is not understood.
    #[must_use]
    pub fn answer(&self) -> Option<&Response> {
        match self {
            Self::UnknownOutcome { answer, .. } => answer.as_deref(),
            _ => self.response(),
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
    fn an_answer_that_is_not_understood_is_an_unknown_outcome_with_status_502() {
        let error = Error::invalid_response("neither yes nor no");
        assert!(error.outcome_is_unknown());
        assert_eq!(error.status(), Some(502));
        assert_eq!(error.code(), Some(ErrorCode::INVALID_RESPONSE));
        assert!(!Error::retryable("later").outcome_is_unknown());
    }

    #[test]
    fn an_unknown_outcome_of_a_read_is_an_ordinary_failure() {
        let error = Error::invalid_response("no list").of_a_read();
        assert!(!error.outcome_is_unknown());
        assert!(error.is_retryable());
        assert_eq!(
            (error.status(), error.code()),
            (Some(502), Some(ErrorCode::INVALID_RESPONSE))
        );
    }

    #[test]
    fn failures_on_the_way_are_tried_again_and_faults_are_not() {
        assert!(!Error::internal("a fault of ours").is_retryable());
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
            (NetworkFailure::Certificate, true),
            (NetworkFailure::Proxy, true),
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
