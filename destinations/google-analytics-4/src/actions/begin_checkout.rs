//! The beginning of a checkout.

use std::borrow::Cow;

use serde_json::Number;
use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::currency;
use crate::event::EventParameters;
use crate::items::{self, Item};

/// [`begin_checkout`](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events#begin_checkout).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct BeginCheckout {
    /// The coupon for the whole order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Coupon", default = path("$.properties.coupon"))]
    pub coupon: Option<String>,
    /// The currency of the value, in three letters of ISO 4217. Without it, that of the first item counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Currency", default = path("$.properties.currency"))]
    pub currency: Option<String>,
    /// What is about to be bought.
    #[field(label = "Products", default = items::from_products(), additional_properties)]
    pub items: Vec<Item>,
    /// What the order comes to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Value", default = path("$.properties.value"))]
    pub value: Option<Number>,
}

impl ActionInfo<GoogleAnalytics4> for BeginCheckout {
    const SLUG: &'static str = "beginCheckout";
    const TITLE: &'static str = "Begin Checkout";
    const DESCRIPTION: &'static str = "Count how often people start to check out.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Checkout Started""#);
}

impl EventParameters for BeginCheckout {
    fn event_name(&self) -> Cow<'_, str> {
        "begin_checkout".into()
    }

    fn check(&self) -> Result<()> {
        currency::check_optional(self.currency.as_deref())?;
        items::check(&self.items)
    }
}
