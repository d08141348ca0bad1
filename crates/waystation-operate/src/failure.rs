//! What keeps a command from doing its work, and what to do about it.

use std::io::{self, ErrorKind};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Nobody answers there.
    #[error("the service at {url} cannot be asked: {why}")]
    Unreachable {
        /// The address.
        url: String,
        /// What the network says.
        why: String,
    },
    /// The certificates of this machine cannot be used.
    #[error("HTTPS cannot be used on this machine: {0}")]
    Tls(rustls::Error),
    /// The service wants a token, or another one.
    #[error("{message}")]
    Denied {
        /// The service's words.
        message: String,
        /// Whether a token was sent.
        had_token: bool,
    },
    /// The service refuses what was asked.
    #[error("{message}")]
    Refused {
        /// The service's words.
        message: String,
        /// Its code.
        code: String,
        /// By which its log has the request.
        request_id: String,
        /// Whether the same may succeed later.
        is_for_now: bool,
    },
    /// Somebody answers there, but not as Waystation does.
    #[error("what answers at {url} is no Waystation of this version: {why}")]
    Foreign {
        /// The address.
        url: String,
        /// What is wrong with the answer.
        why: String,
    },
    /// What was typed cannot be used.
    #[error("{0}")]
    Usage(String),
    /// It is not done without being confirmed.
    #[error("{count} {what} would be {done}; nothing has changed")]
    Unconfirmed {
        /// How many.
        count: String,
        /// Of what.
        what: &'static str,
        /// What would happen to them.
        done: &'static str,
    },
    /// The runtime cannot be started.
    #[error("the runtime cannot be started: {0}")]
    Runtime(io::Error),
    /// Nothing can be written.
    #[error("nothing can be written to standard output: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Unreachable { .. } => {
                "is it running, and does it listen there? --url http://HOST:PORT (or WAYSTATION_URL) asks at another \
                 address"
            }
            Self::Denied { had_token: false, .. } => {
                "give a token of [api.tokens] with the scope \"read\", \"operate\" or \"admin\": WAYSTATION_TOKEN=... waystation ..."
            }
            Self::Denied { had_token: true, .. } => {
                "tokens and their scopes stand under [api.tokens] in the service's configuration"
            }
            Self::Refused { is_for_now: true, .. } => "try again in a moment",
            Self::Refused { code, request_id, .. } if code == "INTERNAL_ERROR" => {
                return Some(format!(
                    "the service's log says more under the request id {request_id}"
                ));
            }
            Self::Foreign { .. } => "see where --url (or WAYSTATION_URL) leads",
            Self::Unconfirmed { .. } => "add --yes if that is meant",
            _ => return None,
        };
        Some(hint.to_owned())
    }

    /// Whether what was typed is to blame.
    #[must_use]
    pub const fn is_usage(&self) -> bool {
        matches!(self, Self::Usage(_))
    }

    /// Whether whoever read the output does not read it any more.
    pub(crate) fn is_closed_output(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == ErrorKind::BrokenPipe)
    }
}
