//! From an event or a list of them to what became of it.

use std::sync::Arc;

use serde_json::Value;
use waystation_client::Redactor;
use waystation_runtime::entries::batch::{deliver_batch, perform_batch};
use waystation_runtime::entries::event::{deliver_event, perform_event};
use waystation_runtime::pipeline::SubscribedPipeline;
use waystation_runtime::retry::{Attempt, History};
use waystation_runtime::{BatchOutcome, CallOptions, Connection, Error, EventOutcome, Pipeline};

use crate::outcome::Outcome;

/// What is to be delivered.
#[derive(Clone)]
pub(crate) enum Events {
    One(Arc<Value>),
    Batch(Arc<[Value]>),
}

/// The way that events take.
pub(crate) enum Way {
    /// All of them go through the pipeline.
    Pipeline(Arc<Pipeline>),
    /// A subscription is asked first.
    Subscription(Arc<SubscribedPipeline>),
}

/// A delivery that is ready to go.
pub(crate) struct Delivery<'call> {
    pub(crate) connection: &'call Connection,
    pub(crate) way: Way,
    pub(crate) options: &'call CallOptions,
}

/// What became of it, and the attempts it took.
type Delivered<O> = (Result<O, Error>, Vec<Attempt>);

impl From<Value> for Events {
    fn from(payload: Value) -> Self {
        match payload {
            Value::Array(events) => Self::Batch(events.into()),
            event => Self::One(Arc::new(event)),
        }
    }
}

impl Delivery<'_> {
    pub(crate) async fn make(&self, events: Events, redactor: &Redactor) -> (Outcome, Vec<Attempt>) {
        match events {
            Events::One(event) => {
                let (outcome, attempts) = self.event(event).await;
                (Outcome::of_event(outcome, redactor), attempts)
            }
            Events::Batch(events) => {
                let (outcome, attempts) = self.batch(events).await;
                (Outcome::of_batch(outcome, redactor), attempts)
            }
        }
    }

    async fn event(&self, event: Arc<Value>) -> Delivered<EventOutcome> {
        let (connection, options) = (self.connection, self.options);
        match &self.way {
            Way::Subscription(subscription) => {
                let reports = deliver_event(connection, std::slice::from_ref(subscription), &event, options);
                only(
                    reports
                        .await
                        .into_iter()
                        .map(|report| (report.result, report.attempts)),
                )
            }
            Way::Pipeline(pipeline) => {
                let (history, metadata) = (History::default(), options.subscription.clone());
                let outcome = perform_event(connection, pipeline, &event, metadata, options, &history).await;
                (outcome, history.attempts())
            }
        }
    }

    async fn batch(&self, events: Arc<[Value]>) -> Delivered<BatchOutcome> {
        let (connection, options) = (self.connection, self.options);
        match &self.way {
            Way::Subscription(subscription) => {
                let reports = deliver_batch(connection, std::slice::from_ref(subscription), &events, options);
                only(
                    reports
                        .await
                        .into_iter()
                        .map(|report| (report.result, report.attempts)),
                )
            }
            Way::Pipeline(pipeline) => {
                let (history, metadata) = (History::default(), options.subscription.clone());
                let outcome = perform_batch(connection, pipeline, events, metadata, options, &history).await;
                (outcome, history.attempts())
            }
        }
    }
}

/// One subscription gives one report.
fn only<O>(mut reports: impl Iterator<Item = Delivered<O>>) -> Delivered<O> {
    reports.next().unwrap_or_else(|| {
        let lost = waystation_kit::Error::internal("the delivery gave no report");
        (Err(Error::Action(lost)), Vec::new())
    })
}
