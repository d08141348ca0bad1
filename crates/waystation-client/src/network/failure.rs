//! What went wrong on the network, told by types and never by texts.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use url::Url;
use waystation_kit::error::NotSent;
use waystation_kit::{Error, NetworkFailure};

use super::address::RefusedAddress;
use super::resolve::ResolveError;

/// After this time a descriptor may have become free.
const DESCRIPTOR_WAIT: Duration = Duration::from_secs(1);

/// The error of a destination for an exchange that the HTTP library gave up.
pub(super) fn broken(error: &(dyn StdError + 'static), url: &Url) -> Error {
    if lacks_descriptors(error) {
        return out_of_descriptors();
    }
    network_error(url, failure_in(error), &root_cause(error).to_string())
}

/// The error of a destination for an exchange that did not get as far as the partner, where a proxy is in between.
pub(super) fn at_the_proxy(error: &(dyn StdError + 'static), url: &Url) -> Error {
    if lacks_descriptors(error) {
        return out_of_descriptors();
    }
    match failure_in(error) {
        // The connection through the proxy is made; what failed is the partner's.
        failure @ (NetworkFailure::Tls | NetworkFailure::Certificate) => {
            network_error(url, failure, &root_cause(error).to_string())
        }
        _ => proxy_failed(url, &root_cause(error).to_string()),
    }
}

/// The error for a request that the proxy does not let through.
pub(super) fn refused_by_proxy(status: u16, url: &Url) -> Error {
    proxy_failed(url, &format!("it answered {status}"))
}

fn proxy_failed(url: &Url, cause: &str) -> Error {
    let origin = url.origin().ascii_serialization();
    Error::Network {
        message: format!("the proxy did not let the request to {origin} through: {cause}"),
        failure: NetworkFailure::Proxy,
    }
}

/// The error for an answer that says that the partner took the request, but of whose body nobody knows what it says.
pub(super) fn unreadable(status: u16, error: &Error) -> Error {
    Error::invalid_response(format!("the answer with status {status} cannot be read: {error}"))
}

/// The error for an address that the request may not reach.
pub(super) fn refused(error: RefusedAddress, url: &Url) -> Error {
    network_error(url, NetworkFailure::AddressRefused, &error.to_string())
}

/// The error for an answer that goes on beyond the limit, in bytes.
pub(super) fn too_large(limit: usize, url: &Url) -> Error {
    network_error(
        url,
        NetworkFailure::AnswerTooLarge,
        &format!("the answer is larger than the {limit} bytes that are allowed"),
    )
}

/// Only the origin is named: path and query may hold secrets.
fn network_error(url: &Url, failure: NetworkFailure, cause: &str) -> Error {
    let origin = url.origin().ascii_serialization();
    Error::Network {
        message: format!("the request to {origin} failed: {cause}"),
        failure,
    }
}

/// Nothing was sent, and neither partner nor proxy is to blame.
fn out_of_descriptors() -> Error {
    Error::NotSent {
        reason: NotSent::OutOfDescriptors,
        after: DESCRIPTOR_WAIT,
    }
}

/// Whether this process (EMFILE) or this machine (ENFILE) had no file descriptor left for a socket, be it for the
/// connection or for the question after the address.
fn lacks_descriptors(error: &(dyn StdError + 'static)) -> bool {
    /// The same numbers on Linux, macOS and the BSDs; `io::ErrorKind` has no name for them.
    const ENFILE: i32 = 23;
    const EMFILE: i32 = 24;
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>()?.raw_os_error())
        .any(|code| cfg!(unix) && matches!(code, ENFILE | EMFILE))
}

/// The first error in the chain of causes that says what kind of failure it is.
fn failure_in(error: &(dyn StdError + 'static)) -> NetworkFailure {
    causes(error)
        .find_map(failure_of)
        .unwrap_or(NetworkFailure::Other)
}

fn root_cause<'e>(error: &'e (dyn StdError + 'static)) -> &'e (dyn StdError + 'static) {
    causes(error).last().unwrap_or(error)
}

/// The error, what caused it, and so on.
fn causes<'e>(error: &'e (dyn StdError + 'static)) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| cause_of(*error))
}

/// An I/O error that wraps another one is followed by that one, which its `source` would leap over.
fn cause_of<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

fn failure_of(error: &(dyn StdError + 'static)) -> Option<NetworkFailure> {
    if let Some(error) = error.downcast_ref::<ResolveError>() {
        return Some(match error {
            ResolveError::NotFound(_) => NetworkFailure::NameNotFound,
            ResolveError::Refused(_) => NetworkFailure::AddressRefused,
        });
    }
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return Some(match error {
            rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => {
                NetworkFailure::Certificate
            }
            _ => NetworkFailure::Tls,
        });
    }
    if let Some(error) = error.downcast_ref::<hyper::Error>() {
        let broke_off = error.is_incomplete_message() || error.is_closed() || error.is_canceled();
        return broke_off.then_some(NetworkFailure::ConnectionReset);
    }
    if let Some(error) = error.downcast_ref::<h2::Error>() {
        let broke_off = error.is_io() || error.is_reset() || error.is_go_away();
        return broke_off.then_some(NetworkFailure::ConnectionReset);
    }
    error.downcast_ref::<io::Error>().and_then(io_failure)
}

fn io_failure(error: &io::Error) -> Option<NetworkFailure> {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Some(NetworkFailure::ConnectionRefused),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => Some(NetworkFailure::ConnectionReset),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(error: impl StdError + 'static) -> NetworkFailure {
        failure_in(&error)
    }

    #[test]
    fn failures_are_found_deep_inside() {
        let tls = rustls::Error::DecryptError;
        assert_eq!(
            failure(io::Error::other(io::Error::other(tls))),
            NetworkFailure::Tls
        );
        let expired = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        assert_eq!(failure(io::Error::other(expired)), NetworkFailure::Certificate);
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!(
            failure(io::Error::other(refused)),
            NetworkFailure::ConnectionRefused
        );
        let unknown = ResolveError::NotFound(Some(io::Error::other("no such name")));
        assert_eq!(failure(io::Error::other(unknown)), NetworkFailure::NameNotFound);
        assert_eq!(failure(io::Error::other("something")), NetworkFailure::Other);
    }

    #[test]
    #[cfg(unix)]
    fn our_own_lack_of_descriptors_is_not_the_partners_failure() {
        let url = "https://a.test/".parse().unwrap();
        for code in [23, 24] {
            let connecting = || io::Error::from_raw_os_error(code);
            let resolving = ResolveError::NotFound(Some(connecting()));
            for error in [
                broken(&io::Error::other(connecting()), &url),
                broken(&io::Error::other(resolving), &url),
                at_the_proxy(&io::Error::other(connecting()), &url),
            ] {
                assert!(
                    matches!(
                        error,
                        Error::NotSent {
                            reason: NotSent::OutOfDescriptors,
                            ..
                        }
                    ),
                    "{code}: {error:?}"
                );
                assert!(error.is_retryable());
            }
        }
        let refused = broken(&io::Error::from_raw_os_error(111), &url);
        assert!(matches!(refused, Error::Network { .. }), "{refused:?}");
    }

    #[test]
    fn messages_name_the_origin_only() {
        let url = "https://user:pw@a.test:8443/secret?key=secret".parse().unwrap();
        assert_eq!(
            too_large(10, &url).to_string(),
            "the request to https://a.test:8443 failed: the answer is larger than the 10 bytes that are allowed"
        );
    }
}
