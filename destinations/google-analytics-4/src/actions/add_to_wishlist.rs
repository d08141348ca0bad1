//! Something that was put on a wishlist.

use std::borrow::Cow;

use serde_json::Number;
use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::currency;
use crate::event::EventParameters;
use crate::items::{self, Item};

/// [`add_to_wishlist`](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events#add_to_wishlist).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct AddToWishlist {
    /// The currency of the value, in three letters of ISO 4217. Without it, that of the first item counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Currency", default = path("$.properties.currency"))]
    pub currency: Option<String>,
    /// What it is worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Value", default = path("$.properties.value"))]
    pub value: Option<Number>,
    /// What was put on the wishlist.
    #[field(label = "Products", default = items::from_properties(), additional_properties)]
    pub items: Vec<Item>,
}

impl ActionInfo<GoogleAnalytics4> for AddToWishlist {
    const SLUG: &'static str = "addToWishlist";
    const TITLE: &'static str = "Add to Wishlist";
    const DESCRIPTION: &'static str = "Count what people wish for.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Product Added to Wishlist""#);
}

impl EventParameters for AddToWishlist {
    fn event_name(&self) -> Cow<'_, str> {
        "add_to_wishlist".into()
    }

    fn check(&self) -> Result<()> {
        let currency = self.currency.as_deref();
        currency::check_optional(currency)?;
        currency::check_value(self.value.as_ref(), currency)?;
        currency::check_event_or_items(currency, &self.items)?;
        items::check(&self.items)
    }
}
