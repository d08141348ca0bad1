//! The innermost service: calls the action.

use std::sync::Arc;
use std::task::{Context, Poll};

use serde_json::{Value, json};
use tokio::time::Instant;
use tower::Service;
use waystation_kit::any::{BatchAnswer, Perform as Handlers, RawItem};
use waystation_kit::multistatus::partner_message;
use waystation_kit::{
    BatchOutput, Error, ItemError, ItemOutcome, ItemSuccess, MultiStatusResponse, Response,
};

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
    let typed = items
        .iter()
        .enumerate()
        .filter(|(place, _)| untyped.iter().all(|(at, _)| at != place));
    let mut typed: Vec<ItemOutcome> = match output {
        BatchOutput::MultiStatus(results) => aligned(typed.count(), results),
        BatchOutput::Response(response) => typed.map(|(_, item)| legacy(item, &response)).collect(),
        BatchOutput::Delivered => typed
            .map(|(_, item)| ItemSuccess::new(Value::clone(&item.payload), json!({})).into())
            .collect(),
    };
    // Ascending places, so that each insertion finds its final position.
    for (place, error) in untyped {
        typed.insert(place.min(typed.len()), error.into());
    }
    typed
}

/// As many results as items: holes and missing ones become errors, surplus ones are ignored.
fn aligned(len: usize, results: MultiStatusResponse) -> Vec<ItemOutcome> {
    let mut outcomes = results.into_outcomes();
    outcomes.resize_with(len, || ItemError::missing().into());
    outcomes
}

/// One answer for all items. A failing status that the action tolerated is a failure all the same.
fn legacy(item: &RawItem, response: &Response) -> ItemOutcome {
    let sent = Value::clone(&item.payload);
    let body = response.data_or_text();
    if response.status() < 400 {
        return ItemSuccess {
            status: response.status(),
            sent,
            body,
        }
        .into();
    }
    ItemError::new(response.status(), partner_message(response))
        .with_exchange(sent, body)
        .of_whole_request()
        .into()
}
