//! Any other event.

use waystation_kit::prelude::*;

use crate::event::ConversionEvent;
use crate::fields::ServerEvent;
use crate::{FacebookConversionsApi, client};

/// An event by its name. All that is known about it is custom data.
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct Custom {
    /// What it has in common with all events.
    #[serde(flatten, skip_serializing)]
    pub event: ServerEvent,
    /// The name of a [standard event](https://developers.facebook.com/docs/meta-pixel/reference#standard-events), or
    /// one of your own.
    #[serde(skip_serializing)]
    #[field(label = "Event name", default = path("$.event"))]
    pub event_name: String,
}

impl ActionInfo<FacebookConversionsApi> for Custom {
    const SLUG: &'static str = "custom";
    const TITLE: &'static str = "Custom Event";
    const DESCRIPTION: &'static str = "Tell Meta of anything else that somebody did.";
}

impl Action<FacebookConversionsApi> for Custom {
    async fn perform(cx: &Context<FacebookConversionsApi>, payload: Self) -> Result<Output> {
        client::send(cx, &payload).await
    }
}

impl ConversionEvent for Custom {
    fn event_name(&self) -> &str {
        &self.event_name
    }

    fn server_event(&self) -> &ServerEvent {
        &self.event
    }

    fn check(&self) -> Result<()> {
        Ok(())
    }
}
