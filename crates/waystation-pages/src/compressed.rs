//! The files compressed, each at its first request.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use axum::http::HeaderValue;
use flate2::Compression;
use flate2::write::GzEncoder;

static COMPRESSED: Mutex<Option<HashMap<String, Bytes>>> = Mutex::new(None);

/// Whether whoever asks takes gzip.
pub(crate) fn is_wanted(accepted: Option<&HeaderValue>) -> bool {
    let accepted = accepted.and_then(|accepted| accepted.to_str().ok());
    accepted.is_some_and(|accepted| {
        let mut encodings = accepted.split(',').map(str::trim);
        encodings
            .any(|encoding| encoding == "gzip" || encoding.starts_with("gzip;") && !encoding.ends_with("q=0"))
    })
}

/// The file as gzip. The files do not change while the process runs.
pub(crate) fn get(path: &str, data: &[u8]) -> Bytes {
    // A map without one of its entries is whole all the same.
    let mut compressed = COMPRESSED.lock().unwrap_or_else(PoisonError::into_inner);
    let known = compressed.get_or_insert_default();
    if let Some(known) = known.get(path) {
        return known.clone();
    }
    let made = Bytes::from(gzip(data));
    known.insert(path.to_owned(), made.clone());
    made
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(data.len() / 2), Compression::default());
    // Writing to memory cannot fail.
    let written = encoder.write_all(data);
    match (written, encoder.finish()) {
        (Ok(()), Ok(compressed)) => compressed,
        _ => Vec::new(),
    }
}
