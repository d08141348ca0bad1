//! What a destination adds to every request.

use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::{Error, Result};
use crate::secret::Secret;

/// Headers, credentials and limits that every request of a destination starts from; each request may
/// override them.
#[derive(Debug, Clone, Default)]
pub struct RequestDefaults {
    /// Headers by name.
    pub headers: HeaderMap,
    /// Basic credentials.
    pub basic: Option<BasicCredentials>,
    /// The time limit; `None` leaves the built-in one.
    pub time_limit: Option<TimeLimit>,
}

/// A user name and a password; a missing part is the empty text.
#[derive(Debug, Clone, Default)]
pub struct BasicCredentials {
    /// The user name, or what stands in its place (a site id, an API key).
    pub username: Secret,
    /// The password.
    pub password: Secret,
}

/// How long one exchange may take, its body included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeLimit {
    /// At most this long; the caller's deadline applies as well.
    After(Duration),
    /// Only the caller's deadline.
    Off,
}

impl RequestDefaults {
    /// Nothing added.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds basic credentials.
    #[must_use]
    pub fn basic(mut self, username: impl Into<Secret>, password: impl Into<Secret>) -> Self {
        self.basic = Some(BasicCredentials {
            username: username.into(),
            password: password.into(),
        });
        self
    }

    /// Adds `Authorization: Bearer <token>`.
    ///
    /// # Errors
    /// The token has characters that no header may have.
    pub fn bearer(self, token: &Secret) -> Result<Self> {
        self.header("authorization", &format!("Bearer {}", token.expose()))
    }

    /// Adds a header.
    ///
    /// # Errors
    /// The name or the value has characters that no header may have.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self> {
        self.headers
            .insert(header_name(name)?, header_value(name, value)?);
        Ok(self)
    }
}

pub(super) fn header_name(name: &str) -> Result<HeaderName> {
    HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| Error::payload(format!("\"{name}\" cannot be the name of a header")))
}

/// The value stays out of the message, and credentials out of what is printed for debugging: they are
/// secrets.
///
/// Headers are Latin-1 on the wire, as in Node's `fetch`.
pub(super) fn header_value(name: &str, value: &str) -> Result<HeaderValue> {
    let latin1: Option<Vec<u8>> = value.trim().chars().map(|c| u8::try_from(c).ok()).collect();
    let header = latin1.and_then(|bytes| HeaderValue::from_bytes(&bytes).ok());
    let mut header = header.ok_or_else(|| {
        Error::payload(format!(
            "the header \"{name}\" has characters that no header may have"
        ))
    })?;
    header.set_sensitive(name.eq_ignore_ascii_case(AUTHORIZATION.as_str()));
    Ok(header)
}
