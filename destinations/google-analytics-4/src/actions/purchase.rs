//! Something that was bought.

use std::borrow::Cow;

use serde_json::Number;
use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::currency;
use crate::event::EventParameters;
use crate::items::{self, Item};

/// [`purchase`](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events#purchase).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct Purchase {
    /// The shop or supplier that the order went to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Affiliation", default = path("$.properties.affiliation"))]
    pub affiliation: Option<String>,
    /// The coupon for the whole order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Coupon", default = path("$.properties.coupon"))]
    pub coupon: Option<String>,
    /// The currency of the order, in three letters of ISO 4217.
    #[field(label = "Currency", default = path("$.properties.currency"))]
    pub currency: String,
    /// What was bought.
    #[field(label = "Products", default = items::from_products(), additional_properties)]
    pub items: Vec<Item>,
    /// The order. Google counts each one once.
    #[field(label = "Order ID", default = path("$.properties.order_id"))]
    pub transaction_id: String,
    /// What shipping cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Shipping", default = path("$.properties.shipping"))]
    pub shipping: Option<Number>,
    /// The tax on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Tax", default = path("$.properties.tax"))]
    pub tax: Option<Number>,
    /// What the order comes to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Value", default = path("$.properties.total"))]
    pub value: Option<Number>,
}

impl ActionInfo<GoogleAnalytics4> for Purchase {
    const SLUG: &'static str = "purchase";
    const TITLE: &'static str = "Purchase";
    const DESCRIPTION: &'static str = "Count a purchase, with what was bought and for how much.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Order Completed""#);
}

impl EventParameters for Purchase {
    fn event_name(&self) -> Cow<'_, str> {
        "purchase".into()
    }

    fn check(&self) -> Result<()> {
        currency::check(&self.currency)?;
        items::check(&self.items)
    }
}
