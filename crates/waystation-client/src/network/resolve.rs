//! Turning host names into addresses, and holding requests to those that they may reach.
//!
//! The check is here, on the very addresses that are then connected to: a name that is looked up twice, once
//! for the check and once for the connection, can change its mind in between.

use std::net::{IpAddr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::address::{PublicAddresses, RefusedAddress};

/// Why a host has no address to connect to.
#[derive(Debug, thiserror::Error)]
pub(super) enum ResolveError {
    /// Nobody knows the name.
    #[error("the host name is not known")]
    NotFound(#[source] Option<std::io::Error>),
    /// None of its addresses may be reached. Which they are is the operator's knowledge: whoever asks for a name must not
    /// learn what it stands for in the operator's network.
    #[error("the host name stands for what is not a public address")]
    Refused(RefusedAddress),
}

/// Looks names up as the operating system does.
#[derive(Debug)]
pub(super) struct Resolver {
    /// What connections are held to; `None`: nothing.
    pub(super) allowed: Option<PublicAddresses>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.allowed.clone();
        Box::pin(async move {
            // The port is the connector's business; it puts its own in place of 0.
            let found = tokio::net::lookup_host((name.as_str(), 0))
                .await
                .map_err(|error| ResolveError::NotFound(Some(error)))?;
            let addresses = permitted(found, allowed.as_ref()).inspect_err(|error| {
                if let ResolveError::Refused(refused) = error {
                    tracing::warn!(host = name.as_str(), %refused, "a host may not be reached");
                }
            })?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// The addresses that may be reached; at least one.
fn permitted(
    found: impl Iterator<Item = SocketAddr>,
    allowed: Option<&PublicAddresses>,
) -> Result<Vec<SocketAddr>, ResolveError> {
    let mut refusal = ResolveError::NotFound(None);
    let mut permitted = Vec::new();
    for address in found {
        match allowed.map_or(Ok(()), |allowed| allowed.check(address.ip())) {
            Ok(()) => permitted.push(address),
            Err(refused) => refusal = ResolveError::Refused(refused),
        }
    }
    if permitted.is_empty() {
        return Err(refusal);
    }
    Ok(permitted)
}

/// Checks an address that is written into the URL itself, which no resolver ever sees.
pub(super) fn check_literal(url: &Url, allowed: &PublicAddresses) -> Result<(), RefusedAddress> {
    match url.host() {
        Some(Host::Ipv4(address)) => allowed.check(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => allowed.check(IpAddr::V6(address)),
        Some(Host::Domain(_)) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts
            .iter()
            .map(|text| SocketAddr::new(text.parse().unwrap(), 0))
            .collect()
    }

    #[test]
    fn only_public_addresses_of_a_name_are_used() {
        let public = PublicAddresses::default();
        let found = addresses(&["10.0.0.1", "1.1.1.1", "::1"]);
        let permitted = permitted(found.into_iter(), Some(&public)).unwrap();
        assert_eq!(permitted, addresses(&["1.1.1.1"]));
    }

    #[test]
    fn a_name_without_permitted_addresses_is_refused() {
        let public = PublicAddresses::default();
        let found = addresses(&["10.0.0.1", "::1"]);
        let error = permitted(found.into_iter(), Some(&public)).unwrap_err();
        assert!(matches!(error, ResolveError::Refused(_)), "{error:?}");
        let error = permitted(std::iter::empty(), None).unwrap_err();
        assert!(matches!(error, ResolveError::NotFound(None)), "{error:?}");
    }

    #[test]
    fn every_spelling_of_a_literal_address_is_checked() {
        let public = PublicAddresses::default();
        for url in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.0.0.1/",
            "http://0177.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://１２７.0.0.1/",
        ] {
            assert!(check_literal(&url.parse().unwrap(), &public).is_err(), "{url}");
        }
        assert!(check_literal(&"http://1.1.1.1/".parse().unwrap(), &public).is_ok());
    }
}
