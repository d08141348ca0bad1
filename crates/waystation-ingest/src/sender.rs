//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of the sender: the one that the outermost trusted proxy saw, or, without proxies, the one of the
/// connection. `None` if neither is known.
pub(crate) fn address(request: &Parts, trusted_proxies: usize) -> Option<IpAddr> {
    let connection = request.extensions.get::<ConnectInfo<SocketAddr>>();
    let connection = connection.map(|ConnectInfo(address)| address.ip());
    let address = match trusted_proxies {
        0 => connection,
        proxies => forwarded(&request.headers, proxies).or(connection),
    };
    address.map(|address| address.to_canonical())
}

/// Each proxy adds its caller on the right. What stands left of those that the trusted ones added, anybody may
/// have written.
fn forwarded(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let lines = headers.get_all(FORWARDED_FOR).iter();
    let entries: Vec<&str> = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .collect();
    let entry = entries.get(entries.len().saturating_sub(proxies))?.trim();
    let address = entry.parse::<IpAddr>().ok();
    address.or_else(|| entry.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn sender(lines: &[&str], trusted_proxies: usize) -> Option<String> {
        let connection: SocketAddr = "[::ffff:192.0.2.1]:5000".parse().unwrap();
        let mut request = Request::builder().extension(ConnectInfo(connection));
        for line in lines {
            request = request.header(FORWARDED_FOR, *line);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        address(&parts, trusted_proxies).map(|address| address.to_string())
    }

    #[test]
    fn only_what_trusted_proxies_say_is_believed() {
        let table: [(&[&str], usize, &str); 8] = [
            (&["203.0.113.9"], 0, "192.0.2.1"),
            (&["203.0.113.9"], 1, "203.0.113.9"),
            (&["1.1.1.1, 203.0.113.9"], 1, "203.0.113.9"),
            (&["1.1.1.1, 203.0.113.9, 10.0.0.1"], 2, "203.0.113.9"),
            (&["1.1.1.1", "203.0.113.9"], 1, "203.0.113.9"),
            (&["203.0.113.9:4711"], 1, "203.0.113.9"),
            (&["2001:db8::1"], 2, "2001:db8::1"),
            (&["unknown"], 1, "192.0.2.1"),
        ];
        for (lines, proxies, expected) in table {
            assert_eq!(
                sender(lines, proxies).as_deref(),
                Some(expected),
                "{lines:?} {proxies}"
            );
        }
    }
}
