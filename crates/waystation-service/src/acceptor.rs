//! Takes events from the ingest: decides where they go, and has them on disk before the sender is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use serde_json::Value;
use waystation_config::Source;
use waystation_delivery::routing::Arrival;
use waystation_delivery::{Deliveries, Happening, Outcome, Routing};
use waystation_ingest::{Accepted, Acceptor, EventRate, Ingested, Refused, Rejected, SourceRef};
use waystation_queue::{
    Appended, AppendedEvent, DeliveryId, Failure, Fate, Millis, NewDelivery, NewEvent, Queue, QueueError,
    Stage,
};

/// Takes events for a queue.
pub(crate) struct QueueAcceptor {
    queue: Arc<dyn Queue>,
    deliveries: Arc<Deliveries>,
    draining: AtomicBool,
    stopping: AtomicBool,
}

impl QueueAcceptor {
    pub(crate) fn new(queue: Arc<dyn Queue>, deliveries: Arc<Deliveries>) -> Self {
        Self {
            queue,
            deliveries,
            draining: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
        }
    }

    /// The service is about to stop: events are still taken, and whoever asks is sent elsewhere.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// Whether the service is about to stop.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// From now on events are refused; senders come again, to whoever serves them then.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }
}

/// A delivery that came to its end as it was accepted.
struct Ended {
    /// Which event of the append, and which of its deliveries.
    place: (usize, u64),
    source: Arc<str>,
    connection: Option<Arc<str>>,
    outcome: Outcome,
}

impl QueueAcceptor {
    /// What comes to its end as it is accepted, if anybody wants to be told.
    fn ended_at_once(&self, events: &[NewEvent]) -> Vec<Ended> {
        if !self.deliveries.live().is_watched() {
            return Vec::new();
        }
        let events = events.iter().enumerate();
        let deliveries = events.flat_map(|(number, event)| {
            let deliveries = (0..).zip(&event.deliveries);
            deliveries.map(move |(place, delivery)| ((number, place), event, delivery))
        });
        let ended = deliveries.filter_map(|(place, event, delivery)| {
            let outcome = match &delivery.fate {
                Fate::Waiting { .. } => return None,
                Fate::Skipped { rule } => Outcome::Skipped(*rule),
                Fate::Dead(failure) => Outcome::Dead(failure.stage),
            };
            Some(Ended {
                place,
                source: Arc::clone(&event.source),
                connection: delivery.connection.clone(),
                outcome,
            })
        });
        ended.collect()
    }

    fn tell(&self, appended: &Appended, ended: Vec<Ended>) {
        for ended in ended {
            let (event, place) = ended.place;
            if let Some(AppendedEvent::Stored { first }) = appended.events.get(event) {
                self.deliveries.live().tell(Happening {
                    delivery: DeliveryId(first.0 + place),
                    source: Some(ended.source),
                    connection: ended.connection,
                    outcome: ended.outcome,
                });
            }
        }
    }
}

#[async_trait]
impl Acceptor for QueueAcceptor {
    fn source(&self, write_key: &str) -> Option<SourceRef> {
        self.deliveries
            .routing()
            .source(write_key)
            .map(|source| reference(source))
    }

    async fn accept(&self, source: &SourceRef, events: Vec<Ingested>) -> Result<Accepted, Refused> {
        if self.stopping.load(Ordering::Acquire) {
            return Err(Refused::ShuttingDown);
        }
        let routing = self.deliveries.routing();
        let events = events.into_iter().map(|event| routed(&routing, source, event));
        let events: Vec<NewEvent> = events.collect();
        let ended = self.ended_at_once(&events);
        let appended = self.queue.append(events).await.map_err(refused)?;
        self.tell(&appended, ended);
        Ok(Accepted {
            kept: appended.stored(),
            duplicates: appended.duplicates(),
        })
    }
}

fn reference(source: &Source) -> SourceRef {
    SourceRef {
        name: Arc::clone(&source.name),
        rate_limit: source.rate_limit.map(|rate| EventRate {
            per_second: rate.per_second,
            burst: rate.burst,
        }),
    }
}

fn refused(error: QueueError) -> Refused {
    match error {
        QueueError::Full { retry_after } => Refused::Full { retry_after },
        QueueError::ConnectionFull { retry_after, .. } => Refused::ConnectionFull { retry_after },
        QueueError::Closed => Refused::ShuttingDown,
        // The store tells when it begins to refuse events and when it takes them again.
        QueueError::Unavailable { .. } => Refused::Unavailable,
        error @ QueueError::Invalid { .. } => {
            tracing::error!(%error, "events could not be stored");
            Refused::Unavailable
        }
    }
}

/// An event with all that is to become of it.
fn routed(routing: &Routing, source: &SourceRef, ingested: Ingested) -> NewEvent {
    let received_at = Millis(ingested.received_at);
    let deliveries = match &ingested.verdict {
        Ok(()) => {
            let arrival = Arrival {
                received_at,
                user: ingested.user.as_deref(),
            };
            routing.deliveries(&source.name, &ingested.event, arrival)
        }
        Err(rejected) => vec![dead_on_arrival(rejected)],
    };
    let text = |key: &str| ingested.event.get(key).and_then(Value::as_str).map(str::to_owned);
    NewEvent {
        source: Arc::clone(&source.name),
        event_type: text("type"),
        event_name: text("event").or_else(|| text("name")),
        message_id: ingested.message_id,
        user: ingested.user,
        received_at,
        body: ingested.body,
        deliveries,
    }
}

/// Segment drops such events without a word to the sender; here they can be looked at.
fn dead_on_arrival(rejected: &Rejected) -> NewDelivery {
    NewDelivery {
        connection: None,
        subscription: None,
        action: None,
        order: None,
        fate: Fate::Dead(Failure {
            stage: Stage::Ingest,
            status: Some(400),
            error_type: Some(rejected.code().to_owned()),
            message: rejected.to_string(),
            held_back: None,
        }),
    }
}
