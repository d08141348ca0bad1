//! Something that somebody did.

use waystation_kit::prelude::*;

use crate::event::{Import, event};
use crate::fields::EventFields;
use crate::{Mixpanel, client};

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
}

impl Action<Mixpanel> for TrackEvent {
    async fn perform(cx: &Context<Mixpanel>, payload: Self) -> Result<Output> {
        client::import(cx, payload.import(cx)).await
    }
}

impl BatchAction<Mixpanel> for TrackEvent {
    async fn perform_batch(cx: &Context<Mixpanel>, batch: Batch<Self>) -> Result<BatchOutput> {
        let imports = batch.into_iter().map(|item| item.payload.import(cx));
        client::import_batch(cx, imports.collect()).await
    }
}

impl TrackEvent {
    fn import(self, cx: &Context<Mixpanel>) -> Import {
        let source_name = cx.settings().source_name.as_deref();
        let properties = self
            .fields
            .into_properties(&self.event, source_name, cx.now_millis());
        Import::Event(event(&self.event, properties))
    }
}
