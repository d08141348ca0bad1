//! Something that was put into the cart.

use std::borrow::Cow;

use serde_json::Number;
use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::currency;
use crate::event::EventParameters;
use crate::items::{self, Item};

/// [`add_to_cart`](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events#add_to_cart).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct AddToCart {
    /// The currency of the value, in three letters of ISO 4217. Without it, that of the first item counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Currency", default = path("$.properties.currency"))]
    pub currency: Option<String>,
    /// What was put into the cart.
    #[field(label = "Products", default = items::from_properties(), additional_properties)]
    pub items: Vec<Item>,
    /// What it is worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Value", default = path("$.properties.value"))]
    pub value: Option<Number>,
}

impl ActionInfo<GoogleAnalytics4> for AddToCart {
    const SLUG: &'static str = "addToCart";
    const TITLE: &'static str = "Add to Cart";
    const DESCRIPTION: &'static str = "Count what people put into their carts.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Product Added""#);
}

impl EventParameters for AddToCart {
    fn event_name(&self) -> Cow<'_, str> {
        "add_to_cart".into()
    }

    fn check(&self) -> Result<()> {
        currency::check_optional(self.currency.as_deref())?;
        items::check(&self.items)
    }
}
