//! Where events come from, and what may be sent.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use waystation_kit::Secret;

use crate::Fingerprint;
use crate::document::{Bytes, Count, Flag, Maybe, Number, Pause, Table, Text, settings};

settings! {
    /// What senders may send to the tracking API.
    pub struct Ingest as "Ingest" => {
        /// The largest event. A larger one becomes a dead letter if it comes in a batch, and is refused if it comes
        /// alone.
        pub max_event: usize as Bytes = 32 << 10;
        /// The largest body of a request, after decompression. A little more than Segment's 500 KiB, which some libraries
        /// fill with events alone; RudderStack's libraries want "4MiB".
        pub max_request: usize as Bytes = 512 << 10;
        /// The most events in a batch. Segment takes 2,500 and drops requests with more without a word.
        pub max_events: usize as Count = 10_000;
        /// How long message ids are remembered: an event whose id its source sent before is not taken again. "0s" takes
        /// every event.
        pub dedupe_window: Duration as Pause = Duration::from_hours(24);
        /// How many proxies stand in front of the server, each of which adds the address of its caller to
        /// `X-Forwarded-For`. With 0 the header is not believed.
        pub trusted_proxies: usize as Number = 0;
        /// The script that pages with Segment's snippet get from `/analytics.js/v1/KEY/analytics.min.js`: a file with the
        /// `standalone.js` of Segment's library, or its address, to which browsers are sent.
        pub browser_script: Option<String> as Maybe<Text> = None, "\"https://cdn.example/standalone.js\"";
        /// How many events each source may send; no limit unless one is written here. A source may have a limit of its
        /// own, and `enabled = false` takes this one back.
        pub(crate) rate_limit: Option<SourceRate> as Maybe<Table> = None;
    }

    /// How many events a source may send.
    pub(crate) struct SourceRate as "SourceRate" => {
        /// Whether there is a limit; to take back that of `ingest.rate_limit`.
        pub(crate) enabled: Option<bool> as Maybe<Flag> = None, "true";
        /// Events a second, on average.
        pub(crate) per_second: Option<NonZeroU32> as Maybe<Count> = None, "1_000";
        /// Events at once, after a pause; those of ten seconds unless written here.
        pub(crate) burst: Option<NonZeroU32> as Maybe<Count> = None, "10_000";
    }
}

/// Where events come from: an application that sends with a write key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its name.
    pub name: Arc<str>,
    /// Whether its events are taken.
    pub enabled: bool,
    /// The keys that senders show; each belongs to one source.
    pub write_keys: Vec<Secret>,
    /// How many events it may send; `None` for no limit.
    pub rate_limit: Option<EventRate>,
    /// Equal as long as everything above is.
    pub fingerprint: Fingerprint,
}

/// How many events may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventRate {
    /// On average, in a second.
    pub per_second: NonZeroU32,
    /// At once, after a pause.
    pub burst: NonZeroU32,
}
