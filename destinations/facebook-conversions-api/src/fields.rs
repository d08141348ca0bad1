//! Fields that every event has.

use serde_json::Number;
use waystation_kit::prelude::*;
use waystation_kit::text::is_given;

use crate::app_data::AppData;
use crate::contents::Content;
use crate::user_data::UserData;

/// What all events have in common
/// ([reference](https://developers.facebook.com/docs/marketing-api/conversions-api/parameters/server-event)).
#[derive(Debug, Deserialize, Payload)]
pub struct ServerEvent {
    /// Where it happened.
    #[field(label = "Action source")]
    pub action_source: ActionSource,
    /// When it happened: a date of ISO 8601, or seconds or milliseconds since 1970. Meta takes what is up to seven days old.
    #[field(label = "Event time", default = path("$.timestamp"))]
    pub event_time: String,
    /// Who did it. Meta looks for the person by whatever is given here, so the more the better, and at least one.
    /// What identifies a person is hashed before it is sent.
    #[field(label = "User data", default = UserData::default_mapping())]
    pub user_data: UserData,
    /// The app and the device, for
    /// [app events](https://developers.facebook.com/docs/marketing-api/conversions-api/app-events). They go to a
    /// [dataset](https://www.facebook.com/business/help/750785952855662), whose ID takes the place of the pixel's.
    #[field(label = "App events", default = AppData::default_mapping())]
    pub app_data_field: Option<AppData>,
    /// By this ID, Meta recognizes an event that it has from the browser's pixel already.
    #[field(label = "Event ID", default = path("$.messageId"))]
    pub event_id: Option<String>,
    /// The address of the page where it happened, on a domain that is verified at Meta. Events of websites need it.
    #[field(label = "Event source URL", default = path("$.context.page.url"))]
    pub event_source_url: Option<String>,
    /// Properties of your own. They replace no other parameter of the event; page views are sent without them.
    #[field(label = "Custom data", object_ui = key_value)]
    pub custom_data: Option<JsonObject>,
    /// Ask Meta for
    /// [limited data use](https://developers.facebook.com/docs/marketing-apis/data-processing-options): the event
    /// is processed as the privacy laws of some states of the USA want it.
    #[field(label = "Limited data use")]
    pub data_processing_options: Option<bool>,
    /// The country whose law counts. Meta finds it out by the IP address if left out.
    #[field(
        label = "Limited data use: country",
        choices = [("Found out by Meta", 0), ("United States of America", 1)]
    )]
    pub data_processing_options_country: Option<Number>,
    /// The state whose law counts. Meta finds it out by the IP address if left out.
    #[field(
        label = "Limited data use: state",
        choices = [
            ("Found out by Meta", 0),
            ("California", 1000),
            ("Colorado", 1001),
            ("Connecticut", 1002),
            ("Florida", 1003),
            ("Oregon", 1004),
            ("Texas", 1005),
            ("Montana", 1006),
            ("Delaware", 1007),
            ("Nebraska", 1008),
            ("New Hampshire", 1009),
            ("New Jersey", 1010),
        ]
    )]
    pub data_processing_options_state: Option<Number>,
    /// Marks the event as a test, which shows under Test events in the Events Manager. It wins over the code in
    /// the settings. Take it out before real events are sent.
    #[field(label = "Test event code")]
    pub test_event_code: Option<String>,
}

/// The parameters that some kinds of events have of their own; [`EventKind`](crate::event::EventKind) says which. They
/// are sent in `custom_data`.
#[derive(Debug, Default, Deserialize, Serialize, Payload)]
pub struct Parameters {
    /// The name of a [standard event](https://developers.facebook.com/docs/meta-pixel/reference#standard-events), or
    /// one of your own.
    #[serde(skip_serializing)]
    #[field(label = "Event name")]
    pub event_name: Option<String>,
    /// What was searched for.
    #[field(label = "Search string")]
    pub search_string: Option<String>,
    /// The currency of the value: three capitals of ISO 4217.
    #[field(label = "Currency")]
    pub currency: Option<String>,
    /// What it comes to.
    #[field(label = "Value")]
    pub value: Option<Number>,
    /// What is left of the value for you.
    #[field(label = "Net revenue")]
    pub net_revenue: Option<Number>,
    /// The products, as your catalog knows them.
    #[field(label = "Content IDs")]
    pub content_ids: Option<Vec<String>>,
    /// The name of the page or the product.
    #[field(label = "Content name")]
    pub content_name: Option<String>,
    /// What the content IDs stand for: `product` or `product_group`.
    #[field(label = "Content type")]
    pub content_type: Option<String>,
    /// The products one by one.
    #[field(label = "Contents")]
    pub contents: Option<Vec<Content>>,
    /// How many products there are.
    #[field(label = "Number of items", type = integer)]
    pub num_items: Option<Number>,
    /// The category of the page or the product.
    #[field(label = "Content category")]
    pub content_category: Option<String>,
}

impl ServerEvent {
    /// Checks that an event of a website says which browser it comes from.
    ///
    /// # Errors
    /// It does not.
    pub fn check_browser(&self) -> Result<()> {
        if self.action_source == ActionSource::Website && !is_given(&self.user_data.client_user_agent) {
            return Err(Error::payload(
                "An event of a website needs the client user agent among its user data",
            ));
        }
        Ok(())
    }
}

/// Where something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Choices)]
#[serde(rename_all = "snake_case")]
pub enum ActionSource {
    /// In an e-mail conversation.
    #[choice(label = "E-mail")]
    Email,
    /// On a website.
    Website,
    /// In a mobile app.
    App,
    /// On the phone.
    PhoneCall,
    /// In a messaging app or a text message.
    Chat,
    /// In a shop.
    PhysicalStore,
    /// By itself, for example the renewal of a subscription.
    SystemGenerated,
    /// Somewhere else.
    Other,
}
