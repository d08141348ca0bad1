//! A promotion that was shown.

use std::borrow::Cow;

use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::event::EventParameters;
use crate::items::{self, Item};

/// [`view_promotion`](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events#view_promotion).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct ViewPromotion {
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
    #[field(label = "Location ID", default = path("$.properties.position"))]
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
    #[field(label = "Products", default = items::from_properties(), properties = items::promotion_item_fields(), additional_properties)]
    pub items: Vec<Item>,
}

impl ActionInfo<GoogleAnalytics4> for ViewPromotion {
    const SLUG: &'static str = "viewPromotion";
    const TITLE: &'static str = "View Promotion";
    const DESCRIPTION: &'static str = "Count how often promotions are seen.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Promotion Viewed""#);
}

impl EventParameters for ViewPromotion {
    fn event_name(&self) -> Cow<'_, str> {
        "view_promotion".into()
    }

    fn check(&self) -> Result<()> {
        items::check(&self.items)
    }
}
