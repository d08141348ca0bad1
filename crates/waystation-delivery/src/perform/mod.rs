//! Makes deliveries by way of the runtime, and settles them.

mod batch;
mod deletion;
mod job;
mod shared;
mod single;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio_util::sync::CancellationToken;
use waystation_client::record::MARGIN;
use waystation_config::SubscriptionConfig;
use waystation_json::read::from_slice;
use waystation_kit::context::Services;
use waystation_queue::{Clock, Leased, Millis, Settlement, Stage};
use waystation_runtime::pipeline::Pipeline;
use waystation_runtime::{Call, CallSettings, Error, Way};

use crate::connection::OpenConnection;
use crate::deletion::is_deletion;
use crate::detail::Trail;
use crate::schedule::attempts_made;
use crate::settlement::{Span, UnknownOutcomes, untried};
use crate::supervisor::Resources;

pub use job::JobPlace;

/// Makes the deliveries of one connection.
#[derive(Clone)]
pub struct Performer {
    resources: Arc<Resources>,
    connection: Arc<OpenConnection>,
    settings: CallSettings,
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

/// A call of the runtime, and when it began.
struct Begun {
    call: Call,
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
        let policy = &connection.config().policy;
        let settings = CallSettings {
            retries: policy.retries,
            unknown_outcome_tries: policy.unknown_outcome_tries,
            time_limit: Some(policy.deadline),
            cancellation,
            observer: resources.watch.observer(connection.name()),
            kept_bodies: Some(resources.record.body_limit.saturating_add(MARGIN)),
            services: Services {
                taken: connection.taken().clone(),
                ..Services::default()
            },
            ..CallSettings::new(resources.client.clone())
        };
        Self {
            resources,
            connection,
            settings,
        }
    }

    /// Makes deliveries of one subscription; what became of them. Leases of calls that were cut off by a
    /// shutdown are not among the settlements: they have gone back.
    pub async fn perform(&self, subscription: &str, work: Work) -> Vec<Settlement> {
        let work = match work {
            Work::Single(leased) if is_deletion(&leased) => return self.delete(leased).await,
            work => work,
        };
        let Some(subscription) = self.connection.subscription(subscription) else {
            return self.without_subscription(subscription, work);
        };
        let pipeline = match &subscription.pipeline.pipeline {
            Ok(pipeline) => Arc::clone(pipeline),
            Err(unusable) => {
                let message = unusable.to_string();
                return self.all_untried(work, Stage::Subscription, &message);
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
        self.all_untried(work, Stage::Subscription, &message)
    }

    fn all_untried(&self, work: Work, stage: Stage, message: &str) -> Vec<Settlement> {
        let now = self.clock().now();
        let leased = work.into_leased().into_iter();
        leased
            .map(|leased| untried(leased, stage, message, now))
            .collect()
    }

    fn clock(&self) -> &Clock {
        self.resources.queue.clock()
    }

    /// Begins a call for these deliveries, in their order. Those that have been tried before have used up attempts in
    /// process.
    fn begin<'leased>(&self, items: impl IntoIterator<Item = &'leased Leased>) -> Begun {
        let started_at = self.clock().now();
        let policy = &self.connection.config().policy;
        let (mut unknown, mut earlier_attempts) = (Vec::new(), 0);
        for leased in items {
            unknown.push(leased.unknown_outcomes);
            earlier_attempts = earlier_attempts.max(attempts_made(policy, leased, started_at));
        }
        let mut call = Call::begin(&self.settings, []);
        call.options.earlier_attempts = earlier_attempts;
        call.options.never_retry = policy.never_retry.as_slice().into();
        call.options.features = Arc::clone(&self.connection.config().features);
        call.options.services.clock = self.clock().clone();
        call.options.services.state = Some(Arc::clone(self.connection.memory()) as _);
        if unknown.iter().any(|unknown| *unknown > 0) {
            call.options.earlier_unknown_outcomes = unknown.into();
        }
        Begun { call, started_at }
    }

    /// How often the outcome of a delivery was unknown, this call included, in which it has this place.
    fn unknown(&self, begun: &Begun, pipeline: &Pipeline, leased: &Leased, place: usize) -> UnknownOutcomes {
        let options = &begun.call.options;
        UnknownOutcomes {
            so_far: leased.unknown_outcomes + begun.call.unknown_outcomes(place),
            tries: match pipeline.action().definition().idempotent {
                true => u32::MAX,
                false => options.unknown_outcome_tries,
            },
        }
    }

    fn end(&self, begun: &Begun) -> (Trail, Span) {
        let trail = Trail::new(
            &begun.call.attempts(),
            begun.call.record(),
            // Once more: a token may have been refreshed on the way.
            self.connection.redactor(),
            &self.resources.record,
        );
        let refused = self.connection.guards().refused_credentials();
        let trail = trail.paused_for(refused.map(|refused| Duration::from_millis(refused.next_probe_in_ms)));
        let span = Span {
            started_at: begun.started_at,
            finished_at: self.clock().now(),
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

/// The events of deliveries that can be read, and the settlements of those that cannot: a store that somebody
/// else has written into.
fn readable(items: Vec<Leased>, now: Millis) -> (Vec<Leased>, Vec<Value>, Vec<Settlement>) {
    let (mut kept, mut events, mut settled) = (Vec::with_capacity(items.len()), Vec::new(), Vec::new());
    for leased in items {
        match from_slice(&leased.event.body) {
            Ok(event) => {
                kept.push(leased);
                events.push(event);
            }
            Err(error) => {
                let message = format!("The stored event is not JSON: {error}");
                settled.push(untried(leased, Stage::Ingest, message, now));
            }
        }
    }
    (kept, events, settled)
}

/// Whether the call was cut off by a shutdown: nothing is known of it, and nothing is to be recorded.
fn is_cut_off(error: &Error) -> bool {
    matches!(error, Error::Action(waystation_kit::Error::Aborted))
}

/// Routing has asked the subscription already.
fn way(subscription: &SubscriptionConfig, pipeline: &Arc<Pipeline>) -> Way {
    Way::Pipeline(Arc::clone(pipeline), subscription.pipeline.metadata.clone())
}
