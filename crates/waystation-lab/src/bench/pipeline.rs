//! The whole way of an event, from the bytes that come in to the bytes that go out; only the wire is missing.
//!
//! Parse, subscription, the default mapping of Customer.io's `trackEvent`, cleaning, validation; then the typed payload,
//! the operation and the request's body, through the real stack. What serde_json needs to read and write the same events
//! is the yardstick.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Bytes;
use axum::http::HeaderMap;
use clap::ValueEnum;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use waystation_kit::Result as KitResult;
use waystation_kit::future::BoxFuture;
use waystation_kit::payload::default_mapping;
use waystation_kit::request::{Answer, OutgoingRequest, Transport};
use waystation_runtime::entries::batch::deliver_batch;
use waystation_runtime::entries::event::deliver_event;
use waystation_runtime::outcome::BatchOutcome;
use waystation_runtime::pipeline::SubscribedPipeline;
use waystation_runtime::{CallOptions, Connection, Registry, SubscriptionSettings};

use super::events::lines;
use super::figures::{Figures, Goal};
use crate::stage::Error;

/// Events in a batch.
const BATCH: usize = 200;

/// How far events go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Way {
    /// Read and written with serde_json
    Json,
    /// Up to the validated payload
    Payload,
    /// Through the stack, one by one
    Single,
    /// Through the stack, in batches of 200
    Batch,
}

/// A partner that takes everything at once.
#[derive(Debug)]
struct Nowhere;

impl Transport for Nowhere {
    fn send(&self, request: OutgoingRequest) -> BoxFuture<'_, KitResult<Answer>> {
        let url = request.url.clone();
        black_box(request.body);
        let answer = Answer {
            status: 200,
            reason: None,
            headers: HeaderMap::new(),
            url,
            body: Bytes::new(),
        };
        Box::pin(std::future::ready(Ok(answer)))
    }
}

struct Setup {
    events: Vec<&'static [u8]>,
    connection: Connection,
    subscriptions: [Arc<SubscribedPipeline>; 1],
    options: CallOptions,
    executor: Runtime,
}

pub(super) async fn run(rounds: usize, passes: usize, only: Option<Way>) -> Result<(), Error> {
    // A thread of its own, for the way has an executor of its own.
    let measured = tokio::task::spawn_blocking(move || measure(rounds, passes, only)).await;
    measured.map_err(|error| Error::Other(error.to_string()))?
}

fn measure(rounds: usize, passes: usize, only: Option<Way>) -> Result<(), Error> {
    let setup = Setup::new()?;
    if let Some(way) = only {
        return setup.pass(way, passes);
    }
    let figures = [
        ("up to the validated payload", Way::Payload, 1.05),
        ("through the stack, one by one", Way::Single, 1.5),
        ("through the stack, batches of 200", Way::Batch, 1.4),
    ];
    let mut theirs = Vec::new();
    let mut ours = [const { Vec::new() }; 3];
    for _ in 0..rounds {
        theirs.push(setup.per_event(Way::Json, passes)?);
        for ((_, way, _), ours) in figures.iter().zip(&mut ours) {
            ours.push(setup.per_event(*way, passes)?);
        }
    }
    let mut result = Figures::new("pipeline");
    for ((case, _, goal), ours) in figures.into_iter().zip(&ours) {
        result.compare(
            case,
            "us/event",
            ours,
            ("reading and writing", &theirs),
            Some(Goal::AtMost(goal)),
        );
    }
    result.finish()
}

#[allow(clippy::needless_pass_by_value, reason = "handed to map_err")]
fn wrong(what: impl ToString) -> Error {
    Error::Other(what.to_string())
}

impl Setup {
    fn new() -> Result<Self, Error> {
        let registry = Registry::new(waystation_destinations::all()).map_err(wrong)?;
        let destination = registry.get("customerio").map(Arc::clone);
        let destination = destination.ok_or_else(|| wrong("customerio is not compiled in"))?;
        let action = destination.action("trackEvent").map(|action| action.definition());
        let action = action.ok_or_else(|| wrong("there is no action trackEvent"))?;
        let subscription = SubscriptionSettings {
            subscribe: action.subscribe.map(str::to_owned),
            action: action.slug.to_owned(),
            mapping: Value::Object(default_mapping(&action.fields)),
            ..SubscriptionSettings::default()
        };
        let subscription = Arc::new(SubscribedPipeline::compile(&destination, subscription));
        let settings = [("siteId", "site"), ("apiKey", "key")].map(|(key, value)| (key.into(), json!(value)));
        let connection = Connection::open_in_memory(destination, settings.into_iter().collect());
        Ok(Self {
            events: lines()
                .map(str::as_bytes)
                .filter(|line| line.starts_with(br#"{"type":"track""#))
                .collect(),
            connection: connection.map_err(wrong)?,
            subscriptions: [subscription],
            options: CallOptions::new(Arc::new(Nowhere)),
            executor: Builder::new_current_thread()
                .enable_time()
                .build()
                .map_err(Error::io("starting an executor"))?,
        })
    }

    /// Microseconds for each event.
    fn per_event(&self, way: Way, passes: usize) -> Result<f64, Error> {
        let begun = Instant::now();
        self.pass(way, passes)?;
        Ok(begun.elapsed().as_secs_f64() * 1e6 / (passes * self.events.len()) as f64)
    }

    fn pass(&self, way: Way, passes: usize) -> Result<(), Error> {
        (0..passes).try_for_each(|_| match way {
            Way::Json => self.read_and_write(),
            Way::Payload => self.payloads(),
            Way::Single => self.executor.block_on(self.one_by_one()),
            Way::Batch => self.executor.block_on(self.in_batches()),
        })
    }

    fn read_and_write(&self) -> Result<(), Error> {
        for event in &self.events {
            let event: Value = serde_json::from_slice(event).map_err(wrong)?;
            black_box(serde_json::to_vec(&event).map_err(wrong)?);
        }
        Ok(())
    }

    fn payloads(&self) -> Result<(), Error> {
        let [subscription] = &self.subscriptions;
        let (Ok(filter), Ok(pipeline)) = (&subscription.filter, &subscription.pipeline) else {
            return Err(wrong("the defaults of trackEvent do not compile"));
        };
        for event in &self.events {
            let event: Value = serde_json::from_slice(event).map_err(wrong)?;
            if filter.matches(&event) {
                black_box(pipeline.payload(&event).map_err(wrong)?);
            }
        }
        Ok(())
    }

    async fn one_by_one(&self) -> Result<(), Error> {
        for event in &self.events {
            let event: Arc<Value> = Arc::new(serde_json::from_slice(event).map_err(wrong)?);
            let reports = deliver_event(&self.connection, &self.subscriptions, &event, &self.options).await;
            if reports.iter().any(|report| report.result.is_err()) {
                return Err(wrong("an event was not delivered"));
            }
        }
        Ok(())
    }

    async fn in_batches(&self) -> Result<(), Error> {
        for events in self.events.chunks(BATCH) {
            let read = events.iter().map(|event| serde_json::from_slice(event));
            let events: Arc<[Value]> = read.collect::<Result<_, _>>().map_err(wrong)?;
            let reports = deliver_batch(&self.connection, &self.subscriptions, &events, &self.options).await;
            let is_delivered =
                |result: &Result<BatchOutcome, _>| matches!(result, Ok(BatchOutcome::Items(_)));
            if !reports.iter().all(|report| is_delivered(&report.result)) {
                return Err(wrong("a batch was not delivered"));
            }
        }
        Ok(())
    }
}
