//! A look at a product.

use std::borrow::Cow;

use serde_json::Number;
use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::currency;
use crate::event::EventParameters;
use crate::items::{self, Item};

/// [`view_item`](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events#view_item).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct ViewItem {
    /// The currency of the value, in three letters of ISO 4217. Without it, that of the first item counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Currency", default = path("$.properties.currency"))]
    pub currency: Option<String>,
    /// What it is worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Value", default = path("$.properties.value"))]
    pub value: Option<Number>,
    /// What was looked at.
    #[field(label = "Products", default = items::from_properties(), additional_properties)]
    pub items: Vec<Item>,
}

impl ActionInfo<GoogleAnalytics4> for ViewItem {
    const SLUG: &'static str = "viewItem";
    const TITLE: &'static str = "View Item";
    const DESCRIPTION: &'static str = "Count how often products are looked at.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Product Viewed""#);
}

impl EventParameters for ViewItem {
    fn event_name(&self) -> Cow<'_, str> {
        "view_item".into()
    }

    fn check(&self) -> Result<()> {
        currency::check_optional(self.currency.as_deref())?;
        items::check(&self.items)
    }
}
