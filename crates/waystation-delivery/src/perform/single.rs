//! One delivery by itself.

use std::sync::Arc;

use waystation_config::SubscriptionConfig;
use waystation_queue::{Leased, Settlement};
use waystation_runtime::Error;
use waystation_runtime::pipeline::Pipeline;

use super::{Performer, is_cut_off, readable, shared, way};
use crate::settlement;

impl Performer {
    pub(super) async fn single(
        &self,
        subscription: &SubscriptionConfig,
        pipeline: &Arc<Pipeline>,
        leased: Leased,
    ) -> Vec<Settlement> {
        let (mut leased, mut events, settled) = readable(vec![leased], self.clock().now());
        let (Some(leased), Some(event)) = (leased.pop(), events.pop()) else {
            return settled;
        };
        let mut begun = self.begin([&leased]);
        let transaction = match self.transaction(subscription, &leased).await {
            Ok(transaction) => transaction,
            Err(error) => {
                let message = format!("What the event's other actions noted could not be read: {error}");
                let error = Error::Action(waystation_kit::Error::retryable(message));
                return self.fail_all(&begun, pipeline, vec![leased], &error);
            }
        };
        begun.call.options.services.transaction = transaction.clone().map(|shared| shared as _);
        let way = way(subscription, pipeline);
        let result = begun
            .call
            .event(self.connection.runtime(), &way, &Arc::new(event))
            .await;
        if result.as_ref().is_err_and(is_cut_off) {
            return Vec::new();
        }
        let (trail, span) = self.end(&begun);
        let unknown = self.unknown(&begun, pipeline, &leased, 0);
        let notes = shared::notes(transaction.as_deref());
        let policy = &self.connection.config().policy;
        vec![settlement::of_event(
            leased, &result, notes, unknown, &trail, span, policy,
        )]
    }
}
