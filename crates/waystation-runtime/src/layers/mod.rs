//! The tower stack that carries a payload to its action.
//!
//! ```text
//! observe > deadline > bounded admission > RETRY > breaker > rate limit > concurrency > auth refresh > perform
//! ```
//!
//! Every attempt, not only the first, passes everything inside RETRY; a delivery that sleeps before its next
//! attempt holds nothing of that. Connections without guards pass breaker, limits and admission at no cost.

mod admission;
mod auth_refresh;
mod breaker;
mod concurrency;
mod deadline;
mod perform;
mod rate_limit;
mod step;

use std::sync::Arc;

use serde_json::Value;
use tower::layer::layer_fn;
use tower::retry::RetryLayer;
use tower::{ServiceBuilder, ServiceExt};
use tracing::Instrument;
use waystation_kit::any::{AnyAction, RawItem};
use waystation_kit::context::About;
use waystation_kit::{Error, ItemOutcome, Output};

use crate::connection::{CallOptions, Connection};
use crate::observe::Place;
use crate::retry::{History, Progress, RetryPolicy, end_last};

pub(crate) use auth_refresh::exchange_refresh_token;
pub use auth_refresh::{AuthRefresh, refresh_tokens};
pub use breaker::Breaker;
pub use concurrency::Concurrency;
pub use deadline::within_deadline;
pub use perform::Perform;
pub use rate_limit::RateLimit;
pub use step::{AttemptFuture, Step};

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
}

/// What a delivery came to.
#[derive(Debug, Clone)]
pub enum Delivered {
    /// What the action returned.
    Single(Output),
    /// A result for each item, in order.
    Batch(Vec<ItemOutcome>),
}

impl Delivery {
    /// The number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Single { .. } => 1,
            Self::Batch(items) => items.len(),
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
    let target = Arc::new(target);
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
    let _place = admission::place(target).await?;
    let policy = RetryPolicy::new(Arc::clone(target), history.clone(), progress.clone());
    // The retry layer clones its inner service, so everything inside is cheap to clone.
    ServiceBuilder::new()
        // Outermost of what belongs to an attempt, so that each passes all that follows, and a sleeping retry
        // holds none of it.
        .layer(RetryLayer::new(policy))
        // Before anything that waits: a delivery that the partner cannot take now goes back at once.
        .layer(layer_fn(|inner| Breaker::new(inner, Arc::clone(target))))
        // Before concurrency, so that who waits for a turn keeps no permit from others.
        .layer(layer_fn(|inner| RateLimit::new(inner, Arc::clone(target))))
        // Around what takes the partner's time and nothing else, for that is what the limit is learned from.
        .layer(layer_fn(|inner| Concurrency::new(inner, Arc::clone(target))))
        // Innermost: a refused token is no failure of the partner, and the second call belongs to the attempt.
        .layer(layer_fn(|inner| AuthRefresh::new(inner, progress.clone())))
        .service(Perform::new(Arc::clone(target), history.clone()))
        .oneshot(delivery)
        .await
}

fn message_id(about: &About) -> &str {
    match about.events.as_slice() {
        [event] => event.get("messageId").and_then(Value::as_str).unwrap_or_default(),
        _ => "",
    }
}
