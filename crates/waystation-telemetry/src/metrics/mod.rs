//! What is counted, and the page that shows it.
//!
//! [`catalog`] is the table of all metrics; what happens is counted in `Counted`; what merely is (the depth of the
//! queue, the state of a breaker) is read when somebody asks (`readings`). Both meet in a [`Snapshot`], which
//! [`text`] writes for Prometheus and the `otlp` feature for a collector.
//!
//! There is no metrics library underneath. Those that there are keep their series to themselves, so that one
//! snapshot could not serve both formats; they look series up by owned labels, which costs an allocation for each
//! delivery; and one of them holds every duration in memory until somebody asks.

pub mod catalog;
mod family;
mod histogram;
pub(crate) mod readings;
pub mod snapshot;
pub mod text;

use catalog::Metric;
use family::{Counters, Histograms};
use snapshot::Points;

pub use catalog::{Kind, Label};
pub use histogram::Distribution;
pub use snapshot::{Point, Snapshot, Value};

/// Everything that is counted as it happens.
#[derive(Debug)]
pub(crate) struct Counted {
    pub(crate) accepted_events: Counters<1>,
    pub(crate) duplicate_events: Counters<1>,
    pub(crate) rejected_events: Counters<2>,
    pub(crate) refused_events: Counters<2>,
    pub(crate) http_requests: Counters<3>,
    pub(crate) http_request_duration: Histograms<2>,
    pub(crate) delivered_deliveries: Counters<3>,
    pub(crate) returned_deliveries: Counters<3>,
    pub(crate) dead_deliveries: Counters<4>,
    pub(crate) delivery_delay: Histograms<2>,
    pub(crate) attempts: Counters<4>,
    pub(crate) attempt_duration: Histograms<4>,
    pub(crate) retries: Counters<4>,
    pub(crate) exhausted_retries: Counters<5>,
    pub(crate) split_batches: Counters<4>,
    pub(crate) discarded_items: Counters<3>,
    pub(crate) breaker_changes: Counters<2>,
    pub(crate) holds: Counters<1>,
    pub(crate) failed_readings: Counters<0>,
    pub(crate) config_reloads: Counters<1>,
}

impl Counted {
    pub(crate) fn new() -> Self {
        Self {
            accepted_events: Counters::new(Metric::AcceptedEvents),
            duplicate_events: Counters::new(Metric::DuplicateEvents),
            rejected_events: Counters::new(Metric::RejectedEvents),
            refused_events: Counters::new(Metric::RefusedEvents),
            http_requests: Counters::new(Metric::HttpRequests),
            http_request_duration: Histograms::new(Metric::HttpRequestDuration),
            delivered_deliveries: Counters::new(Metric::DeliveredDeliveries),
            returned_deliveries: Counters::new(Metric::ReturnedDeliveries),
            dead_deliveries: Counters::new(Metric::DeadDeliveries),
            delivery_delay: Histograms::new(Metric::DeliveryDelay),
            attempts: Counters::new(Metric::Attempts),
            attempt_duration: Histograms::new(Metric::AttemptDuration),
            retries: Counters::new(Metric::Retries),
            exhausted_retries: Counters::new(Metric::ExhaustedRetries),
            split_batches: Counters::new(Metric::SplitBatches),
            discarded_items: Counters::new(Metric::DiscardedItems),
            breaker_changes: Counters::new(Metric::BreakerChanges),
            holds: Counters::new(Metric::Holds),
            failed_readings: Counters::new(Metric::FailedReadings),
            config_reloads: Counters::new(Metric::ConfigReloads),
        }
    }

    pub(crate) fn read(&self) -> Vec<Points> {
        vec![
            self.accepted_events.read(),
            self.duplicate_events.read(),
            self.rejected_events.read(),
            self.refused_events.read(),
            self.http_requests.read(),
            self.http_request_duration.read(),
            self.delivered_deliveries.read(),
            self.returned_deliveries.read(),
            self.dead_deliveries.read(),
            self.delivery_delay.read(),
            self.attempts.read(),
            self.attempt_duration.read(),
            self.retries.read(),
            self.exhausted_retries.read(),
            self.split_batches.read(),
            self.discarded_items.read(),
            self.breaker_changes.read(),
            self.holds.read(),
            self.failed_readings.read(),
            self.config_reloads.read(),
        ]
    }
}
