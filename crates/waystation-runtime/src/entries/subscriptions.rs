//! All subscriptions of a connection: in which order they run, and what they share.

use std::sync::Arc;
use std::time::Instant;

use futures_util::StreamExt;
use futures_util::stream::iter;

use crate::connection::CallOptions;
use crate::error::Result;
use crate::outcome::Report;
use crate::pipeline::SubscribedPipeline;
use crate::retry::History;
use crate::services::EventTransaction;

/// So many subscriptions of an event or a batch run at the same time, at most: the more there are, the more requests the
/// partner gets in one moment.
pub const AT_ONCE: usize = 32;

/// Runs something for each subscription; the results in the order of the subscriptions. What builds on other
/// actions begins when those of the [stage](SubscribedPipeline::stage) before have ended; the rest run at once, as many
/// as [may](AT_ONCE).
pub async fn in_order<'s, T, F>(
    subscriptions: &'s [Arc<SubscribedPipeline>],
    run: impl Fn(&'s Arc<SubscribedPipeline>) -> F,
) -> Vec<T>
where
    F: Future<Output = T>,
{
    let stage = |subscription: &Arc<SubscribedPipeline>| subscription.stage();
    let last = subscriptions.iter().map(stage).max().unwrap_or_default();
    if last == 0 {
        let running: Vec<F> = subscriptions.iter().map(run).collect();
        return iter(running).buffered(AT_ONCE).collect().await;
    }
    let mut results = Vec::with_capacity(subscriptions.len());
    for current in 0..=last {
        let due = subscriptions.iter().enumerate();
        let due = due.filter(|(_, subscription)| subscription.stage() == current);
        let due = due.map(|(place, subscription)| {
            let running = run(subscription);
            async move { (place, running.await) }
        });
        let due: Vec<_> = due.collect();
        results.extend(iter(due).buffered(AT_ONCE).collect::<Vec<_>>().await);
    }
    results.sort_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}

/// The options with a transaction of the event's own, where one of the actions builds on another and the caller
/// brings none.
#[must_use]
pub fn with_transaction(subscriptions: &[Arc<SubscribedPipeline>], options: &CallOptions) -> CallOptions {
    let mut options = options.clone();
    if options.services.transaction.is_none() && share_transaction(subscriptions) {
        options.services.transaction = Some(Arc::new(EventTransaction::default()));
    }
    options
}

/// Whether one of the actions builds on another.
#[must_use]
pub fn share_transaction(subscriptions: &[Arc<SubscribedPipeline>]) -> bool {
    subscriptions.iter().any(|subscription| subscription.stage() > 0)
}

/// Runs something for a subscription, and tells everything about it.
pub(super) async fn reported<O>(
    subscription: &SubscribedPipeline,
    run: impl AsyncFnOnce(&SubscribedPipeline, &History) -> Result<O>,
) -> Report<O> {
    let started = Instant::now();
    let history = History::default();
    let result = run(subscription, &history).await;
    Report {
        subscribe: subscription.subscribe.clone(),
        action: subscription.action.clone(),
        result,
        attempts: history.attempts(),
        duration: started.elapsed(),
    }
}
