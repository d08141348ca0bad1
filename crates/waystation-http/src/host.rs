//! Host names by which a server may be called without knowing them.
//!
//! A web page can make its own host name point to this machine and then is of the same origin as the server
//! ("rebinding"). So a server that trusts whoever can connect must be called by a name that nobody else can own.

use std::net::IpAddr;

/// The name in a `Host` header, without its port.
#[must_use]
pub fn name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Whether nobody else can make the name point here: an address, or `localhost`.
#[must_use]
pub fn is_own(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.ends_with(".localhost") || address.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_nobody_else_can_own_are_ours() {
        for own in [
            "localhost:3000",
            "127.0.0.1",
            "[::1]:3000",
            "app.localhost:1",
            "192.168.1.7:3000",
            "LOCALHOST.",
        ] {
            assert!(is_own(name(own)), "{own}");
        }
        for foreign in [
            "evil.test:3000",
            "localhost.evil.test",
            "127.0.0.1.evil.test",
            "notlocalhost",
            "",
        ] {
            assert!(!is_own(name(foreign)), "{foreign}");
        }
    }
}
