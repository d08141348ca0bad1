//! [Facebook Conversions API](https://developers.facebook.com/docs/marketing-api/conversions-api): what people do
//! on websites, in apps and in shops, for measuring and aiming ads on Meta's platforms.
//!
//! Every action is an [`Conversion`] of one kind ([`actions`]): what all events have and what some have of their own
//! ([`fields`]), who did it ([`user_data`], hashed before it leaves), and the device ([`app_data`]). Each comes in two
//! versions; the second one asks for a sync mode.
#![forbid(unsafe_code)]

pub mod actions;
pub mod answer;
pub mod app_data;
mod body;
pub mod client;
pub mod contents;
pub mod currency;
pub mod event;
pub mod fields;
pub mod normal_form;
pub mod time;
pub mod us_states;
pub mod user_data;

use waystation_kit::prelude::*;

use crate::actions::{AddToCart, Custom, InitiateCheckout, PageView, Purchase, Search, ViewContent};
use crate::event::{Conversion, SecondVersion};

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
            .action::<Conversion<Purchase>>()
            .action::<Conversion<InitiateCheckout>>()
            .action::<Conversion<AddToCart>>()
            .action::<Conversion<ViewContent>>()
            .action::<Conversion<Search>>()
            .action::<Conversion<PageView>>()
            .action::<Conversion<Custom>>()
            .action::<SecondVersion<Search>>()
            .action::<SecondVersion<ViewContent>>()
            .action::<SecondVersion<InitiateCheckout>>()
            .action::<SecondVersion<AddToCart>>()
            .action::<SecondVersion<PageView>>()
            .action::<SecondVersion<Purchase>>()
            .action::<SecondVersion<Custom>>()
    }
}
