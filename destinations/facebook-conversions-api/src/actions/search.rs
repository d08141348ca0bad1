//! A search.

use serde_json::Number;
use waystation_kit::prelude::*;

use crate::contents::{self, Content};
use crate::event::ConversionEvent;
use crate::fields::{ServerEvent, is_blank, is_empty_list};
use crate::{FacebookConversionsApi, client, currency};

/// [`Search`](https://developers.facebook.com/docs/meta-pixel/reference#standard-events).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct Search {
    /// What it has in common with all events.
    #[serde(flatten, skip_serializing)]
    pub event: ServerEvent,
    /// What was searched for.
    #[serde(skip_serializing_if = "is_blank")]
    #[field(label = "Search string", default = path("$.properties.query"))]
    pub search_string: Option<String>,
    /// The currency of the value: three capitals of ISO 4217.
    #[serde(skip_serializing_if = "is_blank")]
    #[field(label = "Currency", default = path("$.properties.currency"))]
    pub currency: Option<String>,
    /// What it is worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Value")]
    pub value: Option<Number>,
    /// The products, as your catalog knows them.
    #[serde(skip_serializing_if = "is_empty_list")]
    #[field(label = "Content IDs")]
    pub content_ids: Option<Vec<String>>,
    /// The products one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Contents", default = contents::from_properties())]
    pub contents: Option<Vec<Content>>,
    /// The category of the page or the product.
    #[serde(skip_serializing_if = "is_blank")]
    #[field(label = "Content category")]
    pub content_category: Option<String>,
}

impl ActionInfo<FacebookConversionsApi> for Search {
    const SLUG: &'static str = "search";
    const TITLE: &'static str = "Search";
    const DESCRIPTION: &'static str = "Tell Meta that somebody searched for something.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Products Searched""#);
}

impl Action<FacebookConversionsApi> for Search {
    async fn perform(cx: &Context<FacebookConversionsApi>, payload: Self) -> Result<Output> {
        client::send(cx, &payload).await
    }
}

impl ConversionEvent for Search {
    fn event_name(&self) -> &str {
        "Search"
    }

    fn server_event(&self) -> &ServerEvent {
        &self.event
    }

    fn check(&self) -> Result<()> {
        currency::check(self.currency.as_deref())?;
        contents::check(self.contents.as_deref().unwrap_or_default())?;
        self.event.check_browser()
    }
}
