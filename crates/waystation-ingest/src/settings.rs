//! What an operator decides about the ingest.

use waystation_kit::services::Clock;

/// What an operator decides about the ingest. The defaults are Segment's documented limits, but for
/// [`max_events`](Self::max_events).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IngestSettings {
    /// The largest event, in bytes as it was sent; 32 KiB unless said otherwise.
    pub max_event: usize,
    /// The largest body of a request, in bytes after decompression; 500 KiB unless said otherwise.
    pub max_request: usize,
    /// The most events in one request; 10,000 unless said otherwise. Segment takes 2,500 and drops requests
    /// with more without a word.
    pub max_events: usize,
    /// How many proxies stand in front of the server, each of which adds the address of its caller to
    /// `X-Forwarded-For`; 0 unless said otherwise, so that the header is not believed.
    pub trusted_proxies: usize,
    /// What time it is.
    pub clock: Clock,
}

impl Default for IngestSettings {
    fn default() -> Self {
        Self {
            max_event: 32 << 10,
            max_request: 500 << 10,
            max_events: 10_000,
            trusted_proxies: 0,
            clock: Clock::System,
        }
    }
}
