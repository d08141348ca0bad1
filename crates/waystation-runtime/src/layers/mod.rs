//! The stack that carries a payload, a batch or a question about a job to its action.
//!
//! ```text
//! observe > deadline > bounded admission > RETRY > breaker > token refresh > perform > [each request: rest > rate > permit]
//! ```
//!
//! The retry wrapper is tower's; what it repeats is one function, in `attempt.rs`. Every attempt, not only the first,
//! passes everything inside RETRY; a delivery that sleeps before its next attempt holds nothing of that.
//! Connections without guards pass breaker, limits and admission at no cost.

mod attempt;
mod deadline;
mod dry_run;
mod perform;
mod token_refresh;

use std::sync::Arc;

use serde_json::Value;
use tower::retry::Retry;
use tower::{ServiceExt, service_fn};
use tracing::Instrument;
use waystation_kit::any::{AnyAction, BatchAnswer, RawItem};
use waystation_kit::context::About;
use waystation_kit::jobs::{JobPoll, JobStatus, SubmittedJob};
use waystation_kit::{Error, ItemOutcome, Output};

use crate::connection::{CallOptions, Connection};
use crate::guards::Metered;
use crate::observe::Place;
use crate::retry::{History, Progress, RetryPolicy, end_last};

use attempt::Attempting;
pub use deadline::within_deadline;
pub(crate) use token_refresh::exchange_refresh_token;
pub use token_refresh::refresh_tokens;

/// What is to be delivered.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// One payload.
    Single {
        /// The validated payload.
        payload: Arc<Value>,
        /// Whether the person enters or leaves the audience.
        audience_membership: Option<bool>,
    },
    /// The valid items of a batch.
    Batch(Vec<RawItem>),
    /// The valid items of a batch that becomes a job.
    Submit(Vec<RawItem>),
    /// A question about a job.
    Poll(JobPoll),
}

/// What a delivery came to.
#[derive(Debug, Clone)]
pub enum Delivered {
    /// What the action returned.
    Single(Output),
    /// A result for each item, in order.
    Batch(Vec<ItemOutcome>),
    /// The job, and what is known of each item.
    Submitted(BatchAnswer<SubmittedJob>),
    /// How far the job is.
    Polled(JobStatus),
}

impl Delivered {
    /// What the action returned for a single payload.
    pub(crate) fn single(self) -> Result<Output, Error> {
        match self {
            Self::Single(output) => Ok(output),
            other => Err(other.mixed_up()),
        }
    }

    /// The results of a batch.
    pub(crate) fn batch(self) -> Result<Vec<ItemOutcome>, Error> {
        match self {
            Self::Batch(items) => Ok(items),
            other => Err(other.mixed_up()),
        }
    }

    /// The job that a batch became.
    pub(crate) fn submitted(self) -> Result<BatchAnswer<SubmittedJob>, Error> {
        match self {
            Self::Submitted(job) => Ok(job),
            other => Err(other.mixed_up()),
        }
    }

    /// How far a job is.
    pub(crate) fn polled(self) -> Result<JobStatus, Error> {
        match self {
            Self::Polled(status) => Ok(status),
            other => Err(other.mixed_up()),
        }
    }

    /// The stack gives back what belongs to what it was given; anything else is a fault of its own.
    fn mixed_up(&self) -> Error {
        let what = match self {
            Self::Single(_) => "a single result",
            Self::Batch(_) => "the results of a batch",
            Self::Submitted(_) => "a job",
            Self::Polled(_) => "the state of a job",
        };
        Error::internal(format!("the delivery came back as {what}"))
    }
}

impl Delivery {
    /// The number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Single { .. } => 1,
            Self::Batch(items) | Self::Submit(items) => items.len(),
            Self::Poll(job) => job.upload_count,
        }
    }

    /// Whether there is nothing to deliver.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Leaves only the items at these places, which are in ascending order.
    pub fn keep_items(&mut self, indices: &[usize]) {
        if let Self::Batch(items) = self {
            let mut place = 0;
            items.retain(|_| {
                place += 1;
                indices.binary_search(&(place - 1)).is_ok()
            });
        }
    }
}

/// Where deliveries go: an action of a connection.
#[derive(Clone)]
pub struct Target {
    /// The connection.
    pub connection: Connection,
    /// The action.
    pub action: Arc<AnyAction>,
    /// What the caller knows about the event or batch.
    pub about: Arc<About>,
    /// What the caller brings along.
    pub options: CallOptions,
}

impl Target {
    /// Where the target is, for metrics.
    #[must_use]
    pub fn place(&self) -> Place {
        Place {
            destination: self.connection.destination().definition().slug,
            action: self.action.slug,
        }
    }
}

/// Sends a delivery through the stack. The history tells what each attempt came to, even when the deadline
/// ends the call.
///
/// # Errors
/// The failure that ended the last attempt or the call, if no item of a batch has a result of its own.
pub async fn deliver(target: Target, delivery: Delivery, history: &History) -> Result<Delivered, Error> {
    let Place { destination, action } = target.place();
    let span = tracing::info_span!(
        "delivery",
        destination,
        action,
        message_id = message_id(&target.about),
        items = delivery.len(),
    );
    let options = Metered::options(&target.connection, &target.options, target.place(), history);
    let target = Arc::new(Target { options, ..target });
    let progress = Progress::of(&delivery);
    let attempts = attempts(&target, &progress, history, delivery);
    let result = within_deadline(&target.options, attempts)
        .instrument(span.clone())
        .await;
    span.in_scope(|| end_last(&target, history, &result));
    progress.join(result)
}

async fn attempts(
    target: &Arc<Target>,
    progress: &Progress,
    history: &History,
    delivery: Delivery,
) -> Result<Delivered, Error> {
    // Outside the retries, so that those that sleep count as well and waiting work cannot pile up; within the
    // deadline, so that nobody stands in line longer than the caller waits.
    let _place = match target.connection.guards() {
        Some(guards) => {
            let patience = target.options.retries.longest_partner_wait;
            Some(guards.admission().enter(patience).await?)
        }
        None => None,
    };
    let policy = RetryPolicy::new(Arc::clone(target), history.clone(), progress.clone());
    let attempting = Attempting {
        target: Arc::clone(target),
        history: history.clone(),
        progress: progress.clone(),
    };
    let attempt = service_fn(move |delivery| attempting.clone().attempt(delivery));
    Retry::new(policy, attempt).oneshot(delivery).await
}

fn message_id(about: &About) -> &str {
    match about.events.as_slice() {
        [event] => event.get("messageId").and_then(Value::as_str).unwrap_or_default(),
        _ => "",
    }
}
