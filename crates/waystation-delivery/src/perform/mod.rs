//! Makes deliveries by way of the runtime, and settles them.

mod batch;
mod job;
mod single;

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use waystation_client::{CallLimits, Exchanges};
use waystation_config::SubscriptionConfig;
use waystation_json::read::from_slice;
use waystation_queue::{Leased, Millis, Settlement, Stage};
use waystation_runtime::CallOptions;
use waystation_runtime::error::{Error, Result};
use waystation_runtime::observe::Observer;
use waystation_runtime::pipeline::Pipeline;
use waystation_runtime::retry::History;

use crate::connection::OpenConnection;
use crate::detail::Trail;
use crate::settlement::{Span, untried};
use crate::supervisor::Resources;

pub use job::JobPlace;

/// How much longer than its transport a call may take: when its deadline passes, the request that hangs is
/// ended first, and so gets into the record.
const GRACE: std::time::Duration = std::time::Duration::from_millis(50);

/// Makes the deliveries of one connection.
#[derive(Clone)]
pub struct Performer {
    resources: Arc<Resources>,
    connection: Arc<OpenConnection>,
    cancellation: CancellationToken,
    observer: Arc<dyn Observer>,
}

/// Deliveries of one subscription that are made together.
#[derive(Debug)]
pub enum Work {
    /// One, by itself.
    Single(Leased),
    /// A batch.
    Batch(Vec<Leased>),
    /// Items of a job that was handed in before.
    Poll(Vec<(Leased, JobPlace)>),
}

impl Work {
    /// How many deliveries it is.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Single(_) => 1,
            Self::Batch(items) => items.len(),
            Self::Poll(items) => items.len(),
        }
    }

    /// Whether it is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn into_leased(self) -> Vec<Leased> {
        match self {
            Self::Single(leased) => vec![leased],
            Self::Batch(items) => items,
            Self::Poll(items) => items.into_iter().map(|(leased, _)| leased).collect(),
        }
    }
}

/// One call of the runtime that has begun.
struct Call {
    options: CallOptions,
    history: History,
    exchanges: Exchanges,
    started_at: Millis,
}

impl Performer {
    /// Makes the deliveries of this connection until they are told to stop.
    #[must_use]
    pub fn new(
        resources: Arc<Resources>,
        connection: Arc<OpenConnection>,
        cancellation: CancellationToken,
    ) -> Self {
        let observer = resources.watch.observer(connection.name());
        Self {
            resources,
            connection,
            cancellation,
            observer,
        }
    }

    /// Makes deliveries of one subscription; what became of them. Leases of calls that were cut off by a
    /// shutdown are not among the settlements: they have gone back.
    pub async fn perform(&self, subscription: &str, work: Work) -> Vec<Settlement> {
        let Some(subscription) = self.connection.subscription(subscription) else {
            return self.without_subscription(subscription, work);
        };
        let pipeline = match &subscription.pipeline.pipeline {
            Ok(pipeline) => Arc::clone(pipeline),
            Err(unusable) => {
                let message = unusable.to_string();
                return all_untried(work, Stage::Subscription, &message);
            }
        };
        match work {
            Work::Single(leased) => self.single(subscription, &pipeline, leased).await,
            Work::Batch(items) if is_asynchronous(&pipeline) => {
                self.submit(subscription, &pipeline, items).await
            }
            Work::Batch(items) => self.batch(subscription, &pipeline, items).await,
            Work::Poll(items) => self.poll(&pipeline, items).await,
        }
    }

    fn without_subscription(&self, subscription: &str, work: Work) -> Vec<Settlement> {
        let message = format!(
            "Connection \"{}\" has no subscription \"{subscription}\" any more",
            self.connection.name()
        );
        all_untried(work, Stage::Subscription, &message)
    }

    fn begin(&self) -> Call {
        let config = self.connection.config();
        let deadline = config.policy.deadline;
        let transport = self.resources.client.per_call(CallLimits {
            deadline: Instant::now().checked_add(deadline),
            cancellation: Some(self.cancellation.clone()),
        });
        let exchanges = transport.exchanges();
        Call {
            options: CallOptions {
                features: Arc::clone(&config.features),
                retries: config.policy.retries,
                deadline: Some(deadline.saturating_add(GRACE)),
                cancellation: self.cancellation.clone(),
                observer: Arc::clone(&self.observer),
                ..CallOptions::new(Arc::new(transport))
            },
            history: History::default(),
            exchanges,
            started_at: Millis::now(),
        }
    }

    fn end(&self, call: &Call) -> (Trail, Span) {
        let trail = Trail::new(
            &call.history.attempts(),
            &call.exchanges,
            self.connection.redactor(),
            &self.resources.record,
        );
        let span = Span {
            started_at: call.started_at,
            finished_at: Millis::now(),
        };
        (trail, span)
    }
}

fn is_asynchronous(pipeline: &Pipeline) -> bool {
    matches!(
        pipeline.action().definition().perform,
        waystation_kit::any::Perform::Asynchronous { .. }
    )
}

fn all_untried(work: Work, stage: Stage, message: &str) -> Vec<Settlement> {
    let now = Millis::now();
    let leased = work.into_leased().into_iter();
    leased
        .map(|leased| untried(leased, stage, message, now))
        .collect()
}

/// The events of deliveries that can be read, and the settlements of those that cannot: a store that somebody
/// else has written into.
fn readable(items: Vec<Leased>) -> (Vec<Leased>, Vec<Value>, Vec<Settlement>) {
    let (mut kept, mut events, mut settled) = (Vec::with_capacity(items.len()), Vec::new(), Vec::new());
    for leased in items {
        match from_slice(&leased.event.body) {
            Ok(event) => {
                kept.push(leased);
                events.push(event);
            }
            Err(error) => {
                let message = format!("The stored event is not JSON: {error}");
                settled.push(untried(leased, Stage::Ingest, message, Millis::now()));
            }
        }
    }
    (kept, events, settled)
}

/// A panic of a destination is a failure of the delivery, which may be tried again, not of the service.
async fn guarded<T>(call: impl Future<Output = Result<T>>) -> Result<T> {
    let caught = AssertUnwindSafe(call).catch_unwind().await;
    caught.unwrap_or_else(|_| {
        tracing::error!("a destination panicked");
        Err(Error::Action(waystation_kit::Error::internal(
            "The destination panicked",
        )))
    })
}

/// Whether the call was cut off by a shutdown: nothing is known of it, and nothing is to be recorded.
fn is_cut_off(error: &Error) -> bool {
    matches!(error, Error::Action(waystation_kit::Error::Aborted))
}

fn metadata(subscription: &SubscriptionConfig) -> waystation_kit::context::SubscriptionMetadata {
    subscription.pipeline.metadata.clone()
}
