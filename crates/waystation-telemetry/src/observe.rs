//! What deliveries and their attempts tell, counted.

use std::sync::Arc;
use std::time::Duration;

use waystation_delivery::{Outcome, Watch};
use waystation_runtime::guards::BreakerState;
use waystation_runtime::observe::{Attempted, Counter, Observer, Place};
use waystation_runtime::retry::{GaveUp, Why};

use crate::metrics::Counted;
use crate::telemetry::Telemetry;

impl Watch for Telemetry {
    fn settled(&self, connection: &str, destination: &str, action: &str, outcome: Outcome) {
        let counted = self.counted();
        let place = [connection, destination, action];
        match outcome {
            Outcome::Delivered | Outcome::Warned => counted.delivered_deliveries.add(place, 1),
            Outcome::Again => counted.returned_deliveries.add(place, 1),
            Outcome::Dead(stage) => {
                let labels = [connection, destination, action, stage.name()];
                counted.dead_deliveries.add(labels, 1);
            }
            // The ledger counts what is skipped, and most of that is skipped before anybody could tell of it here.
            Outcome::Skipped(_) => {}
        }
    }

    fn delivered_after(&self, connection: &str, destination: &str, delay: Duration) {
        let labels = [connection, destination];
        self.counted().delivery_delay.record(labels, delay);
    }

    fn observer(&self, connection: &str) -> Arc<dyn Observer> {
        Arc::new(ConnectionObserver {
            counted: self.share(),
            connection: connection.into(),
        })
    }
}

/// Counts what happens in the attempts of one connection.
#[derive(Debug)]
struct ConnectionObserver {
    counted: Arc<Counted>,
    connection: Box<str>,
}

impl Observer for ConnectionObserver {
    fn count(&self, counter: Counter, action: &str, by: usize) {
        let labels = [&*self.connection, action, cause(counter)];
        self.counted.discarded_items.add(labels, by as u64);
    }

    fn attempted(&self, place: Place, attempted: &Attempted) {
        let Place { destination, action } = place;
        let end = attempted.end.label();
        let labels = [&*self.connection, destination, action, end];
        self.counted.attempts.add(labels, 1);
        self.counted.attempt_duration.record(labels, attempted.latency);
    }

    fn retrying(&self, place: Place, why: Why) {
        let labels = [&*self.connection, place.destination, place.action, why.label()];
        self.counted.retries.add(labels, 1);
    }

    fn gave_up(&self, place: Place, gave_up: GaveUp, why: Why) {
        let Place { destination, action } = place;
        let labels = [
            &*self.connection,
            destination,
            action,
            gave_up.label(),
            why.label(),
        ];
        self.counted.exhausted_retries.add(labels, 1);
    }

    fn split(&self, place: Place, why: Why) {
        let labels = [&*self.connection, place.destination, place.action, why.label()];
        self.counted.split_batches.add(labels, 1);
    }

    fn breaker_changed(&self, _: Place, state: BreakerState) {
        let labels = [&*self.connection, state.label()];
        self.counted.breaker_changes.add(labels, 1);
    }

    fn held(&self, _: Place, _: Duration) {
        self.counted.holds.add([&self.connection], 1);
    }
}

const fn cause(counter: Counter) -> &'static str {
    match counter {
        Counter::TurnedAway => "turned_away",
        Counter::Refused => "refused",
        Counter::InvalidPayload => "invalid_payload",
    }
}
