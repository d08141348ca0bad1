//! [Google Analytics 4](https://marketingplatform.google.com/about/analytics/): events of web and app streams, by
//! way of the [Measurement Protocol](https://developers.google.com/analytics/devguides/collection/protocol/ga4).
//!
//! Every action is an [`Event`] of one kind ([`actions`]) with some of the [`fields`]. Google takes whatever it is sent
//! and says nothing about events that it will not count, so what it asks for is checked here: the stream
//! ([`stream`]), names, lengths, counts and currencies ([`rules`]), and items ([`items`]).
#![forbid(unsafe_code)]

pub mod actions;
pub mod client;
pub mod event;
pub mod fields;
pub mod items;
pub mod rules;
pub mod stream;
pub mod time;

use waystation_kit::prelude::*;

use crate::actions::{
    AddPaymentInfo, AddToCart, AddToWishlist, BeginCheckout, CustomEvent, GenerateLead, Login, PageView,
    Purchase, Refund, RemoveFromCart, Search, SelectItem, SelectPromotion, SignUp, ViewCart, ViewItem,
    ViewItemList, ViewPromotion,
};
use crate::event::Event;

/// The destination.
#[derive(Debug)]
pub struct GoogleAnalytics4;

/// The data stream to send to. It is either a web stream or an app stream; whoever has both may fill in both.
#[derive(Debug, Deserialize, Settings)]
#[serde(rename_all = "camelCase")]
pub struct GoogleAnalytics4Settings {
    /// The web stream: "G-" with letters and digits. You find it under Admin, Data streams. Web streams need it.
    #[field(label = "Measurement ID")]
    pub measurement_id: Option<String>,
    /// The app as Firebase knows it. You find it in the Firebase console under Project settings, Your apps. App
    /// streams need it.
    #[field(label = "Firebase app ID")]
    pub firebase_app_id: Option<String>,
    /// Lets you send to the stream. You create it under Admin, Data streams, Measurement Protocol API secrets.
    #[field(label = "API secret")]
    pub api_secret: Secret,
}

impl Destination for GoogleAnalytics4 {
    const SLUG: &'static str = "google-analytics-4";
    const NAME: &'static str = "Google Analytics 4 Cloud";
    const DESCRIPTION: &'static str = "Send events of websites and apps to Google Analytics from the server.";
    type Settings = GoogleAnalytics4Settings;

    fn definition() -> Definition<Self> {
        Definition::new(Scheme::Custom)
            .registered_as("actions-google-analytics-4")
            .also_known_as(&["GA4"])
            .test_authentication(|cx| Box::pin(async move { stream::check_settings(cx.settings()) }))
            .action::<Event<Purchase>>()
            .action::<Event<AddToCart>>()
            .action::<Event<PageView>>()
            .action::<Event<CustomEvent>>()
            .action::<Event<SelectItem>>()
            .action::<Event<BeginCheckout>>()
            .action::<Event<SelectPromotion>>()
            .action::<Event<ViewItem>>()
            .action::<Event<RemoveFromCart>>()
            .action::<Event<ViewCart>>()
            .action::<Event<Search>>()
            .action::<Event<ViewItemList>>()
            .action::<Event<SignUp>>()
            .action::<Event<ViewPromotion>>()
            .action::<Event<AddPaymentInfo>>()
            .action::<Event<Refund>>()
            .action::<Event<Login>>()
            .action::<Event<GenerateLead>>()
            .action::<Event<AddToWishlist>>()
    }
}
