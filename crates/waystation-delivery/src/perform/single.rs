//! One delivery by itself.

use std::sync::Arc;

use waystation_config::SubscriptionConfig;
use waystation_queue::{Leased, Settlement};
use waystation_runtime::pipeline::Pipeline;

use super::{Performer, is_cut_off, readable, way};
use crate::settlement;

impl Performer {
    pub(super) async fn single(
        &self,
        subscription: &SubscriptionConfig,
        pipeline: &Arc<Pipeline>,
        leased: Leased,
    ) -> Vec<Settlement> {
        let (mut leased, mut events, settled) = readable(vec![leased]);
        let (Some(leased), Some(event)) = (leased.pop(), events.pop()) else {
            return settled;
        };
        let begun = self.begin();
        let way = way(subscription, pipeline);
        let result = begun
            .call
            .event(self.connection.runtime(), &way, &Arc::new(event))
            .await;
        if result.as_ref().is_err_and(is_cut_off) {
            return Vec::new();
        }
        let (trail, span) = self.end(&begun);
        let policy = &self.connection.config().policy;
        vec![settlement::of_event(leased, &result, &trail, span, policy)]
    }
}
