//! Something that a person did.

use waystation_kit::prelude::*;

use crate::Braze;
use crate::events::EventFields;
use crate::fields::Batching;
use crate::identity;
use crate::track::{self, Objects};

/// Something that a person did.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = Batching::fields)]
pub struct TrackEvent {
    /// The event.
    #[serde(flatten)]
    pub event: EventFields,
    /// Leave out events of people that Braze does not know. Otherwise the event creates the person.
    #[field(label = "Update existing only", default = false)]
    pub _update_existing_only: Option<bool>,
}

impl ActionInfo<Braze> for TrackEvent {
    const SLUG: &'static str = "trackEvent";
    const TITLE: &'static str = "Track Event";
    const DESCRIPTION: &'static str = "Record what a person did.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event != "Order Completed""#);
}

impl Action<Braze> for TrackEvent {
    async fn perform(cx: &Context<Braze>, payload: Self) -> Result<Output> {
        let event = payload.into_wire(cx).ok_or_else(identity::missing)?;
        track::send(cx, Objects::Events, &event).await
    }
}

impl BatchAction<Braze> for TrackEvent {
    async fn perform_batch(cx: &Context<Braze>, batch: Batch<Self>) -> Result<BatchOutput> {
        track::send_batch(cx, Objects::Events, batch, |payload, _| {
            payload.into_wire(cx).ok_or_else(identity::missing_in_batch)
        })
        .await
    }
}

impl TrackEvent {
    fn into_wire(self, cx: &Context<Braze>) -> Option<Value> {
        let app_id = cx.settings().app_id.as_deref();
        self.event.into_wire(app_id, self._update_existing_only)
    }
}
