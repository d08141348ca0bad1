//! A promotion that was chosen.

use std::borrow::Cow;

use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::event::EventParameters;
use crate::items::{self, Item};

/// [`select_promotion`](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events#select_promotion).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct SelectPromotion {
    /// The name of the creative, for example of a banner.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Creative name")]
    pub creative_name: Option<String>,
    /// The place on the page that the creative stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Creative slot", default = path("$.properties.creative"))]
    pub creative_slot: Option<String>,
    /// The place, best as a Google place ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Location ID")]
    pub location_id: Option<String>,
    /// The ID of the promotion.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Promotion ID", default = path("$.properties.promotion_id"))]
    pub promotion_id: Option<String>,
    /// The name of the promotion.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Promotion name", default = path("$.properties.name"))]
    pub promotion_name: Option<String>,
    /// What the promotion is for.
    #[serde(default)]
    #[field(label = "Products", default = items::from_properties(), properties = items::promotion_item_fields(), additional_properties)]
    pub items: Vec<Item>,
}

impl ActionInfo<GoogleAnalytics4> for SelectPromotion {
    const SLUG: &'static str = "selectPromotion";
    const TITLE: &'static str = "Select Promotion";
    const DESCRIPTION: &'static str = "Count which promotions people follow.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Promotion Clicked""#);
}

impl EventParameters for SelectPromotion {
    fn event_name(&self) -> Cow<'_, str> {
        "select_promotion".into()
    }

    fn check(&self) -> Result<()> {
        items::check(&self.items)
    }
}
