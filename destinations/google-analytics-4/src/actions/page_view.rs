//! A look at a page.

use std::borrow::Cow;

use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::event::EventParameters;

/// [`page_view`](https://developers.google.com/analytics/devguides/collection/ga4/reference/events#page_view).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct PageView {
    /// The address of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Page location", default = path("$.context.page.url"))]
    pub page_location: Option<String>,
    /// The address of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Page referrer", default = path("$.context.page.referrer"))]
    pub page_referrer: Option<String>,
    /// The title of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Page title", default = path("$.context.page.title"))]
    pub page_title: Option<String>,
}

impl ActionInfo<GoogleAnalytics4> for PageView {
    const SLUG: &'static str = "pageView";
    const TITLE: &'static str = "Page View";
    const DESCRIPTION: &'static str = "Count looks at pages.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "page""#);
}

impl EventParameters for PageView {
    const CLIENT_ID_KEY: &'static str = "clientId";

    fn event_name(&self) -> Cow<'_, str> {
        "page_view".into()
    }
}
