//! A look into the cart.

use std::borrow::Cow;

use serde_json::Number;
use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::currency;
use crate::event::EventParameters;
use crate::items::{self, Item};

/// [`view_cart`](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events#view_cart).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct ViewCart {
    /// The currency of the value, in three letters of ISO 4217. Without it, that of the first item counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Currency", default = path("$.properties.currency"))]
    pub currency: Option<String>,
    /// What the cart is worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Value", default = path("$.properties.value"))]
    pub value: Option<Number>,
    /// What is in the cart.
    #[field(label = "Products", default = items::from_products(), additional_properties)]
    pub items: Vec<Item>,
}

impl ActionInfo<GoogleAnalytics4> for ViewCart {
    const SLUG: &'static str = "viewCart";
    const TITLE: &'static str = "View Cart";
    const DESCRIPTION: &'static str = "Count how often people look into their carts.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Cart Viewed""#);
}

impl EventParameters for ViewCart {
    fn event_name(&self) -> Cow<'_, str> {
        "view_cart".into()
    }

    fn check(&self) -> Result<()> {
        let currency = self.currency.as_deref();
        currency::check_optional(currency)?;
        currency::check_value(self.value.as_ref(), currency)?;
        currency::check_event_or_items(currency, &self.items)?;
        items::check(&self.items)
    }
}
