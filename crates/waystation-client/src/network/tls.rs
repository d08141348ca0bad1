//! Protected connections.

use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::client::{ClientConfig, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::{RootCertStore, SupportedProtocolVersion};
use rustls_platform_verifier::Verifier;

use super::NetworkError;

const VERSIONS: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13, &rustls::version::TLS12];

/// TLS with the certificates that the machine trusts: what an operator adds there (the authority of a company's
/// own proxy, of a self-hosted partner) is trusted here too. Where the machine trusts none, as in a container
/// without a certificate package, Mozilla's list that is built in takes their place.
pub(super) fn client_config() -> Result<ClientConfig, NetworkError> {
    let provider = Arc::new(ring::default_provider());
    match Verifier::new(Arc::clone(&provider)) {
        Ok(machine) => client_config_with(provider, Arc::new(machine)),
        Err(_) => client_config_with(Arc::clone(&provider), built_in(provider)?),
    }
}

fn built_in(provider: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, NetworkError> {
    let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build()?;
    Ok(verifier)
}

/// The provider is given here and not installed for the process, which may have chosen another.
fn client_config_with(
    provider: Arc<CryptoProvider>,
    verifier: Arc<dyn ServerCertVerifier>,
) -> Result<ClientConfig, NetworkError> {
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(VERSIONS)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// TLS that trusts one certificate only.
#[cfg(test)]
pub(super) fn client_config_trusting(root: rustls::pki_types::CertificateDer<'static>) -> ClientConfig {
    let provider = Arc::new(ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(root).unwrap();
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .build()
        .unwrap();
    client_config_with(provider, verifier).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_list_takes_the_place_of_the_machines() {
        let provider = Arc::new(ring::default_provider());
        let verifier = built_in(Arc::clone(&provider)).unwrap();
        assert!(client_config_with(provider, verifier).is_ok());
    }
}
