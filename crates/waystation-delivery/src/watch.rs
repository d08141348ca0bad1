//! What happens to deliveries, told to whoever keeps metrics.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use waystation_queue::{SkipRule, Stage};
use waystation_runtime::observe::{NoObserver, Observer};

/// Keeps metrics of deliveries.
pub trait Watch: Send + Sync + fmt::Debug {
    /// A delivery of this connection came to something. It is told once that is on disk.
    fn settled(&self, connection: &str, destination: &str, action: &str, outcome: Outcome);

    /// A partner took a delivery of this connection so long after its event was accepted.
    fn delivered_after(&self, _connection: &str, _destination: &str, _delay: Duration) {}

    /// Keeps metrics of the attempts of this connection; asked once, when the connection starts.
    fn observer(&self, _connection: &str) -> Arc<dyn Observer> {
        Arc::new(NoObserver)
    }
}

/// What a delivery came to: a closed set, fit for metric labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The partner took it.
    Delivered,
    /// The partner took it and complained about something.
    Warned,
    /// Nothing was to be done.
    Skipped(SkipRule),
    /// It failed for now and waits in the queue.
    Again,
    /// It is a dead letter.
    Dead(Stage),
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn settled(&self, _: &str, _: &str, _: &str, _: Outcome) {}
}
