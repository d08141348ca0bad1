//! [Facebook Conversions API](https://developers.facebook.com/docs/marketing-api/conversions-api): what people do
//! on websites, in apps and in shops, for measuring and aiming ads on Meta's platforms.
//!
//! Every action is one event ([`event`]): what all events have ([`fields`]), who did it ([`user_data`], hashed
//! before it leaves), the device ([`app_data`]), and parameters of its own ([`actions`]). Each comes in two
//! versions; the second one asks for a sync mode ([`second_version`]).
#![forbid(unsafe_code)]

pub mod actions;
pub mod app_data;
pub mod client;
pub mod contents;
pub mod currency;
pub mod event;
pub mod fields;
pub mod normal_form;
pub mod places;
pub mod second_version;
pub mod user_data;

use waystation_kit::prelude::*;

use crate::actions::{
    AddToCart, AddToCart2, Custom, Custom2, InitiateCheckout, InitiateCheckout2, PageView, PageView2,
    Purchase, Purchase2, Search, Search2, ViewContent, ViewContent2,
};

/// The destination.
#[derive(Debug)]
pub struct FacebookConversionsApi;

/// The pixel to send to.
#[derive(Debug, Deserialize, Settings)]
#[serde(rename_all = "camelCase")]
pub struct FacebookConversionsApiSettings {
    /// Your pixel, or the dataset that holds it. You find the ID in the Events Manager under Data sources.
    #[field(label = "Pixel ID")]
    pub pixel_id: String,
    /// Marks all events as tests, which show under Test events in the Events Manager; you find the code there. A
    /// code in a mapping wins. Take it out before real events are sent.
    #[field(label = "Test event code")]
    pub test_event_code: Option<String>,
}

impl Destination for FacebookConversionsApi {
    const SLUG: &'static str = "facebook-conversions-api";
    const NAME: &'static str = "Facebook Conversions API (Actions)";
    const DESCRIPTION: &'static str = "Tell Meta what people do, so that ads can be measured and aimed.";
    type Settings = FacebookConversionsApiSettings;

    fn definition() -> Definition<Self> {
        Definition::new(Scheme::Custom)
            .registered_as("actions-facebook-conversions-api")
            .also_known_as(&["Meta Conversions API"])
            .action::<Purchase>()
            .action::<InitiateCheckout>()
            .action::<AddToCart>()
            .action::<ViewContent>()
            .action::<Search>()
            .action::<PageView>()
            .action::<Custom>()
            .action::<Search2>()
            .action::<ViewContent2>()
            .action::<InitiateCheckout2>()
            .action::<AddToCart2>()
            .action::<PageView2>()
            .action::<Purchase2>()
            .action::<Custom2>()
    }
}
