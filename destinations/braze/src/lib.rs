//! [Braze](https://www.braze.com): profiles, events, purchases and aliases of people, catalogs, and messages
//! that events trigger, by way of the [REST API](https://www.braze.com/docs/api/home).
//!
//! Whatever is known about people goes to `/users/track` ([`track`]), whose answers name the objects they
//! refuse ([`answer`]). Catalogs have requests ([`items`]) and answers of their own.
#![forbid(unsafe_code)]

pub mod actions;
pub mod answer;
pub mod catalog_hook;
pub mod catalogs;
pub mod client;
pub mod currencies;
pub mod dates;
pub mod events;
pub mod fields;
pub mod identity;
pub mod items;
pub mod messages;
mod presets;
pub mod profiles;
pub mod purchases;
pub mod shop;
pub mod sync;
pub mod track;
pub mod unsendable;

use std::time::Duration;

use waystation_kit::prelude::*;
use waystation_kit::request::TimeLimit;

use crate::actions::{
    CreateAlias, CreateAlias2, Ecommerce, EcommerceSingleProduct, IdentifyUser, IdentifyUser2, TrackEvent,
    TrackEvent2, TrackPurchase, TrackPurchase2, TriggerCampaign, TriggerCanvas, UpdateUserProfile,
    UpdateUserProfile2, UpsertCatalogItem,
};

/// Braze takes its time over full requests.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// The destination.
#[derive(Debug)]
pub struct Braze;

/// The workspace to send to.
#[derive(Debug, Deserialize, Settings)]
pub struct BrazeSettings {
    /// A REST API key with the permissions that the actions need, `users.track` above all. You find it under
    /// [API keys](https://www.braze.com/docs/api/basics/#about-rest-api-keys) in the settings of the
    /// workspace.
    #[field(label = "API key")]
    pub api_key: Secret,
    /// The [app](https://www.braze.com/docs/api/identifier_types/#the-app-identifier) that events and
    /// purchases come from.
    #[field(label = "App ID")]
    pub app_id: Option<String>,
    /// Where the [cluster](https://www.braze.com/docs/api/basics/#endpoints) of the workspace listens. The
    /// address of your dashboard tells which it is.
    #[field(
        label = "REST endpoint",
        format = uri,
        default = "https://rest.iad-01.braze.com",
        choices = [
            ("US-01 (dashboard-01.braze.com)", "https://rest.iad-01.braze.com"),
            ("US-02 (dashboard-02.braze.com)", "https://rest.iad-02.braze.com"),
            ("US-03 (dashboard-03.braze.com)", "https://rest.iad-03.braze.com"),
            ("US-04 (dashboard-04.braze.com)", "https://rest.iad-04.braze.com"),
            ("US-05 (dashboard-05.braze.com)", "https://rest.iad-05.braze.com"),
            ("US-06 (dashboard-06.braze.com)", "https://rest.iad-06.braze.com"),
            ("US-07 (dashboard-07.braze.com)", "https://rest.iad-07.braze.com"),
            ("US-08 (dashboard-08.braze.com)", "https://rest.iad-08.braze.com"),
            ("US-09 (dashboard-09.braze.com)", "https://rest.us-09.braze.com"),
            ("US-10 (dashboard-10.braze.com)", "https://rest.us-10.braze.com"),
            ("EU-01 (dashboard-01.braze.eu)", "https://rest.fra-01.braze.eu"),
            ("EU-02 (dashboard-02.braze.eu)", "https://rest.fra-02.braze.eu"),
            ("AU-01 (dashboard.au-01.braze.com)", "https://rest.au-01.braze.com"),
            ("ID-01 (dashboard.id-01.braze.com)", "https://rest.id-01.braze.com"),
            ("JP-01 (dashboard.jp-01.braze.com)", "https://rest.jp-01.braze.com"),
        ]
    )]
    pub endpoint: String,
}

impl Destination for Braze {
    const SLUG: &'static str = "braze";
    const NAME: &'static str = "Braze Cloud Mode (Actions)";
    const DESCRIPTION: &'static str =
        "Keep people and catalogs in Braze up to date, track what people do, and trigger messages.";
    type Settings = BrazeSettings;

    fn definition() -> Definition<Self> {
        let definition = Definition::new(Scheme::Custom)
            .registered_as("actions-braze-cloud")
            .also_known_as(&["Appboy"])
            .on_delete(|cx, user| Box::pin(client::delete_user(cx, user)))
            .batch_action::<UpdateUserProfile>()
            .batch_action::<TrackEvent>()
            .batch_action::<TrackPurchase>()
            .action::<CreateAlias>()
            .action::<IdentifyUser>()
            .action::<IdentifyUser2>()
            .batch_action::<TrackEvent2>()
            .batch_action::<TrackPurchase2>()
            .batch_action::<UpdateUserProfile2>()
            .action::<CreateAlias2>()
            .batch_action::<UpsertCatalogItem>()
            .action::<TriggerCampaign>()
            .action::<TriggerCanvas>()
            .batch_action::<Ecommerce>()
            .batch_action::<EcommerceSingleProduct>();
        presets::add_to(definition)
    }

    fn extend_request(settings: &BrazeSettings, _: &Auth) -> Result<RequestDefaults> {
        let mut defaults = RequestDefaults::new().bearer(&settings.api_key)?;
        defaults.time_limit = Some(TimeLimit::After(TIME_LIMIT));
        Ok(defaults)
    }
}
