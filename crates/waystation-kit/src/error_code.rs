//! Stable codes that name what went wrong (recorded in `tests/conformance/runtime`).

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A stable code such as `BAD_REQUEST` or `PAYLOAD_VALIDATION_FAILED`: the `errortype` of an item's
/// result and the `code` of an error.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ErrorCode(Cow<'static, str>);

impl ErrorCode {
    /// The payload does not fit the action's fields, or the partner says so.
    pub const PAYLOAD_VALIDATION_FAILED: Self = Self::new("PAYLOAD_VALIDATION_FAILED");
    /// The partner refused for a reason that has no code of its own.
    pub const INTEGRATION_ERROR: Self = Self::new("INTEGRATION_ERROR");
    /// The partner's answer cannot be read.
    pub const INVALID_RESPONSE: Self = Self::new("INVALID_RESPONSE");
    /// The credentials are wrong or have expired.
    pub const INVALID_AUTHENTICATION: Self = Self::new("INVALID_AUTHENTICATION");
    /// A currency code that ISO 4217 does not know.
    pub const INVALID_CURRENCY_CODE: Self = Self::new("INVALID_CURRENCY_CODE");
    /// The same request may succeed later.
    pub const RETRYABLE_ERROR: Self = Self::new("RETRYABLE_ERROR");
    /// The refresh token itself has expired: a person has to connect again.
    pub const REFRESH_TOKEN_EXPIRED: Self = Self::new("REFRESH_TOKEN_EXPIRED");
    /// The partner handed out no new access token.
    pub const OAUTH_REFRESH_FAILED: Self = Self::new("OAUTH_REFRESH_FAILED");
    /// The action gave up on its own time limit.
    pub const SELF_TIMEOUT: Self = Self::new("SELF_TIMEOUT");
    /// The partner could not create the audience.
    pub const CREATE_AUDIENCE_FAILED: Self = Self::new("CREATE_AUDIENCE_FAILED");
    /// The partner could not be asked for the audience, or does not know it.
    pub const GET_AUDIENCE_FAILED: Self = Self::new("GET_AUDIENCE_FAILED");
    /// The hook for warehouse sources failed.
    pub const RETL_ON_MAPPING_SAVE_FAILED: Self = Self::new("RETL_ON_MAPPING_SAVE_FAILED");
    /// It cannot be told whether the person enters or leaves the audience.
    pub const INVALID_AUDIENCE_MEMBERSHIP: Self = Self::new("INVALID_AUDIENCE_MEMBERSHIP");
    /// What a person set up lacks something, or does not fit together.
    pub const MISCONFIGURED: Self = Self::new("MISCONFIGURED");
    /// The destination does not offer what was asked of it.
    pub const NOT_IMPLEMENTED: Self = Self::new("NotImplemented");
    /// The partner took a request, and the destination's code lost count of its items: a fault of the code, never tried
    /// again.
    pub const MISCOUNTED_RESULTS: Self = Self::new("MISCOUNTED_RESULTS");
    /// No other code fits.
    pub const UNKNOWN_ERROR: Self = Self::new("UNKNOWN_ERROR");

    /// A code known at compile time.
    #[must_use]
    pub const fn new(code: &'static str) -> Self {
        Self(Cow::Borrowed(code))
    }

