//! Certificates of encrypted connections.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

/// A certificate with its key, from files that may change.
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    acceptor: RwLock<TlsAcceptor>,
}

/// Why a certificate or its key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or holds nothing of the kind.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: String,
        /// Why.
        error: pem::Error,
    },
    /// The two do not go together, or are of a kind that is not known.
    #[error("the certificate and its key cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
    /// There is no certificate in the file.
    #[error("{0}: there is no certificate in it")]
    Empty(String),
}

impl Tls {
    /// Reads the certificate, with those between it and a root behind it, and its key, all as PEM. Blocks while it does.
    ///
    /// # Errors
    /// They cannot be used.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        Ok(Self {
            acceptor: RwLock::new(acceptor(certificate, key)?),
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        })
    }

    /// Reads the files again; connections from now on get what they hold. Blocks while it does.
    ///
    /// # Errors
    /// They cannot be used; the certificate before stays.
    pub fn renew(&self) -> Result<(), TlsError> {
        let renewed = acceptor(&self.certificate, &self.key)?;
        *self.acceptor.write().unwrap_or_else(PoisonError::into_inner) = renewed;
        Ok(())
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls")
            .field("certificate", &self.certificate)
            .finish_non_exhaustive()
    }
}

fn acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor, TlsError> {
    let fault = |path: &Path| {
        let path = path.display().to_string();
        move |error| TlsError::File { path, error }
    };
    let chain = CertificateDer::pem_file_iter(certificate).map_err(fault(certificate))?;
    let chain: Vec<_> = chain.collect::<Result<_, _>>().map_err(fault(certificate))?;
    if chain.is_empty() {
        return Err(TlsError::Empty(certificate.display().to_string()));
    }
    let key = PrivateKeyDer::from_pem_file(key).map_err(fault(key))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
