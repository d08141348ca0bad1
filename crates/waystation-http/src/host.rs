//! Host names by which a server may be called without knowing them.
//!
//! A web page can make its own host name point to this machine and then is of the same origin as the server
//! ("rebinding"). So a server that trusts whoever can connect must be called by a name that nobody else can own.

use std::net::IpAddr;

use axum::http::HeaderMap;
use axum::http::header::HOST;

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

/// The name by which a request calls this machine although others can own it; empty for a request that names several.
/// A web page can have made the name point here.
#[must_use]
pub fn foreign(headers: &HeaderMap) -> Option<&str> {
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next()?;
    if hosts.next().is_some() {
        return Some("");
    }
    Some(name(host.to_str().unwrap_or_default())).filter(|name| !is_own(name))
}

/// Whether a proxy has passed a request on, so that whoever sent it need not be on this machine.
#[must_use]
pub fn is_passed_on(headers: &HeaderMap) -> bool {
    ["forwarded", "x-forwarded-for", "x-real-ip"]
        .iter()
        .any(|name| headers.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_and_several_names_are_told() {
        let hosts = |names: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for name in names {
                headers.append(HOST, axum::http::HeaderValue::from_static(name));
            }
            foreign(&headers).map(str::to_owned)
        };
        assert_eq!(hosts(&[]), None);
        assert_eq!(hosts(&["localhost:8080"]), None);
        assert_eq!(hosts(&["evil.test:8080"]).as_deref(), Some("evil.test"));
        assert_eq!(hosts(&["localhost", "evil.test"]).as_deref(), Some(""));
        assert_eq!(hosts(&["evil.test", "localhost"]).as_deref(), Some(""));
    }

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
