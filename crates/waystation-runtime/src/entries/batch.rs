//! A batch of events, all subscriptions of a connection.

use std::sync::Arc;

use serde_json::Value;
use tokio::task::yield_now;
use tokio::time::Instant;
use waystation_kit::any::{AnyAction, RawItem};
use waystation_kit::context::{Events, SubscriptionMetadata};
use waystation_kit::{ItemError, ItemOutcome};

use super::subscriptions::{in_order, reported};
use super::target;
use crate::connection::{CallOptions, Connection};
use crate::error::{Error, Result};
use crate::layers::{Delivered, Delivery, deliver};
use crate::membership::audience_membership;
use crate::observe::{Counter, count_failures};
use crate::outcome::{BatchOutcome, Report, Skip};
use crate::pipeline::{Pipeline, SubscribedPipeline, UnusablePipeline};
use crate::retry::History;

/// Runs a batch through every subscription; a report for each, in their order. As for
/// [one event](super::event::deliver_event), but that the subscriptions share no transaction: it belongs to an
/// event.
pub async fn deliver_batch(
    connection: &Connection,
    subscriptions: &[Arc<SubscribedPipeline>],
    events: &Arc<[Value]>,
    options: &CallOptions,
) -> Vec<Report<BatchOutcome>> {
    let run = async |subscription: &SubscribedPipeline, history: &History| {
        run(connection, subscription, events, options, history).await
    };
    in_order(subscriptions, |subscription| reported(subscription, run)).await
}

/// Runs a batch through one subscription.
pub(crate) async fn run(
    connection: &Connection,
    subscription: &SubscribedPipeline,
    events: &Arc<[Value]>,
    options: &CallOptions,
    history: &History,
) -> Result<BatchOutcome> {
    let filter = match &subscription.filter {
        Ok(filter) => filter,
        Err(error) => {
            options
                .observer
                .count(Counter::TurnedAway, &subscription.action, events.len());
            return Ok(refused_by(&Skip::InvalidFilter(error.clone()), events.len()));
        }
    };
    let subscribed: Vec<usize> = events
        .iter()
        .enumerate()
        .filter(|(_, event)| filter.matches(event))
        .map(|(index, _)| index)
        .collect();
    for _ in subscribed.len()..events.len() {
        options
            .observer
            .count(Counter::TurnedAway, &subscription.action, 1);
    }
    if subscribed.is_empty() {
        return Ok(BatchOutcome::Skipped(Skip::NotSubscribed));
    }
    let pipeline = match &subscription.pipeline {
        Ok(pipeline) => pipeline,
        Err(error @ UnusablePipeline::UnknownAction { .. }) => {
            let unknown = ItemError::payload(error.to_string());
            return Ok(BatchOutcome::Items(vec![unknown.into(); events.len()]));
        }
        Err(UnusablePipeline::Invalid(error)) => return Err(error.clone()),
    };
    let matching = match subscribed.len() == events.len() {
        true => Arc::clone(events),
        false => subscribed.iter().map(|index| events[*index].clone()).collect(),
    };
    let outcome = perform_batch(
        connection,
        pipeline,
        matching,
        subscription.metadata.clone(),
        options,
        history,
    )
    .await?;
    Ok(spread(outcome, &subscribed, events.len()))
}

/// The same finding for every item.
fn refused_by(skip: &Skip, len: usize) -> BatchOutcome {
    BatchOutcome::Items(vec![skip.to_item().into(); len])
}

/// Puts the results of the subscribed events back among the others.
fn spread(outcome: BatchOutcome, subscribed: &[usize], len: usize) -> BatchOutcome {
    let place = |items: Vec<ItemOutcome>| {
        let mut all: Vec<ItemOutcome> = vec![Skip::NotSubscribed.to_item().into(); len];
        for (index, item) in subscribed.iter().zip(items) {
            all[*index] = item;
        }
        all
    };
    match outcome {
        BatchOutcome::Items(items) => BatchOutcome::Items(place(items)),
        BatchOutcome::Failed { error, items } => BatchOutcome::Failed {
            error,
            items: place(items),
        },
        skipped @ BatchOutcome::Skipped(_) => skipped,
    }
}

