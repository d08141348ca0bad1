//! [Mixpanel](https://mixpanel.com): events and purchases by way of the
//! [Import API](https://developer.mixpanel.com/reference/import-events), profiles of people and groups by way of the
//! [Engage](https://developer.mixpanel.com/reference/profile-set) and
//! [Groups](https://developer.mixpanel.com/reference/group-set-property) APIs, identities by way of the
//! [Track API](https://developer.mixpanel.com/reference/create-identity).
#![forbid(unsafe_code)]

pub mod actions;
pub mod answer;
pub mod browser;
pub mod client;
pub mod event;
pub mod fields;
pub mod import;
pub mod insert_id;
pub mod profile;
pub mod time;

use waystation_kit::prelude::*;

use crate::actions::{
    Alias, GroupIdentifyUser, IdentifyUser, IncrementProperties, TrackEvent, TrackPurchase,
};

/// The destination.
#[derive(Debug)]
pub struct Mixpanel;

/// The project to send to, and how.
#[derive(Debug, Deserialize, Settings)]
#[serde(rename_all = "camelCase")]
pub struct MixpanelSettings {
    /// The token of your project, from its settings under Access Keys.
    #[field(label = "Project token", type = string)]
    pub project_token: Secret,
    /// The API secret of your project, from the same place. Without it, the project token opens the Import API.
    #[field(label = "Secret key")]
    pub api_secret: Option<Secret>,
    /// Where the data of the project is kept: in the US, the
    /// [EU](https://docs.mixpanel.com/docs/privacy/eu-residency) or
    /// [India](https://docs.mixpanel.com/docs/privacy/in-residency).
    #[field(label = "Data residency", default = Region::Us.name())]
    pub api_region: Option<Region>,
    /// Sent along as `segment_source_name`, so that you can tell your sources apart.
    #[field(label = "Source name")]
    pub source_name: Option<String>,
    /// If this is 1, Mixpanel checks every event of an import and names those that it refuses; otherwise it drops
    /// them without a word.
    #[field(label = "Strict mode", default = StrictMode::On.name())]
    pub strict_mode: Option<StrictMode>,
}

/// Where the data of a project is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Choices)]
pub enum Region {
    /// The United States.
    #[default]
    #[serde(rename = "US 🇺🇸")]
    Us,
    /// The European Union.
    #[serde(rename = "EU 🇪🇺")]
    Eu,
    /// India.
    #[serde(rename = "IN 🇮🇳")]
    In,
}

/// Whether Mixpanel checks the events of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Choices)]
pub enum StrictMode {
    /// Events are checked, and refused one by one.
    #[default]
    #[serde(rename = "1")]
    On,
    /// Faulty events are dropped in silence.
    #[serde(rename = "0")]
    Off,
}

impl Destination for Mixpanel {
    const SLUG: &'static str = "mixpanel";
    const NAME: &'static str = "Mixpanel (Actions)";
    const DESCRIPTION: &'static str =
        "Track events and purchases, and keep profiles of people and groups up to date.";
    type Settings = MixpanelSettings;

    fn definition() -> Definition<Self> {
        let definition = Definition::new(Scheme::Custom)
            .registered_as("actions-mixpanel")
            .test_authentication(|cx| Box::pin(client::test_authentication(cx)))
            .batch_action::<TrackEvent>()
            .action::<IdentifyUser>()
            .action::<GroupIdentifyUser>()
            .action::<Alias>()
            .batch_action::<TrackPurchase>()
            .action::<IncrementProperties>();
        with_presets(definition)
    }
}

fn with_presets(definition: Definition<Mixpanel>) -> Definition<Mixpanel> {
    let all = |subscribe| PresetTrigger::Automatic { subscribe };
    let as_they_are = MappingChanges::none;
    let named_by_page = || MappingChanges::none().set("event", directive::template("Viewed {{name}}"));
    definition
        .preset_on::<TrackEvent>(
            "Track Calls",
            all(r#"type = "track" and event != "Order Completed""#),
            as_they_are(),
        )
        .preset_on::<TrackPurchase>(
            "Order Completed Calls",
            all(r#"type = "track" and event = "Order Completed""#),
            as_they_are(),
        )
        .preset_on::<TrackEvent>("Page Calls", all(r#"type = "page""#), named_by_page())
        .preset_on::<TrackEvent>("Screen Calls", all(r#"type = "screen""#), named_by_page())
        .preset_with::<IdentifyUser>("Identify Calls", as_they_are())
        .preset_with::<GroupIdentifyUser>("Group Calls", as_they_are())
}
