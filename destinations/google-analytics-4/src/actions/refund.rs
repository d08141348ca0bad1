//! An order that was paid back, in whole or in part.

use std::borrow::Cow;

use serde_json::Number;
use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::currency;
use crate::event::EventParameters;
use crate::items::{self, Item};

/// [`refund`](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events#refund).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct Refund {
    /// The currency of the value, in three letters of ISO 4217. Without it, that of the first item counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Currency", default = path("$.properties.currency"))]
    pub currency: Option<String>,
    /// The order.
    #[field(label = "Order ID", default = path("$.properties.order_id"))]
    pub transaction_id: String,
    /// What is paid back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Value", default = path("$.properties.total"))]
    pub value: Option<Number>,
    /// The shop or supplier that the order went to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Affiliation", default = path("$.properties.affiliation"))]
    pub affiliation: Option<String>,
    /// The coupon for the whole order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Coupon")]
    pub coupon: Option<String>,
    /// What shipping cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Shipping", default = path("$.properties.shipping"))]
    pub shipping: Option<Number>,
    /// The tax on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Tax")]
    pub tax: Option<Number>,
    /// What came back. Without it, the whole order is paid back.
    #[serde(default)]
    #[field(label = "Products", default = items::from_products(), additional_properties)]
    pub items: Vec<Item>,
}

impl ActionInfo<GoogleAnalytics4> for Refund {
    const SLUG: &'static str = "refund";
    const TITLE: &'static str = "Refund";
    const DESCRIPTION: &'static str = "Take back a purchase, or some products of it.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Order Refunded""#);
}

impl EventParameters for Refund {
    fn event_name(&self) -> Cow<'_, str> {
        "refund".into()
    }

    fn check(&self) -> Result<()> {
        let currency = self.currency.as_deref();
        currency::check_optional(currency)?;
        currency::check_value(self.value.as_ref(), currency)?;
        currency::check_event_or_items(currency, &self.items)?;
        items::check(&self.items)
    }
}
