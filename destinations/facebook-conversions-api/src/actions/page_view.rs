//! A look at a page.

use waystation_kit::prelude::*;

use crate::event::ConversionEvent;
use crate::fields::ServerEvent;
use crate::{FacebookConversionsApi, client};

/// `PageView`, which has no parameters of its own.
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct PageView {
    /// What it has in common with all events.
    #[serde(flatten, skip_serializing)]
    pub event: ServerEvent,
}

impl ActionInfo<FacebookConversionsApi> for PageView {
    const SLUG: &'static str = "pageView";
    const TITLE: &'static str = "Page View";
    const DESCRIPTION: &'static str = "Tell Meta that somebody came to a page.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "page""#);
}

impl Action<FacebookConversionsApi> for PageView {
    async fn perform(cx: &Context<FacebookConversionsApi>, payload: Self) -> Result<Output> {
        client::send(cx, &payload).await
    }
}

impl ConversionEvent for PageView {
    const HAS_CUSTOM_DATA: bool = false;

    fn event_name(&self) -> &str {
        "PageView"
    }

    fn server_event(&self) -> &ServerEvent {
        &self.event
    }

    fn check(&self) -> Result<()> {
        self.event.check_browser()
    }
}
