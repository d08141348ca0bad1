//! A look at a list of products.

use std::borrow::Cow;

use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::event::EventParameters;
use crate::items::{self, Item};

/// [`view_item_list`](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events#view_item_list).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct ViewItemList {
    /// The ID of the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Item list ID", default = path("$.properties.list_id"))]
    pub item_list_id: Option<String>,
    /// The name of the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Item list name", default = path("$.properties.category"))]
    pub item_list_name: Option<String>,
    /// What was in the list.
    #[field(label = "Products", default = items::from_products(), additional_properties)]
    pub items: Vec<Item>,
}

impl ActionInfo<GoogleAnalytics4> for ViewItemList {
    const SLUG: &'static str = "viewItemList";
    const TITLE: &'static str = "View Item List";
    const DESCRIPTION: &'static str = "Count how often lists of products are looked at.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Product List Viewed""#);
}

impl EventParameters for ViewItemList {
    fn event_name(&self) -> Cow<'_, str> {
        "view_item_list".into()
    }

    fn check(&self) -> Result<()> {
        items::check(&self.items)
    }
}
