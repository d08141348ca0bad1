//! A batch of deliveries of one subscription.

use std::sync::Arc;

use serde_json::Value;
use waystation_config::SubscriptionConfig;
use waystation_queue::{Leased, Settlement};
use waystation_runtime::error::{Error, Result};
use waystation_runtime::outcome::BatchOutcome;
use waystation_runtime::pipeline::Pipeline;

use super::{Begun, Performer, is_cut_off, readable, way};
use crate::detail::Place;
use crate::settlement::{self, Failed};

impl Performer {
    pub(super) async fn batch(
        &self,
        subscription: &SubscriptionConfig,
        pipeline: &Arc<Pipeline>,
        items: Vec<Leased>,
    ) -> Vec<Settlement> {
        let (items, events, mut settled) = readable(items, self.clock().now());
        if items.is_empty() {
            return settled;
        }
        let events: Arc<[Value]> = events.into();
        let (way, connection) = (way(subscription, pipeline), self.connection.runtime());
        let begun = self.begin(&items);
        let result = begun.call.batch(connection, &way, &events).await;
        if !matches!(result, Err(Error::Mapping(_))) || items.len() == 1 {
            settled.extend(self.settle_batch(&begun, pipeline, items, result));
            return settled;
        }
        // One event that cannot be mapped fails the batch before anything is sent; the others go without it.
        let (items, events, unmappable) = self.mappable(pipeline, items, &events);
        settled.extend(unmappable);
        if !items.is_empty() {
            let begun = self.begin(&items);
            let result = begun.call.batch(connection, &way, &events.into()).await;
            settled.extend(self.settle_batch(&begun, pipeline, items, result));
        }
        settled
    }

    fn settle_batch(
        &self,
        begun: &Begun,
        pipeline: &Pipeline,
        items: Vec<Leased>,
        result: Result<BatchOutcome>,
    ) -> Vec<Settlement> {
        match result {
            Ok(outcome) => self.settle_items(begun, pipeline, items, outcome),
            Err(error) if is_cut_off(&error) => Vec::new(),
            Err(error) => self.fail_all(begun, pipeline, items, &error),
        }
    }

    /// Takes out the events whose mapping cannot be resolved.
    pub(super) fn mappable(
        &self,
        pipeline: &Pipeline,
        items: Vec<Leased>,
        events: &[Value],
    ) -> (Vec<Leased>, Vec<Value>, Vec<Settlement>) {
        let (mut kept, mut mappable, mut settled) = (Vec::new(), Vec::new(), Vec::new());
        for (leased, event) in items.into_iter().zip(events) {
            match pipeline.payload(event) {
                Err(error @ Error::Mapping(_)) => {
                    settled.extend(self.fail_all(&self.begin([&leased]), pipeline, vec![leased], &error));
                }
                _ => {
                    kept.push(leased);
                    mappable.push(event.clone());
                }
            }
        }
        (kept, mappable, settled)
    }

    fn settle_items(
        &self,
        begun: &Begun,
        pipeline: &Pipeline,
        items: Vec<Leased>,
        outcome: BatchOutcome,
    ) -> Vec<Settlement> {
        let outcomes = match outcome {
            BatchOutcome::Items(outcomes) => outcomes,
            BatchOutcome::Failed { error, .. } if is_cut_off(&Error::Action(error.clone())) => {
                return Vec::new();
            }
            BatchOutcome::Failed { items, .. } => items,
            // Subscriptions were asked at acceptance; nobody asks them here.
            BatchOutcome::Skipped(_) => Vec::new(),
        };
        if outcomes.len() != items.len() {
            let error = waystation_kit::Error::internal("The batch came back with another number of results");
            return self.fail_all(begun, pipeline, items, &Error::Action(error));
        }
        let (trail, span) = self.end(begun);
        let policy = &self.connection.config().policy;
        let size = items.len();
        let settled = items.into_iter().zip(&outcomes).enumerate();
        settled
            .map(|(index, (leased, outcome))| {
                let unknown = self.unknown(begun, pipeline, &leased, index);
                let place = Place { size, index };
                settlement::of_item(leased, outcome, place, unknown, &trail, span, policy)
            })
            .collect()
    }

    /// Every delivery failed for the same reason.
    pub(super) fn fail_all(
        &self,
        begun: &Begun,
        pipeline: &Pipeline,
        items: Vec<Leased>,
        error: &Error,
    ) -> Vec<Settlement> {
        let (trail, span) = self.end(begun);
        let policy = &self.connection.config().policy;
        let failed = Failed::of_error(error, &trail);
        let detail = trail.of_single(true);
        let settle = |(place, leased): (usize, Leased)| {
            let unknown = self.unknown(begun, pipeline, &leased, place);
            settlement::failed(
                leased,
                failed.clone(),
                unknown,
                &trail,
                span,
                detail.clone(),
                policy,
            )
        };
        items.into_iter().enumerate().map(settle).collect()
    }
}
