//! The tower stack that carries a payload to its action.
//!
//! ```text
//! observe > deadline > RETRY > auth refresh > perform
//! ```
//!
//! Every attempt, not only the first, passes everything inside RETRY.

mod auth_refresh;
mod deadline;
mod perform;

use std::sync::Arc;

use serde_json::Value;
use tower::{Layer, ServiceExt};
use tracing::Instrument;
use waystation_kit::any::{AnyAction, RawItem};
use waystation_kit::context::About;
use waystation_kit::{Error, ItemOutcome, Output};

use crate::connection::{CallOptions, Connection};
use crate::retry::{History, Progress, RetryPolicy, Verdict};

pub(crate) use auth_refresh::exchange_refresh_token;
pub use auth_refresh::{AuthRefresh, refresh_tokens};
pub use deadline::within_deadline;
pub use perform::Perform;

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

/// Sends a delivery through the stack. The history tells what each attempt came to, even when the deadline
/// ends the call.
///
/// # Errors
/// The failure that ended the last attempt or the call, if no item of a batch has a result of its own.
pub async fn deliver(target: Target, delivery: Delivery, history: &History) -> Result<Delivered, Error> {
    let span = tracing::info_span!(
        "delivery",
        destination = target.connection.destination().definition().slug,
        action = target.action.slug,
        message_id = message_id(&target.about),
        items = delivery.len(),
    );
    let options = target.options.clone();
    let progress = Progress::of(&delivery);
    let policy = RetryPolicy::new(
        options.retries,
        options.services.clock,
        history.clone(),
        progress.clone(),
    );
    // The retry layer clones its inner service, so everything inside is cheap to clone.
    let attempt = AuthRefresh::new(Perform::new(target), progress.clone());
    let stack = tower::retry::RetryLayer::new(policy).layer(attempt);
    let result = within_deadline(&options, stack.oneshot(delivery))
        .instrument(span)
        .await;
    // An attempt that is still under way was cut off.
    history.end(Verdict::of(&result, options.services.clock.now_millis()), None);
    progress.join(result)
}

fn message_id(about: &About) -> &str {
    match about.events.as_slice() {
        [event] => event.get("messageId").and_then(Value::as_str).unwrap_or_default(),
        _ => "",
    }
}
