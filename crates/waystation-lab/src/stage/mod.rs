//! Real processes to try the service with.
//!
//! * [`server`] builds the `waystation` binary, starts it, kills it, starts it again;
//! * [`partner`] is a process that takes what the `webhook` destination sends, writes down every arrival before
//!   it answers, and misbehaves as it is told;
//! * [`sender`] sends events as an SDK does: the same message id again until it is acknowledged;
//! * [`store`] looks into the server's store from outside, with SQLite and nothing of ours.

pub(crate) mod configuration;
pub(crate) mod journal;
pub(crate) mod partner;
pub(crate) mod sender;
pub(crate) mod server;
pub(crate) mod store;

use std::io;

/// What can go wrong while trying.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A process, a file or a socket.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// Why it failed.
        source: io::Error,
    },
    /// The store.
    #[error("the store cannot be read: {0}")]
    Store(#[from] rusqlite::Error),
    /// HTTP.
    #[error("{0}")]
    Http(#[from] reqwest::Error),
    /// Anything else, in words.
    #[error("{0}")]
    Other(String),
}

impl Error {
    /// An error of the operating system, with what was being done.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}

/// To be called once, before anything else: the HTTP client needs to know who encrypts.
pub(crate) fn prepare() {
    // It fails only if it was done before.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
