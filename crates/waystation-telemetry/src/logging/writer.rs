//! Writes the log's lines without keeping anybody waiting.

use std::io;
use std::thread;
use std::time::Duration;

use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};

/// How many lines may wait to be written.
pub(super) const MOST_WAITING: usize = 16_384;

/// How often it is looked whether lines were lost.
const LOOK_FOR_LOSSES: Duration = Duration::from_secs(10);

/// A writer that never keeps its callers waiting: a thread of its own writes what they hand over. If nobody takes what it
/// writes, further lines are lost once so many wait.
pub(super) fn bounded(out: impl io::Write + Send + 'static) -> (NonBlocking, WorkerGuard) {
    NonBlockingBuilder::default()
        .lossy(true)
        .buffered_lines_limit(MOST_WAITING)
        .thread_name("waystation-log")
        .finish(out)
}

/// Tells, as soon as lines are taken again, how many were lost.
pub(super) fn tell_of_losses(lost: ErrorCounter) {
    let tell = move || {
        let mut told = 0;
        loop {
            #[allow(clippy::disallowed_methods, reason = "a thread of its own")]
            thread::sleep(LOOK_FOR_LOSSES);
            let all = lost.dropped_lines();
            if all > told {
                tracing::warn!(
                    lines = all - told,
                    "lines of the log were lost, for nobody took them"
                );
                told = all;
            }
        }
    };
    // Without it losses are still counted.
    let _ = thread::Builder::new()
        .name("waystation-log-losses".to_owned())
        .spawn(tell);
}
