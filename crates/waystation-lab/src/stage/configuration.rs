//! The configuration that the server is tried with: two connections to the partner, one event by event and one in
//! batches, and waits that are short enough to watch.

use std::path::Path;

/// The write key of its source.
pub(crate) const WRITE_KEY: &str = "lab";

/// The path of the connection that delivers event by event.
pub(crate) const SINGLE: &str = "/single";

/// The path of the connection that delivers in batches.
pub(crate) const BATCHED: &str = "/batched";

/// A configuration for a server on this port.
#[must_use]
pub(crate) fn text(port: u16, store: &Path, partner: &str) -> String {
    format!(
        r#"[server]
listen = "127.0.0.1:{port}"
shutdown_grace = "10s"

[api]
open = true

[ingest]
max_request = "4MiB"

[store]
path = {store:?}

[record]
bodies = "failures"

[telemetry]
log_level = "warn"

[network]
addresses = "all"

[delivery]
deadline = "5s"
first_return = "200ms"
longest_return = "2s"

[delivery.retry]
attempts = 2
first_wait = "50ms"

[delivery.breaker]
first_wait = "200ms"
longest_wait = "2s"

[delivery.batch]
linger = "30ms"

[delivery.concurrency]
start = 4

[sources.lab]
write_keys = ["{WRITE_KEY}"]

[connections.single]
destination = "webhook"
settings = {{}}

[[connections.single.subscriptions]]
action = "send"
subscribe = 'event = "Single"'
mapping = {{ url = "{partner}{SINGLE}", method = "POST", data = {{ "@path" = "$." }} }}

[connections.single.delivery.batch]
size = 1

[connections.batched]
destination = "webhook"
settings = {{}}

[[connections.batched.subscriptions]]
action = "send"
subscribe = 'event = "Batched"'
mapping = {{ url = "{partner}{BATCHED}", method = "POST", data = {{ "@path" = "$." }}, batch_size = 50 }}
"#
    )
}
