//! Calls the action.

use std::sync::Arc;

use tokio::time::Instant;
use waystation_kit::any::{BatchAnswer, Perform as Handlers, RawItem};
use waystation_kit::{BatchOutput, Error, ItemOutcome};

use super::{Delivered, Delivery, Target};
use crate::observe::{Attempted, End};
use crate::retry::History;

/// Calls the action of a target, with the tokens as they are at that moment, and notes in the history that an
/// attempt got as far as this.
pub(super) async fn perform(
    target: &Target,
    history: &History,
    delivery: Delivery,
) -> Result<Delivered, Error> {
    let mut observed = Observed::begin(target, history);
    let result = call(target, delivery).await;
    observed.end = End::of(&result);
    result
}

/// Tells the observer of an attempt, even of one that is cut off.
struct Observed<'target> {
    target: &'target Target,
    started: Instant,
    end: End,
}

impl<'target> Observed<'target> {
    fn begin(target: &'target Target, history: &History) -> Self {
        let started = Instant::now();
        history.sent(started);
        Self {
            target,
            started,
            end: End::CutOff,
        }
    }
}

impl Drop for Observed<'_> {
    fn drop(&mut self) {
        let attempted = Attempted {
            latency: self.started.elapsed(),
            end: self.end,
        };
        let observer = &self.target.options.observer;
        observer.attempted(self.target.place(), &attempted);
    }
}

async fn call(target: &Target, delivery: Delivery) -> Result<Delivered, Error> {
    let mut call = target.connection.call(&target.options, &target.about)?;
    match (&target.action.perform, delivery) {
        (
            Handlers::Single(single) | Handlers::Batched { single, .. },
            Delivery::Single {
                payload,
                audience_membership,
            },
        ) => {
            call.audience_membership = audience_membership;
            single(call, payload).await.map(Delivered::Single)
        }
        (Handlers::Batched { batch, .. }, Delivery::Batch(items)) => {
            let answer = batch(call, items.clone()).await?;
            Ok(Delivered::Batch(outcomes(&items, answer)))
        }
        (Handlers::Asynchronous { submit, .. }, Delivery::Submit(items)) => {
            submit(call, items).await.map(Delivered::Submitted)
        }
        (Handlers::Asynchronous { poll, .. }, Delivery::Poll(job)) => {
            poll(call, job).await.map(Delivered::Polled)
        }
        (handlers, _) => Err(Error::not_implemented(match handlers {
            Handlers::Asynchronous { .. } => {
                format!(
                    "{} is asynchronous: hand its batches in as jobs",
                    target.action.slug
                )
            }
            Handlers::Single(_) => format!("{} does not take batches", target.action.slug),
            Handlers::Batched { .. } => format!("{} is not asynchronous", target.action.slug),
        })),
    }
}

/// A result for each item that was sent (`../spec/runtime.md` section 7).
fn outcomes(items: &[RawItem], answer: BatchAnswer<BatchOutput>) -> Vec<ItemOutcome> {
    let BatchAnswer { output, untyped } = answer;
    let given: Vec<_> = items
        .iter()
        .enumerate()
        .filter(|(place, _)| untyped.iter().all(|(at, _)| at != place))
        .map(|(_, item)| Arc::clone(&item.payload))
        .collect();
    let mut typed = output.into_outcomes(&given);
    // Ascending places, so that each insertion finds its final position.
    for (place, error) in untyped {
        typed.insert(place.min(typed.len()), error.into());
    }
    typed
}
