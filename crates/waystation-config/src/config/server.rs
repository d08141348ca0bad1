//! The HTTP server and who may use its interfaces.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use waystation_kit::Secret;

/// The HTTP server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Where it listens.
    pub listen: ListenAddress,
    /// The largest body that is read by the execution and the admin API, in bytes.
    pub max_body: usize,
    /// How long what is under way may take when the server stops.
    pub shutdown_grace: Duration,
}

/// A host (a name or an address) and a port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListenAddress {
    /// A name, or an address without brackets.
    pub host: String,
    /// The port; 0 takes any that is free.
    pub port: u16,
}

impl ListenAddress {
    /// Whether only this machine can connect.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => self.host.eq_ignore_ascii_case("localhost"),
        }
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

/// Who may use the execution and the admin API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Api {
    /// The tokens in the order of their names; without any the interfaces are closed.
    pub tokens: Vec<ApiToken>,
    /// Whether everybody who can connect may use both without a token; only where the server listens on this
    /// machine alone.
    pub open: bool,
}

/// A bearer token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Whose it is, for logs.
    pub name: Arc<str>,
    /// The token.
    pub token: Secret,
    /// What it is good for.
    pub scope: Scope,
}

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The execution API.
    Execute,
    /// The admin API, and the execution API.
    Admin,
}

impl Scope {
    /// Whether a token of this scope is good for what needs the other.
    #[must_use]
    pub fn covers(self, needed: Self) -> bool {
        self >= needed
    }
}