/// Runs a batch through one pipeline, without asking a subscription. The batch handler is called once, even
/// for a single event, and not at all when no payload is valid.
///
/// # Errors
/// The action takes no batches, or the mapping cannot be resolved.
pub async fn perform_batch(
    connection: &Connection,
    pipeline: &Pipeline,
    events: Arc<[Value]>,
    metadata: SubscriptionMetadata,
    options: &CallOptions,
    history: &History,
) -> Result<BatchOutcome> {
    let action = pipeline.action().definition();
    refuse_without_batches(action)?;
    let Prepared { mut items, valid } = prepare(pipeline, &events, options).await?;
    if valid.is_empty() {
        return Ok(BatchOutcome::Items(finish(items)));
    }
    let places: Vec<usize> = valid.iter().map(|item| item.index).collect();
    let target = target(connection, pipeline, Events::Batch(events), metadata, options);
    let delivered = deliver(target, Delivery::Batch(valid), history).await;
    match delivered.and_then(Delivered::batch) {
        Ok(outcomes) => {
            count_failures(&*options.observer, action.slug, &outcomes);
            for (place, outcome) in places.into_iter().zip(outcomes) {
                items[place] = Some(outcome);
            }
            Ok(BatchOutcome::Items(finish(items)))
        }
        Err(error) => {
            for place in places {
                items[place] = Some(ItemError::from_error(&error).into());
            }
            Ok(BatchOutcome::Failed {
                error,
                items: finish(items),
            })
        }
    }
}

fn refuse_without_batches(action: &AnyAction) -> Result<()> {
    if action.takes_batches() {
        return Ok(());
    }
    Err(Error::Action(waystation_kit::Error::not_implemented(format!(
        "The action {} does not support batches.",
        action.slug
    ))))
}

/// The items of a batch: those that validation refused, and those that go on.
pub(super) struct Prepared {
    /// A result for each item that is refused.
    pub(super) items: Vec<Option<ItemOutcome>>,
    /// The items that go on.
    pub(super) valid: Vec<RawItem>,
}

/// So many events are mapped and validated before others get their turn.
const AT_A_TIME: usize = 16;

/// Maps and validates the events of a batch, within the caller's deadline.
///
/// # Errors
/// The mapping cannot be resolved for an event, the payloads are too large together, or the time is over.
pub(super) async fn prepare(
    pipeline: &Pipeline,
    events: &[Value],
    options: &CallOptions,
) -> Result<Prepared> {
    let started = Instant::now();
    let mut items = vec![None; events.len()];
    let mut valid = Vec::with_capacity(events.len());
    let mut bytes_left = options.most_payload_bytes;
    for (index, event) in events.iter().enumerate() {
        if index > 0 && index % AT_A_TIME == 0 {
            yield_now().await;
            if options
                .deadline
                .is_some_and(|deadline| started.elapsed() >= deadline)
            {
                return Err(Error::Action(waystation_kit::Error::Deadline));
            }
        }
        let payload = pipeline.item(index, event, &mut bytes_left)?;
        match payload {
            Ok(payload) => valid.push(RawItem {
                payload: Arc::new(payload),
                index,
                audience_membership: audience_membership(event, pipeline.sync_mode(), &options.features),
            }),
            Err(errors) => {
                let action = pipeline.action().definition().slug;
                options.observer.count(Counter::InvalidPayload, action, 1);
                options.observer.count(Counter::TurnedAway, action, 1);
                items[index] = Some(ItemError::payload(errors.to_string()).into());
            }
        }
    }
    Ok(Prepared { items, valid })
}

pub(super) fn finish(items: Vec<Option<ItemOutcome>>) -> Vec<ItemOutcome> {
    items
        .into_iter()
        .map(|item| item.unwrap_or_else(|| ItemError::missing().into()))
        .collect()
}
