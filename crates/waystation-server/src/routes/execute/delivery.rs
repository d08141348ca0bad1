//! From an event or a list of them to what became of it.

use std::sync::Arc;

use serde_json::Value;
use waystation_fql::{ParseError, Subscription};
use waystation_runtime::entries::batch::{deliver_batch, perform_batch};
use waystation_runtime::entries::event::{deliver_event, perform_event};
use waystation_runtime::pipeline::SubscribedPipeline;
use waystation_runtime::retry::{Attempt, History};
use waystation_runtime::{BatchOutcome, CallOptions, Connection, Error, EventOutcome, Pipeline};

/// A subscription that the caller sent along.
pub(super) struct Subscribed {
    text: String,
    filter: Subscription,
}

impl Subscribed {
    /// Reads the filter.
    ///
    /// # Errors
    /// Why it is none, and where.
    pub(super) fn parse(text: String) -> Result<Self, ParseError> {
        Ok(Self {
            filter: Subscription::parse(&text)?,
            text,
        })
    }
}

/// A delivery that is ready to go.
pub(super) struct Delivery<'call> {
    pub(super) connection: &'call Connection,
    pub(super) pipeline: Arc<Pipeline>,
    pub(super) subscribed: Option<Subscribed>,
    pub(super) options: &'call CallOptions,
}

/// What became of it, and the attempts it took.
type Delivered<O> = (Result<O, Error>, Vec<Attempt>);

impl Delivery<'_> {
    pub(super) async fn event(self, event: Arc<Value>) -> Delivered<EventOutcome> {
        let Self {
            connection,
            pipeline,
            subscribed,
            options,
        } = self;
        match subscribed {
            Some(subscribed) => {
                let subscription = subscription(subscribed, pipeline, options);
                let reports = deliver_event(connection, &[subscription], &event, options).await;
                only(reports.into_iter().map(|report| (report.result, report.attempts)))
            }
            None => {
                let (history, metadata) = (History::default(), options.subscription.clone());
                let outcome = perform_event(connection, &pipeline, &event, metadata, options, &history).await;
                (outcome, history.attempts())
            }
        }
    }

    pub(super) async fn batch(self, events: Arc<[Value]>) -> Delivered<BatchOutcome> {
        let Self {
            connection,
            pipeline,
            subscribed,
            options,
        } = self;
        match subscribed {
            Some(subscribed) => {
                let subscription = subscription(subscribed, pipeline, options);
                let reports = deliver_batch(connection, &[subscription], &events, options).await;
                only(reports.into_iter().map(|report| (report.result, report.attempts)))
            }
            None => {
                let (history, metadata) = (History::default(), options.subscription.clone());
                let outcome = perform_batch(connection, &pipeline, events, metadata, options, &history).await;
                (outcome, history.attempts())
            }
        }
    }
}

fn subscription(
    subscribed: Subscribed,
    pipeline: Arc<Pipeline>,
    options: &CallOptions,
) -> Arc<SubscribedPipeline> {
    Arc::new(SubscribedPipeline {
        filter: Ok(subscribed.filter),
        subscribe: subscribed.text,
        action: pipeline.action().definition().slug.to_owned(),
        pipeline: Ok(pipeline),
        metadata: options.subscription.clone(),
    })
}

/// One subscription gives one report.
fn only<O>(mut reports: impl Iterator<Item = Delivered<O>>) -> Delivered<O> {
    reports.next().unwrap_or_else(|| {
        let lost = waystation_kit::Error::internal("the delivery gave no report");
        (Err(Error::Action(lost)), Vec::new())
    })
}
