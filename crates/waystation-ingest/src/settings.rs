//! What an operator decides about the ingest.

use bytes::Bytes;
use waystation_kit::services::Clock;

/// The script of Segment's library for browsers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrowserScript {
    /// The script itself.
    Text(Bytes),
    /// Where it is.
    At(String),
}

/// What an operator decides about the ingest. The defaults are Segment's documented limits, but for
/// [`max_events`](Self::max_events) and a little room in [`max_request`](Self::max_request).
#[derive(Debug, Clone)]
pub struct IngestSettings {
    /// The largest event, in bytes as it was sent; 32 KiB unless said otherwise.
    pub max_event: usize,
    /// The largest body of a request, in bytes after decompression; 512 KiB unless said otherwise, for some libraries
    /// fill Segment's 500 KiB with events and add the rest of the request.
    pub max_request: usize,
    /// The most events in one request; 10,000 unless said otherwise. Segment takes 2,500 and drops requests
    /// with more without a word.
    pub max_events: usize,
    /// How many proxies stand in front of the server, each of which adds the address of its caller to
    /// `X-Forwarded-For`; 0 unless said otherwise, so that the header is not believed.
    pub trusted_proxies: usize,
    /// Whether the server itself speaks TLS.
    pub is_tls: bool,
    /// What pages with Segment's snippet get as its script.
    pub browser_script: Option<BrowserScript>,
    /// What time it is.
    pub clock: Clock,
}

impl Default for IngestSettings {
    fn default() -> Self {
        Self {
            max_event: 32 << 10,
            max_request: 512 << 10,
            max_events: 10_000,
            trusted_proxies: 0,
            is_tls: false,
            browser_script: None,
            clock: Clock::System,
        }
    }
}
