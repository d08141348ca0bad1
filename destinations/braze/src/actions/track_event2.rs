//! Something that a person did, where the sync mode says what becomes of people that are not known.

use waystation_kit::prelude::*;

use crate::Braze;
use crate::events::EventFields;
use crate::fields::Batching;
use crate::identity;
use crate::sync;
use crate::track::{self, Objects};

/// Something that a person did.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = Batching::fields)]
pub struct TrackEvent2 {
    /// The event.
    #[serde(flatten)]
    pub event: EventFields,
}

const SYNC_MODES: &str = r#""add" or "update""#;

impl ActionInfo<Braze> for TrackEvent2 {
    const SLUG: &'static str = "trackEvent2";
    const TITLE: &'static str = "Track Event V2";
    const DESCRIPTION: &'static str = "Record what a person did.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event != "Order Completed""#);

    fn sync_modes() -> Option<SyncModes> {
        Some(sync::add_or_update())
    }
}

impl Action<Braze> for TrackEvent2 {
    async fn perform(cx: &Context<Braze>, payload: Self) -> Result<Output> {
        let updates_only = sync::updates_only(cx).ok_or_else(|| sync::unsupported(SYNC_MODES))?;
        let event = payload
            .into_wire(cx, updates_only)
            .ok_or_else(identity::missing)?;
        track::send(cx, Objects::Events, &event).await
    }
}

impl BatchAction<Braze> for TrackEvent2 {
    async fn perform_batch(cx: &Context<Braze>, batch: Batch<Self>) -> Result<BatchOutput> {
        let Some(updates_only) = sync::updates_only(cx) else {
            return Ok(sync::refuse_batch(&batch, SYNC_MODES));
        };
        track::send_batch(cx, Objects::Events, batch, |payload, _| {
            payload
                .into_wire(cx, updates_only)
                .ok_or_else(identity::missing_in_batch)
        })
        .await
    }
}

impl TrackEvent2 {
    fn into_wire(self, cx: &Context<Braze>, updates_only: bool) -> Option<Value> {
        let app_id = cx.settings().app_id.as_deref();
        self.event.into_wire(app_id, Some(updates_only))
    }
}
