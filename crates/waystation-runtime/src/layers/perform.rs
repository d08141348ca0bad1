//! Calls the action.

use std::sync::Arc;

use tokio::time::Instant;
use waystation_kit::any::{BatchAnswer, Perform as Handlers, RawItem};
use waystation_kit::{BatchOutput, Error, ItemOutcome};

use super::{Delivered, Delivery, Target, dry_run};
use crate::guards::{Guards, is_held_back};
use crate::observe::{Attempted, End};
use crate::retry::History;

/// Calls the action of a target, with the tokens as they are at that moment, and notes in the history that an
/// attempt got as far as this.
pub(super) async fn perform(
    target: &Target,
    history: &History,
    delivery: Delivery,
) -> Result<Delivered, Error> {
    let guards = target.connection.guards();
    let _calling = guards.map(|guards| guards.begin_call());
    let mut observed = Observed::begin(target, history);
    let result = match target.options.is_dry_run {
        true => dry_run::call(target, delivery).await,
        false => call(target, delivery).await,
    };
    if let Some(guards) = guards {
        rest(guards, target, history, &result);
    }
    observed.end(&result);
    result
}

/// Gives the connection the rest that the result of a call asks for and none of its answers did.
fn rest(guards: &Guards, target: &Target, history: &History, result: &Result<Delivered, Error>) {
    if let Some(rest) = guards.learn_from_call(result, history.is_limited()) {
        tracing::warn!(
            rest_ms = u64::try_from(rest.as_millis()).unwrap_or(u64::MAX),
            "the partner asks for a rest of the whole connection"
        );
        target.options.observer.held(target.place(), rest);
    }
}

/// Tells the observer of an attempt, even of one that is cut off, but not of one that was held back.
struct Observed<'target> {
    target: &'target Target,
    history: &'target History,
    started: Instant,
    end: End,
}

impl<'target> Observed<'target> {
    fn begin(target: &'target Target, history: &'target History) -> Self {
        let started = Instant::now();
        if target.connection.guards().is_none() {
            history.sent(started);
        }
        Self {
            target,
            history,
            started,
            end: End::CutOff,
        }
    }

    fn end(&mut self, result: &Result<Delivered, Error>) {
        self.end = End::of(result);
        // An action may do its work without a request.
        if !is_held_back(result) {
            self.history.sent(self.started);
        }
    }
}

impl Drop for Observed<'_> {
    fn drop(&mut self) {
        if !self.history.is_sent() {
            return;
        }
        let waited = self.history.time_in_line();
        let attempted = Attempted {
            latency: self.started.elapsed().saturating_sub(waited),
            end: self.end,
        };
        let observer = &self.target.options.observer;
        observer.attempted(self.target.place(), &attempted);
    }
}

pub(super) async fn call(target: &Target, delivery: Delivery) -> Result<Delivered, Error> {
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

/// A result for each item that was sent (recorded in `tests/conformance/runtime`).
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
