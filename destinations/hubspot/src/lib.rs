//! [HubSpot](https://www.hubspot.com): contacts, companies and records of any type, by way of the
//! [CRM API](https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide), and what they do, by way of
//! [custom events](https://developers.hubspot.com/docs/api-reference/events-manage-event-definitions-v3/guide).
//!
//! Records are written one at a time ([`crm`]) or many at a time ([`batch_api`], whose answers name what HubSpot
//! refused). A batch takes several requests; the kit's ledger keeps what became of each item. What actions do is in a
//! module of its own where it is more than a request: [`contacts`], [`companies`], [`custom_records`], [`objects`],
//! [`custom_event`]. What people choose from while they edit a mapping is in [`choices`].
#![forbid(unsafe_code)]

pub mod actions;
pub mod association_label;
pub mod batch_api;
pub mod choices;
pub mod client;
pub mod companies;
pub mod contacts;
pub mod crm;
pub mod custom_event;
pub mod custom_records;
pub mod dates;
pub mod fields;
pub mod flatten;
pub mod objects;
pub mod property_names;

use waystation_kit::prelude::*;

use crate::actions::{
    CustomEvent, SendCustomBehavioralEvent, UpsertCompany, UpsertContact, UpsertCustomObjectRecord,
    UpsertObject,
};

/// The destination.
#[derive(Debug)]
pub struct HubSpot;

/// The account to send to.
#[derive(Debug, Deserialize, Settings)]
#[serde(rename_all = "camelCase")]
pub struct HubSpotSettings {
    /// The ID of your account ([where to find it](https://knowledge.hubspot.com/account-management/manage-multiple-hubspot-accounts#check-your-current-account)).
    /// If it is set, events of other accounts are refused before they are sent.
    #[field(label = "Hub ID")]
    pub portal_id: Option<String>,
}

impl Destination for HubSpot {
    const SLUG: &'static str = "hubspot";
    const NAME: &'static str = "HubSpot Cloud Mode (Actions)";
    const DESCRIPTION: &'static str =
        "Keep contacts, companies and other records in HubSpot up to date, and tell it what they do.";
    type Settings = HubSpotSettings;

    fn definition() -> Definition<Self> {
        Definition::new(Scheme::OAuth2)
            .registered_as("actions-hubspot-cloud")
            .test_authentication(|cx| Box::pin(client::test_authentication(cx)))
            .refresh_access_token(|cx| Box::pin(client::refresh_access_token(cx)))
            .action::<SendCustomBehavioralEvent>()
            .batch_action::<UpsertContact>()
            .action::<UpsertCompany>()
            .action::<UpsertCustomObjectRecord>()
            .batch_action::<UpsertObject>()
            .action::<CustomEvent>()
    }

    fn extend_request(_: &HubSpotSettings, auth: &Auth) -> Result<RequestDefaults> {
        match &auth.access_token {
            Some(token) => RequestDefaults::new().bearer(token),
            None => Ok(RequestDefaults::new()),
        }
    }
}
