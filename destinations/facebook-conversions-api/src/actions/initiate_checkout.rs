//! The start of a checkout.

use serde_json::Number;
use waystation_kit::prelude::*;

use crate::contents::{self, Content};
use crate::event::ConversionEvent;
use crate::fields::{ServerEvent, is_blank, is_empty_list};
use crate::{FacebookConversionsApi, client, currency};

/// [`InitiateCheckout`](https://developers.facebook.com/docs/meta-pixel/reference#standard-events).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct InitiateCheckout {
    /// What it has in common with all events.
    #[serde(flatten, skip_serializing)]
    pub event: ServerEvent,
    /// The currency of the value: three capitals of ISO 4217.
    #[serde(skip_serializing_if = "is_blank")]
    #[field(label = "Currency", default = path("$.properties.currency"))]
    pub currency: Option<String>,
    /// What it is worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Value", default = path("$.properties.revenue"))]
    pub value: Option<Number>,
    /// The products, as your catalog knows them.
    #[serde(skip_serializing_if = "is_empty_list")]
    #[field(label = "Content IDs")]
    pub content_ids: Option<Vec<String>>,
    /// The products one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Contents", default = contents::from_products())]
    pub contents: Option<Vec<Content>>,
    /// How many products there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Number of items", type = integer)]
    pub num_items: Option<Number>,
    /// The category of the page or the product.
    #[serde(skip_serializing_if = "is_blank")]
    #[field(label = "Content category")]
    pub content_category: Option<String>,
}

impl ActionInfo<FacebookConversionsApi> for InitiateCheckout {
    const SLUG: &'static str = "initiateCheckout";
    const TITLE: &'static str = "Initiate Checkout";
    const DESCRIPTION: &'static str = "Tell Meta that somebody went to the checkout.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Checkout Started""#);
}

impl Action<FacebookConversionsApi> for InitiateCheckout {
    async fn perform(cx: &Context<FacebookConversionsApi>, payload: Self) -> Result<Output> {
        client::send(cx, &payload).await
    }
}

impl ConversionEvent for InitiateCheckout {
    fn event_name(&self) -> &str {
        "InitiateCheckout"
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
