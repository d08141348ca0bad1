//! The innermost service: calls the action.

use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::time::Instant;
use tower::Service;
use waystation_kit::any::{BatchAnswer, Perform as Handlers, RawItem};
use waystation_kit::{BatchOutput, Error, ItemOutcome};

use super::step::AttemptFuture;
use super::{Delivered, Delivery, Target};
use crate::observe::{Attempted, End};
use crate::retry::History;

/// Calls the action of a target, with the tokens as they are at that moment.
#[derive(Clone)]
pub struct Perform {
    target: Arc<Target>,
    history: History,
}

impl Perform {
    /// Calls this target, and notes in the history that an attempt got as far as this.
    #[must_use]
    pub fn new(target: Arc<Target>, history: History) -> Self {
        Self { target, history }
    }

    /// The target.
    #[must_use]
    pub fn target(&self) -> &Arc<Target> {
        &self.target
    }
}

impl Service<Delivery> for Perform {
    type Response = Delivered;
    type Error = Error;
    type Future = AttemptFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, delivery: Delivery) -> AttemptFuture {
        let Self { target, history } = self.clone();
        Box::pin(async move {
            let mut observed = Observed::begin(&target, &history);
            let result = perform(&target, delivery).await;
            observed.end = End::of(&result);
            result
        })
    }
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

async fn perform(target: &Target, delivery: Delivery) -> Result<Delivered, Error> {
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
        (Handlers::Single(_), Delivery::Batch(_)) => Err(Error::not_implemented(format!(
            "{} does not take batches",
            target.action.slug
        ))),
        (Handlers::Asynchronous { .. }, _) => Err(Error::not_implemented(format!(
            "{} is asynchronous: hand its batches in as jobs",
            target.action.slug
        ))),
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
