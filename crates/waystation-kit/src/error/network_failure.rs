//! What kind of failure a connection met.

/// What kind of connection failure it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NetworkFailure {
    /// Nobody listens at the address.
    ConnectionRefused,
    /// The connection broke.
    ConnectionReset,
    /// The host name has no address.
    NameNotFound,
    /// The TLS handshake failed.
    Tls,
    /// The partner's certificate is not one to trust: it has expired, is for another name, or nobody vouches for it.
    Certificate,
    /// The operator's proxy cannot be reached, or does not let the request through.
    Proxy,
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
            Self::Certificate => "CERTIFICATE_REFUSED",
            Self::Proxy => "PROXY_FAILED",
            Self::AddressRefused => "ADDRESS_REFUSED",
            Self::AnswerTooLarge => "ANSWER_TOO_LARGE",
            Self::TooManyRedirects => "TOO_MANY_REDIRECTS",
            Self::Other => "NETWORK_ERROR",
        }
    }

    /// The name for metrics.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::ConnectionRefused => "connection_refused",
            Self::ConnectionReset => "connection_reset",
            Self::NameNotFound => "name_not_found",
            Self::Tls => "tls",
            Self::Certificate => "certificate",
            Self::Proxy => "proxy",
            Self::AddressRefused => "address_refused",
            Self::AnswerTooLarge => "answer_too_large",
            Self::TooManyRedirects => "too_many_redirects",
            Self::Other => "network",
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
            | Self::Certificate
            | Self::Proxy
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
