//! Something that a person did.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::events::EventFields;
use crate::fields::batching;
use crate::operation::{Operating, Operation, Verb};

/// An event of a person.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct TrackEvent {
    /// The name, by which campaigns and segments find the event. Upper and lower case matter.
    #[field(label = "Event name", default = path("$.event"))]
    pub name: String,
    /// What else is known about it, and who did it.
    #[serde(flatten)]
    pub event: EventFields,
}

impl ActionInfo<CustomerIo> for TrackEvent {
    const SLUG: &'static str = "trackEvent";
    const TITLE: &'static str = "Track Event";
    const DESCRIPTION: &'static str = "Track what a known or anonymous person did.";
    const SUBSCRIBE: Option<&'static str> = Some(
        "type = \"track\" \
         and event != \"Application Installed\" \
         and event != \"Application Opened\" \
         and event != \"Application Uninstalled\" \
         and event != \"Device Created or Updated\" \
         and event != \"Device Deleted\" \
         and event != \"Relationship Deleted\" \
         and event != \"User Deleted\" \
         and event != \"User Suppressed\" \
         and event != \"User Unsuppressed\" \
         and event != \"Object Deleted\" \
         and event != \"Report Delivery Event\" \
         and event != \"Report Content Event\"",
    );
}

impl Operating for TrackEvent {
    fn operation(self) -> Result<Operation> {
        self.event
            .operation(Verb::Event, self.name, "The name of the event")
    }
}
