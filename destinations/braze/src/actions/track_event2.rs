//! Something that a person did, where the sync mode says what becomes of people that are not known.

use waystation_kit::prelude::*;

use crate::Braze;
use crate::events::EventFields;
use crate::fields::batching;
use crate::sync;
use crate::track::{Objects, Tracked};
use crate::unsendable::Unsendable;

/// Something that a person did.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct TrackEvent2 {
    /// The event.
    #[serde(flatten)]
    pub event: EventFields,
}

impl ActionInfo<Braze> for TrackEvent2 {
    const SLUG: &'static str = "trackEvent2";
    const TITLE: &'static str = "Track Event V2";
    const DESCRIPTION: &'static str = "Record what a person did.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event != "Order Completed""#);

    fn sync_modes() -> Option<SyncModes> {
        Some(sync::add_or_update())
    }
}

impl Tracked for TrackEvent2 {
    const OBJECTS: Objects = Objects::Events;

    fn into_wire(self, cx: &Context<Braze>) -> Result<Value, Unsendable> {
        self.event.into_wire(cx, Some(sync::updates_only(cx)?))
    }
}
