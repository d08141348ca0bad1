//! What the deliveries of one event to one connection share: what the action of one notes is there for those of the
//! others that build on it.
//!
//! Each has a row of its own in the queue. Routing puts them in order and gives them one order key, so that a later one is
//! leased only when the earlier ones have ended, after a restart as well. What an action notes is stored with its
//! delivered row, in the transaction that settles it.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use waystation_config::SubscriptionConfig;
use waystation_kit::services::Transaction;
use waystation_queue::{Leased, QueueError};
use waystation_runtime::services::EventTransaction;

use super::Performer;

impl Performer {
    /// The transaction of a delivery's event with what was noted so far; `None` if nobody else would read it.
    ///
    /// # Errors
    /// The store could not be read.
    pub(super) async fn transaction(
        &self,
        subscription: &SubscriptionConfig,
        leased: &Leased,
    ) -> Result<Option<Arc<EventTransaction>>, QueueError> {
        let (queue, first) = (&self.resources.queue, leased.event.first);
        let pipeline = &subscription.pipeline;
        let mut values = BTreeMap::new();
        if pipeline.stage() > 0 && first < leased.id() {
            for notes in queue.noted(first, self.connection.name()).await? {
                let notes: BTreeMap<String, String> = serde_json::from_slice(&notes).unwrap_or_default();
                values.extend(notes);
            }
        }
        let mut others = self.connection.config().subscriptions.iter();
        let is_built_on = others.any(|other| other.pipeline.builds_on(pipeline));
        let is_shared = is_built_on || pipeline.stage() > 0;
        Ok(is_shared.then(|| Arc::new(EventTransaction::new(values))))
    }
}

/// What the actions have noted, for the store; `None` for nothing.
pub(super) fn notes(transaction: Option<&EventTransaction>) -> Option<Bytes> {
    let values = transaction?.values();
    if values.is_empty() {
        return None;
    }
    serde_json::to_vec(&values).ok().map(Bytes::from)
}
