//! What holds a delivery back before anything is sent.

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
    /// The partner refuses the connection's credentials.
    #[error("the partner refuses the connection's credentials, and the connection is paused")]
    CredentialsRefused,
    /// The limit on deliveries that are under way at once.
    #[error("too many deliveries of the connection are under way")]
    Crowded,
    /// The operating system's limit on open files: it says nothing about the partner.
    #[error("no file descriptor is left to connect with; raise the limit on open files")]
    OutOfDescriptors,
}

impl NotSent {
    /// The stable code of the reason.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::BreakerRefusing => "BREAKER_REFUSING",
            Self::Held => "HELD",
            Self::RateLimited => "RATE_LIMITED",
            Self::CredentialsRefused => "CREDENTIALS_REFUSED",
            Self::Crowded => "CROWDED",
            Self::OutOfDescriptors => "OUT_OF_DESCRIPTORS",
        }
    }

    /// Whether a code says that the runtime held something back.
    #[must_use]
    pub fn is_code(code: &str) -> bool {
        let reasons = [
            Self::BreakerRefusing,
            Self::Held,
            Self::RateLimited,
            Self::CredentialsRefused,
            Self::Crowded,
            Self::OutOfDescriptors,
        ];
        reasons.iter().any(|reason| reason.code() == code)
    }
}
