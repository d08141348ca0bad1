//! Something that a person did.

use waystation_kit::prelude::*;

use crate::Braze;
use crate::events::EventFields;
use crate::fields::batching;
use crate::track::{Objects, Tracked};
use crate::unsendable::Unsendable;

/// Something that a person did.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
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

impl Tracked for TrackEvent {
    const OBJECTS: Objects = Objects::Events;

    fn into_wire(self, cx: &Context<Braze>) -> Result<Value, Unsendable> {
        self.event.into_wire(cx, self._update_existing_only)
    }
}
