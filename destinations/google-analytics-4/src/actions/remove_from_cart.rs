//! Something that was taken out of the cart.

use std::borrow::Cow;

use serde_json::Number;
use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::currency;
use crate::event::EventParameters;
use crate::items::{self, Item};

/// [`remove_from_cart`](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events#remove_from_cart).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct RemoveFromCart {
    /// The currency of the value, in three letters of ISO 4217. Without it, that of the first item counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Currency", default = path("$.properties.currency"))]
    pub currency: Option<String>,
    /// What it is worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Value", default = path("$.properties.value"))]
    pub value: Option<Number>,
    /// What was taken out of the cart.
    #[field(label = "Products", default = items::from_properties(), additional_properties)]
    pub items: Vec<Item>,
}

impl ActionInfo<GoogleAnalytics4> for RemoveFromCart {
    const SLUG: &'static str = "removeFromCart";
    const TITLE: &'static str = "Remove from Cart";
    const DESCRIPTION: &'static str = "Count what people take out of their carts.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Product Removed""#);
}

impl EventParameters for RemoveFromCart {
    fn event_name(&self) -> Cow<'_, str> {
        "remove_from_cart".into()
    }

    fn check(&self) -> Result<()> {
        let currency = self.currency.as_deref();
        currency::check_optional(currency)?;
        currency::check_value(self.value.as_ref(), currency)?;
        currency::check_event_or_items(currency, &self.items)?;
        items::check(&self.items)
    }
}
