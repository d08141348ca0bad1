//! A product that was chosen from a list.

use std::borrow::Cow;

use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::event::EventParameters;
use crate::items::{self, Item};

/// [`select_item`](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events#select_item).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct SelectItem {
    /// The name of the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Item list name")]
    pub item_list_name: Option<String>,
    /// The ID of the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Item list ID")]
    pub item_list_id: Option<String>,
    /// What was chosen.
    #[field(label = "Products", default = items::from_properties(), additional_properties)]
    pub items: Vec<Item>,
}

impl ActionInfo<GoogleAnalytics4> for SelectItem {
    const SLUG: &'static str = "selectItem";
    const TITLE: &'static str = "Select Item";
    const DESCRIPTION: &'static str = "Count which products people choose from lists.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Product Clicked""#);
}

impl EventParameters for SelectItem {
    fn event_name(&self) -> Cow<'_, str> {
        "select_item".into()
    }

    fn check(&self) -> Result<()> {
        items::check(&self.items)
    }
}
