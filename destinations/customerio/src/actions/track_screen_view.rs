//! A screen of an app that a person looked at.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::events::EventFields;
use crate::fields::batching;
use crate::operation::{Operating, Operation, Verb};

/// A screen view of a person.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct TrackScreenView {
    /// The name of the screen.
    #[field(label = "Screen name", default = path("$.name"))]
    pub name: String,
    /// What else is known about it, and who did it.
    #[serde(flatten)]
    pub event: EventFields,
}

impl ActionInfo<CustomerIo> for TrackScreenView {
    const SLUG: &'static str = "trackScreenView";
    const TITLE: &'static str = "Track Screen View";
    const DESCRIPTION: &'static str = "Track that a known or anonymous person looked at a screen of an app.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "screen""#);
}

impl Operating for TrackScreenView {
    fn operation(self) -> Result<Operation> {
        self.event
            .operation(Verb::Screen, self.name, "The name of the screen")
    }
}
