//! The HTTP server and who may use its interfaces.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use waystation_kit::Secret;

use super::words::choices;
use crate::document::{Bytes, Count, Flag, HostAndPort, Maybe, Pause, Table, Text, Time, settings};

settings! {
    /// The HTTP server.
    pub struct Server as "Server" => {
        /// The host and port to listen on: "0.0.0.0:8080" and `[::]:8080` let other machines connect. Port 0 takes any
        /// that is free.
        pub listen: ListenAddress as HostAndPort = ListenAddress {
            host: "127.0.0.1".to_owned(),
            port: 8080,
        };
        /// The largest body that the execution API and the admin API read.
        pub max_body: usize as Bytes = 16 << 20;
        /// How long deliveries under way may take when the server stops. Those that take longer go back to the queue. Until
        /// then events are still taken. Docker kills after ten seconds, Kubernetes after thirty.
        pub shutdown_grace: Duration as Pause = Duration::from_secs(8);
        /// How long a connection may take to send the head of its first or next request. Longer than proxies keep idle
        /// connections, which is a minute mostly.
        pub idle_timeout: Duration as Time = Duration::from_secs(75);
        /// How long the body of a request may pause.
        pub body_timeout: Duration as Time = Duration::from_secs(30);
        /// How many connections there may be; further ones wait in the system's own queue. In any case a quarter of the
        /// files that the process may have open is left for everything else.
        pub max_connections: usize as Count = 10_000;
        /// How many connections there may be from one address; further ones are closed at once. No such limit unless one
        /// is written here. Behind a proxy all connections come from the proxy.
        pub max_connections_per_address: Option<usize> as Maybe<Count> = None, "1_000";
        /// Whether a new configuration may take away the last source or connection, or more than half of them. If not,
        /// such a file is refused at a reload, for it may be cut off or half written.
        pub reload_may_remove: bool as Flag = false;
        /// The certificate for encrypted connections (https); without it connections are not encrypted. The files are read
        /// again when they change.
        pub tls: Option<ServerTls> as Maybe<Table> = None;
    }

    /// A certificate and its key, as PEM.
    pub struct ServerTls as "ServerTls" requires ["certificate", "key"] => {
        /// The file with the certificate, and behind it those that lead to a root. A relative path counts from the folder
        /// of the configuration.
        pub certificate: Option<PathBuf> as Maybe<Text> = None, "\"/etc/waystation/tls.crt\"";
        /// The file with its key.
        pub key: Option<PathBuf> as Maybe<Text> = None, "\"/etc/waystation/tls.key\"";
    }
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

/// Why a text is no host and port.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no host and port, such as 127.0.0.1:8080 or [::1]:8080")]
pub struct ListenAddressError(String);

impl FromStr for ListenAddress {
    type Err = ListenAddressError;

    fn from_str(text: &str) -> Result<Self, ListenAddressError> {
        let fault = || ListenAddressError(text.to_owned());
        let (host, port) = text.trim().rsplit_once(':').ok_or_else(fault)?;
        let port = port.parse().map_err(|_| fault())?;
        let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let host = bracketed.unwrap_or(host);
        let is_v6 = host.parse::<Ipv6Addr>().is_ok();
        let is_name = !host.is_empty()
            && host
                .chars()
                .all(|character| character.is_alphanumeric() || matches!(character, '.' | '-' | '_'));
        if is_v6 != bracketed.is_some() || !(is_v6 || is_name) {
            return Err(fault());
        }
        Ok(Self {
            host: host.to_owned(),
            port,
        })
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The execution API.
    Execute,
    /// What the admin API shows.
    Read,
    /// What the admin API shows, and what drives deliveries.
    Operate,
    /// Everything.
    Admin,
}

impl Scope {
    /// Whether a token of this scope is good for what needs the other.
    #[must_use]
    pub const fn covers(self, needed: Self) -> bool {
        match (self, needed) {
            (Self::Admin, _)
            | (Self::Execute, Self::Execute)
            | (Self::Read, Self::Read)
            | (Self::Operate, Self::Read | Self::Operate) => true,
            (Self::Execute | Self::Read | Self::Operate, _) => false,
        }
    }

    /// All of them.
    pub const ALL: &[Self] = &[Self::Execute, Self::Read, Self::Operate, Self::Admin];

    /// The word in the configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Execute => "execute",
            Self::Read => "read",
            Self::Operate => "operate",
            Self::Admin => "admin",
        }
    }
}

choices! {
    Scope {
        "execute" => Self::Execute, "The execution API.";
        "read" => Self::Read, "What the admin API shows.";
        "operate" => Self::Operate, "What the admin API shows, and what drives deliveries: replay, pause, resend.";
        "admin" => Self::Admin, "Everything: purging, deletions, reloads and the execution API, too.";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports_are_read_and_written() {
        for (text, loopback) in [
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("localhost:0", true),
            ("0.0.0.0:80", false),
            ("[::]:80", false),
            ("waystation.internal:8080", false),
        ] {
            let address: ListenAddress = text.parse().unwrap();
            assert_eq!(
                (address.to_string().as_str(), address.is_loopback()),
                (text, loopback)
            );
        }
        for wrong in [
            "",
            "8080",
            ":8080",
            "localhost",
            "::1:8080",
            "[localhost]:1",
            "a b:1",
            "x:70000",
            "x:",
        ] {
            assert!(wrong.parse::<ListenAddress>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_scope_covers_what_it_needs_and_no_more() {
        let covered = |scope: Scope| {
            let needed = Scope::ALL.iter().filter(|needed| scope.covers(**needed));
            needed.map(|needed| needed.name()).collect::<Vec<_>>()
        };
        assert_eq!(covered(Scope::Execute), ["execute"]);
        assert_eq!(covered(Scope::Read), ["read"]);
        assert_eq!(covered(Scope::Operate), ["read", "operate"]);
        assert_eq!(covered(Scope::Admin), ["execute", "read", "operate", "admin"]);
    }
}
