//! Something that somebody did.

use waystation_kit::prelude::*;

use crate::event::{Import, event};
use crate::fields::EventFields;
use crate::{Mixpanel, import};

/// An event.
#[derive(Debug, Deserialize, Payload)]
pub struct TrackEvent {
    /// The name of the event.
    #[field(label = "Event name", default = path("$.event"))]
    pub event: String,
    /// What else is known about it.
    #[serde(flatten)]
    pub fields: EventFields,
}

impl ActionInfo<Mixpanel> for TrackEvent {
    const SLUG: &'static str = "trackEvent";
    const TITLE: &'static str = "Track Event";
    const DESCRIPTION: &'static str = "Track what somebody did.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track""#);
    // By the insert ID.
    const IDEMPOTENT: bool = true;
}

impl Action<Mixpanel> for TrackEvent {
    async fn perform(cx: &Context<Mixpanel>, payload: Self) -> Result<Output> {
        import::import(cx, payload.import(cx)?).await
    }
}

impl BatchAction<Mixpanel> for TrackEvent {
    async fn perform_batch(cx: &Context<Mixpanel>, batch: Batch<Self>) -> Result<BatchOutput> {
        import::import_batch(cx, batch, |payload| payload.import(cx)).await
    }
}

impl TrackEvent {
    fn import(self, cx: &Context<Mixpanel>) -> Result<Import> {
        let source_name = cx.settings().source_name.as_deref();
        let event_fields = self
            .fields
            .into_properties(&self.event, source_name, cx.now_millis())?;
        Ok(Import::Event(event(&self.event, event_fields.properties)))
    }
}