    /// A code taken from a partner's answer.
    #[must_use]
    pub fn from_partner(code: impl Into<String>) -> Self {
        Self(Cow::Owned(code.into()))
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code that an HTTP status implies; `UNKNOWN_ERROR` for statuses without one.
    #[must_use]
    pub fn from_status(status: u16) -> Self {
        Self::new(status_code_name(status))
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq<&str> for ErrorCode {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

fn status_code_name(status: u16) -> &'static str {
    match status {
        100..=199 => informational(status),
        200..=299 => success(status),
        300..=399 => redirection(status),
        400..=499 => client_error(status),
        _ => server_error(status),
    }
}

const UNKNOWN: &str = "UNKNOWN_ERROR";

fn informational(status: u16) -> &'static str {
    match status {
        100 => "CONTINUE",
        101 => "SWITCHING_PROTOCOLS",
        102 => "PROCESSING",
        103 => "EARLY_HINTS",
        _ => UNKNOWN,
    }
}

fn success(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "CREATED",
        202 => "ACCEPTED",
        203 => "NON_AUTHORITATIVE_INFORMATION",
        204 => "NO_CONTENT",
        205 => "RESET_CONTENT",
        206 => "PARTIAL_CONTENT",
        207 => "MULTI_STATUS",
        208 => "ALREADY_REPORTED",
        226 => "IM_USED",
        _ => UNKNOWN,
    }
}

fn redirection(status: u16) -> &'static str {
    match status {
        300 => "MULTIPLE_CHOICES",
        // Misspelt on the platform, where callers compare with it.
        301 => "MOVED_PERMENANTLY",
        302 => "FOUND",
        303 => "SEE_OTHER",
        304 => "NOT_MODIFIED",
        305 => "USE_PROXY",
        306 => "SWITCH_PROXY",
        307 => "TEMPORARY_REDIRECT",
        308 => "PERMANENT_REDIRECT",
        _ => UNKNOWN,
    }
}

fn client_error(status: u16) -> &'static str {
    match status {
        400 => "BAD_REQUEST",
        401 => "UNAUTHORIZED",
        402 => "PAYMENT_REQUIRED",
        403 => "FORBIDDEN",
        404 => "NOT_FOUND",
        405 => "METHOD_NOT_ALLOWED",
        406 => "NOT_ACCEPTABLE",
        407 => "PROXY_AUTHENTICATION_REQUIRED",
        408 => "REQUEST_TIMEOUT",
        409 => "CONFLICT",
        410 => "GONE",
        411 => "LENGTH_REQUIRED",
        412 => "PRECONDITION_FAILED",
        413 => "PAYLOAD_TOO_LARGE",
        414 => "URI_TOO_LONG",
        415 => "UNSUPPORTED_MEDIA_TYPE",
        416 => "RANGE_NOT_SATISFIABLE",
        417 => "EXPECTATION_FAILED",
        418 => "IM_A_TEAPOT",
        421 => "MISDIRECTED_REQUEST",
        422 => "UNPROCESSABLE_ENTITY",
        423 => "LOCKED",
        424 => "FAILED_DEPENDENCY",
        425 => "TOO_EARLY",
        426 => "UPGRADE_REQUIRED",
        428 => "PRECONDITION_REQUIRED",
        429 => "TOO_MANY_REQUESTS",
        431 => "REQUEST_HEADER_FIELDS_TOO_LARGE",
        451 => "UNAVAILABLE_FOR_LEGAL_REASONS",
        499 => "CANCELLED",
        _ => UNKNOWN,
    }
}

fn server_error(status: u16) -> &'static str {
    match status {
        500 => "INTERNAL_SERVER_ERROR",
        501 => "NOT_IMPLEMENTED",
        502 => "BAD_GATEWAY",
        503 => "SERVICE_UNAVAILABLE",
        504 => "GATEWAY_TIMEOUT",
        505 => "HTTP_VERSION_NOT_SUPPORTED",
        506 => "VARIANT_ALSO_NEGOTIATES",
        507 => "INSUFFICIENT_STORAGE",
        508 => "LOOP_DETECTED",
        509 => "BANDWIDTH_LIMIT_EXCEEDED",
        510 => "NOT_EXTENDED",
        511 => "NETWORK_AUTHENTICATION_REQUIRED",
        529 => "SITE_IS_OVERLOADED",
        _ => UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_imply_codes() {
        for (status, code) in [
            (401, "UNAUTHORIZED"),
            (207, "MULTI_STATUS"),
            (529, "SITE_IS_OVERLOADED"),
        ] {
            assert_eq!(ErrorCode::from_status(status).as_str(), code);
        }
        for status in [0, 99, 420, 599, 700] {
            assert_eq!(
                ErrorCode::from_status(status),
                ErrorCode::UNKNOWN_ERROR,
                "status {status}"
            );
        }
    }
}
