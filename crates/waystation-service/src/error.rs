//! What keeps the service from starting.

use std::io;

use waystation_client::NetworkError;
use waystation_config::Faults;
use waystation_delivery::connection::OpenError as ConnectionError;
use waystation_http::server::TlsError;
use waystation_queue::{OpenError as StoreError, QueueError};

/// What keeps the service from starting, or from going on.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The configuration has faults.
    #[error("{0}")]
    Configuration(Faults),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store failed.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// A connection cannot be opened.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// The way to partners cannot be prepared.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        error: io::Error,
    },
    /// The socket does not say where it is.
    #[error("the server has no address: {0}")]
    Address(io::Error),
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
}
