//! One event, all subscriptions of a connection.

use std::sync::Arc;

use serde_json::Value;
use waystation_kit::context::{Events, SubscriptionMetadata};

use super::subscriptions::{in_order, reported, with_transaction};
use super::target;
use crate::connection::{CallOptions, Connection};
use crate::error::{Error, Result};
use crate::layers::{Delivered, Delivery, deliver};
use crate::membership::audience_membership;
use crate::observe::Counter;
use crate::outcome::{EventOutcome, Report, Skip};
use crate::pipeline::{Pipeline, SubscribedPipeline, UnusablePipeline};
use crate::retry::History;

/// Runs an event through every subscription; a report for each, in their order. A subscription that fails does
/// not keep the others from running. An action that [builds on](waystation_kit::action::ActionInfo::AFTER) others
/// runs after them; the rest run at once.
pub async fn deliver_event(
    connection: &Connection,
    subscriptions: &[Arc<SubscribedPipeline>],
    event: &Arc<Value>,
    options: &CallOptions,
) -> Vec<Report<EventOutcome>> {
    let options = &with_transaction(subscriptions, options);
    let run = async |subscription: &SubscribedPipeline, history: &History| {
        run(connection, subscription, event, options, history).await
    };
    in_order(subscriptions, |subscription| reported(subscription, run)).await
}

/// Runs an event through one subscription.
pub(crate) async fn run(
    connection: &Connection,
    subscription: &SubscribedPipeline,
    event: &Arc<Value>,
    options: &CallOptions,
    history: &History,
) -> Result<EventOutcome> {
    let filter = match &subscription.filter {
        Ok(filter) => filter,
        Err(error) => return Ok(EventOutcome::Skipped(Skip::InvalidFilter(error.clone()))),
    };
    if !filter.matches(event) {
        options
            .observer
            .count(Counter::TurnedAway, &subscription.action, 1);
        return Ok(EventOutcome::Skipped(Skip::NotSubscribed));
    }
    let pipeline = match &subscription.pipeline {
        Ok(pipeline) => pipeline,
        Err(UnusablePipeline::UnknownAction { action, .. }) => {
            tracing::warn!(
                action,
                "a subscription names an action that the destination does not have"
            );
            return Ok(EventOutcome::Skipped(Skip::UnknownAction(action.clone())));
        }
        Err(UnusablePipeline::Invalid(error)) => return Err(error.clone()),
    };
    perform_event(
        connection,
        pipeline,
        event,
        subscription.metadata.clone(),
        options,
        history,
    )
    .await
}

/// Runs an event through one pipeline, without asking a subscription.
///
/// # Errors
/// The mapping, the payload or the action failed.
pub async fn perform_event(
    connection: &Connection,
    pipeline: &Pipeline,
    event: &Arc<Value>,
    metadata: SubscriptionMetadata,
    options: &CallOptions,
    history: &History,
) -> Result<EventOutcome> {
    let payload = pipeline.payload(event).inspect_err(|error| {
        if matches!(error, Error::Schema { .. }) {
            options
                .observer
                .count(Counter::InvalidPayload, pipeline.action().definition().slug, 1);
        }
    })?;
    let delivery = Delivery::Single {
        payload: Arc::new(payload),
        audience_membership: audience_membership(event, pipeline.sync_mode(), &options.features),
    };
    let target = target(
        connection,
        pipeline,
        Events::One(Arc::clone(event)),
        metadata,
        options,
    );
    let delivered = deliver(target, delivery, history).await;
    let output = delivered.and_then(Delivered::single);
    Ok(EventOutcome::Performed {
        validated: pipeline.action().schema().is_some(),
        output: output.map_err(Error::Action)?,
    })
}
