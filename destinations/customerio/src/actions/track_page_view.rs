//! A page that a person looked at.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::events::EventFields;
use crate::fields::batching;
use crate::operation::{Operating, Operation, Verb};

/// A page view of a person.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct TrackPageView {
    /// The address of the page. Customer.io keeps it as the name of the page view.
    #[field(label = "Page URL", default = path("$.properties.url"))]
    pub url: String,
    /// What else is known about it, and who did it.
    #[serde(flatten)]
    pub event: EventFields,
}

impl ActionInfo<CustomerIo> for TrackPageView {
    const SLUG: &'static str = "trackPageView";
    const TITLE: &'static str = "Track Page View";
    const DESCRIPTION: &'static str = "Track that a known or anonymous person looked at a page.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "page""#);
}

impl Operating for TrackPageView {
    fn operation(self) -> Result<Operation> {
        self.event
            .operation(Verb::Page, self.url, "The address of the page")
    }
}
