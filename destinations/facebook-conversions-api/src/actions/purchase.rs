//! Something that was bought.

use serde_json::Number;
use waystation_kit::prelude::*;

use crate::contents::{self, Content};
use crate::event::ConversionEvent;
use crate::fields::{ServerEvent, is_blank, is_empty_list};
use crate::{FacebookConversionsApi, client, currency};

/// [`Purchase`](https://developers.facebook.com/docs/meta-pixel/reference#standard-events).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct Purchase {
    /// What it has in common with all events.
    #[serde(flatten, skip_serializing)]
    pub event: ServerEvent,
    /// The currency of the value: three capitals of ISO 4217.
    #[field(label = "Currency", default = path("$.properties.currency"))]
    pub currency: String,
    /// What the purchase comes to.
    #[field(label = "Value", default = path("$.properties.revenue"))]
    pub value: Number,
    /// What is left of the value for you.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Net revenue")]
    pub net_revenue: Option<Number>,
    /// The products, as your catalog knows them.
    #[serde(skip_serializing_if = "is_empty_list")]
    #[field(label = "Content IDs")]
    pub content_ids: Option<Vec<String>>,
    /// The name of the page or the product.
    #[serde(skip_serializing_if = "is_blank")]
    #[field(label = "Content name")]
    pub content_name: Option<String>,
    /// What the content IDs stand for: `product` or `product_group`.
    #[serde(skip_serializing_if = "is_blank")]
    #[field(label = "Content type")]
    pub content_type: Option<String>,
    /// The products one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Contents", default = contents::from_products())]
    pub contents: Option<Vec<Content>>,
    /// How many products there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Number of items", type = integer)]
    pub num_items: Option<Number>,
}

impl ActionInfo<FacebookConversionsApi> for Purchase {
    const SLUG: &'static str = "purchase";
    const TITLE: &'static str = "Purchase";
    const DESCRIPTION: &'static str = "Tell Meta of a purchase.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Order Completed""#);
}

impl Action<FacebookConversionsApi> for Purchase {
    async fn perform(cx: &Context<FacebookConversionsApi>, payload: Self) -> Result<Output> {
        client::send(cx, &payload).await
    }
}

impl ConversionEvent for Purchase {
    fn event_name(&self) -> &str {
        "Purchase"
    }

    fn server_event(&self) -> &ServerEvent {
        &self.event
    }

    fn check(&self) -> Result<()> {
        currency::check_required(&self.currency)?;
        contents::check(self.contents.as_deref().unwrap_or_default())?;
        self.event.check_browser()
    }
}
