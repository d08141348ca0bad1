//! One delivery by itself.

use std::sync::Arc;

use waystation_config::SubscriptionConfig;
use waystation_queue::{Leased, Settlement};
use waystation_runtime::entries::event::perform_event;
use waystation_runtime::pipeline::Pipeline;

use super::{Performer, guarded, is_cut_off, metadata, readable};
use crate::settlement;

impl Performer {
    pub(super) async fn single(
        &self,
        subscription: &SubscriptionConfig,
        pipeline: &Pipeline,
        leased: Leased,
    ) -> Vec<Settlement> {
        let (mut leased, mut events, settled) = readable(vec![leased]);
        let (Some(leased), Some(event)) = (leased.pop(), events.pop()) else {
            return settled;
        };
        let call = self.begin();
        let result = guarded(perform_event(
            self.connection.runtime(),
            pipeline,
            &Arc::new(event),
            metadata(subscription),
            &call.options,
            &call.history,
        ))
        .await;
        if result.as_ref().is_err_and(is_cut_off) {
            return Vec::new();
        }
        let (trail, span) = self.end(&call);
        let policy = &self.connection.config().policy;
        vec![settlement::of_event(leased, &result, &trail, span, policy)]
    }
}
