//! The fields of all events. [`EventKind`](crate::event::EventKind) says which of them an action has.

use serde_json::Number;
use waystation_kit::prelude::*;

use crate::items::Item;

/// The payload of every action: what all events share, and the parameters that some have of their own. It serializes
/// to the latter.
#[derive(Debug, Default, Deserialize, Serialize, Payload)]
pub struct EventFields {
    /// The kind of stream that the event belongs to: a website or an app.
    #[serde(skip_serializing)]
    #[field(label = "Data stream type", default = DataStreamType::Web.name())]
    pub data_stream_type: Option<DataStreamType>,
    /// The installation of the app, as the Firebase SDK tells it (`getAppInstanceId`). App streams need it.
    #[serde(skip_serializing)]
    #[field(label = "Firebase app instance ID")]
    pub app_instance_id: Option<String>,
    /// The browser, or whatever else tells one visitor from another. Web streams need it.
    #[serde(skip_serializing, alias = "clientId")]
    #[field(label = "Client ID", default = first_of("$.userId", "$.anonymousId"))]
    pub client_id: Option<String>,
    /// The person, by which Google [recognizes people on several
    /// devices](https://support.google.com/analytics/answer/9213390). No e-mail addresses, please: Google forbids
    /// whatever identifies a person by itself.
    #[serde(skip_serializing)]
    #[field(label = "User ID")]
    pub user_id: Option<String>,
    /// When it happened: a date, or seconds, milliseconds or microseconds since 1970. Google takes events that are up
    /// to three days old; without a time it is the time of arrival.
    #[serde(skip_serializing)]
    #[field(label = "Event timestamp", default = path("$.timestamp"))]
    pub timestamp_micros: Option<String>,

    /// The name of the event. Google takes no spaces in it, so they become underscores.
    #[serde(skip_serializing)]
    #[field(label = "Event name")]
    pub name: Option<String>,
    /// Write the name in lower case. Google takes names that differ in case alone for different events.
    #[serde(skip_serializing)]
    #[field(label = "Lowercase event name", default = false)]
    pub lowercase: Option<bool>,
    /// The shop or supplier that the order went to.
    #[field(label = "Affiliation")]
    pub affiliation: Option<String>,
    /// The coupon for the whole order.
    #[field(label = "Coupon")]
    pub coupon: Option<String>,
    /// The currency of the value, in three letters of ISO 4217. A value needs it.
    #[field(label = "Currency")]
    pub currency: Option<String>,
    /// How it will be paid.
    #[field(label = "Payment type")]
    pub payment_type: Option<String>,
    /// The name of the creative, for example of a banner.
    #[field(label = "Creative name")]
    pub creative_name: Option<String>,
    /// The place on the page that the creative stands in.
    #[field(label = "Creative slot")]
    pub creative_slot: Option<String>,
    /// The place, best as a Google place ID.
    #[field(label = "Location ID")]
    pub location_id: Option<String>,
    /// The ID of the promotion.
    #[field(label = "Promotion ID")]
    pub promotion_id: Option<String>,
    /// The name of the promotion.
    #[field(label = "Promotion name")]
    pub promotion_name: Option<String>,
    /// The ID of the list.
    #[field(label = "Item list ID")]
    pub item_list_id: Option<String>,
    /// The name of the list.
    #[field(label = "Item list name")]
    pub item_list_name: Option<String>,
    /// The products that the event is about.
    #[field(label = "Products", additional_properties)]
    pub items: Option<Vec<Item>>,
    /// The order. Google counts each one once.
    #[field(label = "Order ID")]
    pub transaction_id: Option<String>,
    /// What shipping cost.
    #[field(label = "Shipping")]
    pub shipping: Option<Number>,
    /// The tax on it.
    #[field(label = "Tax")]
    pub tax: Option<Number>,
    /// What it comes to.
    #[field(label = "Value")]
    pub value: Option<Number>,
    /// The address of the page.
    #[field(label = "Page location")]
    pub page_location: Option<String>,
    /// The address of the page before.
    #[field(label = "Page referrer")]
    pub page_referrer: Option<String>,
    /// The title of the page.
    #[field(label = "Page title")]
    pub page_title: Option<String>,
    /// The way that the person took, for example by e-mail.
    #[field(label = "Method")]
    pub method: Option<String>,
    /// What was searched for.
    #[field(label = "Search term")]
    pub search_term: Option<String>,

    /// What is known about the person. Google shows it once it is registered as a [user-scoped custom
    /// dimension](https://support.google.com/analytics/answer/9269570).
    #[serde(skip_serializing)]
    #[field(label = "User properties", additional_properties, object_ui = key_value)]
    pub user_properties: Option<JsonObject>,
    /// How long the person was engaged, in milliseconds. Google counts nobody as active without it, so it is 1 at
    /// first.
    #[field(label = "Engagement time in milliseconds", default = 1)]
    pub engagement_time_msec: Option<Number>,
    /// Further parameters of the event. They win over the other fields. Texts, numbers and truth values only.
    #[serde(skip_serializing)]
    #[field(label = "Event parameters", additional_properties, object_ui = key_value)]
    pub params: Option<JsonObject>,
    /// Whether the person agrees that data about them goes to Google for advertising.
    #[serde(skip_serializing)]
    #[field(label = "Consent to sending user data")]
    pub ad_user_data_consent: Option<Consent>,
    /// Whether the person agrees to personalized advertising.
    #[serde(skip_serializing)]
    #[field(label = "Consent to personalized ads")]
    pub ad_personalization_consent: Option<Consent>,
}

/// The fields that every event has before those of its own.
pub const ORIGIN: [&str; 5] = [
    "data_stream_type",
    "app_instance_id",
    "client_id",
    "user_id",
    "timestamp_micros",
];

/// The fields that every event has after those of its own.
pub const DETAILS: [&str; 5] = [
    "user_properties",
    "engagement_time_msec",
    "params",
    "ad_user_data_consent",
    "ad_personalization_consent",
];

/// The kinds of streams.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Choices)]
pub enum DataStreamType {
    /// A website.
    #[default]
    Web,
    /// An app for iOS or Android.
    #[serde(rename = "Mobile App")]
    MobileApp,
}

/// What a person says to a use of their data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Choices)]
#[serde(rename_all = "UPPERCASE")]
pub enum Consent {
    /// Yes.
    Granted,
    /// No.
    Denied,
}
