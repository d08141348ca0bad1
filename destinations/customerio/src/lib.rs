//! [Customer.io](https://customer.io): people, events, devices, objects and delivery metrics, by way of the
//! [Track API](https://docs.customer.io/integrations/api/track/).
//!
//! Every action but one builds an [`Operation`](operation::Operation) of the API's second version. Single
//! operations go to `/api/v2/entity`, batches to `/api/v2/batch`, whose answer names the items it refused
//! ([`answer`]).
#![forbid(unsafe_code)]

pub mod actions;
pub mod answer;
pub mod client;
pub mod dates;
mod event_id;
pub mod events;
pub mod fields;
pub mod identifiers;
pub mod operation;

use waystation_kit::prelude::*;

use crate::actions::{
    CreateUpdateDevice, CreateUpdateObject, CreateUpdatePerson, DeleteDevice, DeleteObject, DeletePerson,
    DeleteRelationship, MergePeople, ReportContentEvent, ReportDeliveryEvent, SuppressPerson, TrackEvent,
    TrackPageView, TrackScreenView, UnsuppressPerson,
};

/// The destination.
#[derive(Debug)]
pub struct CustomerIo;

/// The workspace to send to, and how.
#[derive(Debug, Deserialize, Settings)]
#[serde(rename_all = "camelCase")]
pub struct CustomerIoSettings {
    /// Identifies your workspace. You find it under
    /// [API credentials](https://fly.customer.io/settings/api_credentials), next to the key.
    #[field(label = "Site ID")]
    pub site_id: Secret,
    /// The Track API key that belongs to the site ID. An App API key does not work here.
    #[field(label = "API key")]
    pub api_key: Secret,
    /// The [data center](https://docs.customer.io/accounts/data-centers/) that your account lives in.
    #[field(label = "Account region", default = Region::Us.name())]
    pub account_region: Option<Region>,
    /// Customer.io recognizes an event that it already has only if the event's ID is a
    /// [ULID](https://github.com/ulid/spec). If this is on, other event IDs are replaced by a ULID that is
    /// computed from them, so that an event that has to be sent twice is counted once.
    #[field(label = "Deduplicate events", default = false)]
    pub deduplicate_events: Option<bool>,
}

/// Where the data of an account is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Choices)]
pub enum Region {
    /// The United States.
    #[default]
    #[serde(rename = "US 🇺🇸")]
    Us,
    /// The European Union.
    #[serde(rename = "EU 🇪🇺")]
    Eu,
}

impl Destination for CustomerIo {
    const SLUG: &'static str = "customerio";
    const NAME: &'static str = "Actions Customerio";
    const DESCRIPTION: &'static str =
        "Keep people, their devices and objects in Customer.io up to date, and track what they do.";
    type Settings = CustomerIoSettings;

    fn definition() -> Definition<Self> {
        let definition = Definition::new(Scheme::Basic)
            .registered_as("actions-customerio")
            .test_authentication(|cx| Box::pin(client::test_authentication(cx)))
            .on_delete(|cx, user| Box::pin(client::forget_person(cx, user)))
            .batch_action::<CreateUpdateDevice>()
            .batch_action::<DeleteDevice>()
            .batch_action::<DeleteRelationship>()
            .batch_action::<DeletePerson>()
            .batch_action::<DeleteObject>()
            .batch_action::<CreateUpdatePerson>()
            .batch_action::<TrackEvent>()
            .batch_action::<TrackPageView>()
            .batch_action::<TrackScreenView>()
            .batch_action::<CreateUpdateObject>()
            .batch_action::<MergePeople>()
            .batch_action::<SuppressPerson>()
            .batch_action::<UnsuppressPerson>()
            .action::<ReportDeliveryEvent>()
            .batch_action::<ReportContentEvent>();
        with_presets(definition)
    }

    fn extend_request(settings: &CustomerIoSettings, _: &Auth) -> Result<RequestDefaults> {
        Ok(RequestDefaults::new().basic(settings.site_id.clone(), settings.api_key.clone()))
    }
}

fn with_presets(definition: Definition<CustomerIo>) -> Definition<CustomerIo> {
    definition
        .preset::<CreateUpdatePerson>()
        .preset::<CreateUpdateDevice>()
        .preset::<DeleteDevice>()
        .preset::<DeleteRelationship>()
        .preset::<DeletePerson>()
        .preset::<DeleteObject>()
        .preset::<TrackEvent>()
        .preset::<TrackPageView>()
        .preset::<TrackScreenView>()
        .preset::<CreateUpdateObject>()
        .preset::<MergePeople>()
        .preset::<SuppressPerson>()
        .preset::<UnsuppressPerson>()
        .preset::<ReportDeliveryEvent>()
        .preset::<ReportContentEvent>()
        .presets_on_platform_events::<TrackEvent, CreateUpdatePerson>()
}
