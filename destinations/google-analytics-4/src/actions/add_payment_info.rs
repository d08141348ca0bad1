//! A payment that was entered.

use std::borrow::Cow;

use serde_json::Number;
use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::currency::{self, VALUE_WITHOUT_CURRENCY};
use crate::event::EventParameters;
use crate::items::{self, Item};

/// [`add_payment_info`](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events#add_payment_info).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct AddPaymentInfo {
    /// The currency of the value, in three letters of ISO 4217. Without it, that of the first item counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Currency", default = path("$.properties.currency"))]
    pub currency: Option<String>,
    /// What the order comes to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Value", default = path("$.properties.value"))]
    pub value: Option<Number>,
    /// The coupon for the whole order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Coupon")]
    pub coupon: Option<String>,
    /// How it will be paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Payment type", default = path("$.properties.payment_method"))]
    pub payment_type: Option<String>,
    /// What is about to be bought.
    #[field(label = "Products", default = items::from_products(), additional_properties)]
    pub items: Vec<Item>,
}

impl ActionInfo<GoogleAnalytics4> for AddPaymentInfo {
    const SLUG: &'static str = "addPaymentInfo";
    const TITLE: &'static str = "Add Payment Info";
    const DESCRIPTION: &'static str = "Count how people are about to pay.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Payment Info Entered""#);
}

impl EventParameters for AddPaymentInfo {
    fn event_name(&self) -> Cow<'_, str> {
        "add_payment_info".into()
    }

    fn check(&self) -> Result<()> {
        if self.items.is_empty() {
            return Err(Error::payload("Google wants at least one product in this event"));
        }
        let currency = self.currency.as_deref();
        currency::check_optional(currency)?;
        if currency::is_missing(self.value.as_ref(), currency) {
            return Err(Error::payload(VALUE_WITHOUT_CURRENCY));
        }
        currency::check_event_or_items(currency, &self.items)?;
        items::check(&self.items)
    }
}
