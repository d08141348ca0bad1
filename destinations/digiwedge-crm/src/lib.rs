//! [DigiWedge CRM](https://crm-docs.digiwedge.com/customer-profiles/overview): customers and their timelines,
//! segments, journeys, campaigns, social posts and promotions, by way of its
//! [REST API](https://crm-docs.digiwedge.com/api-reference/rest-api) and its
//! [GraphQL API](https://crm-docs-internal.uat.digiwedge.com/reference/api/graphql).
//!
//! Actions that are about a person find the customer by any identifier ([`customers`]). The setting
//! [`Interface`](settings::Interface) says whether customers go by way of REST or of GraphQL ([`graphql`],
//! [`reply`]). What DigiWedge refuses, and whether trying again can help, is read in [`refusal`].
//!
//! The partner documents no deletion of customers, so deletion is not offered.
#![forbid(unsafe_code)]

pub mod actions;
pub mod choices;
pub mod client;
pub mod customers;
pub mod error_codes;
pub mod graphql;
pub mod rate_limit;
pub mod refusal;
pub mod reply;
pub mod settings;
pub mod tokens;

use waystation_kit::prelude::*;

use crate::actions::{
    AddActivity, AddNote, ControlCampaign, CreateCustomer, CreatePost, CreatePromotion, CreateSegment,
    EnrollInJourney, MergeCustomers, PublishPost, RefreshSegment, ResolveCustomer, SyncSegment,
    UpdateCustomer,
};
use crate::settings::DigiWedgeSettings;

/// The destination.
#[derive(Debug)]
pub struct DigiWedgeCrm;

impl Destination for DigiWedgeCrm {
    const SLUG: &'static str = "digiwedge-crm";
    const NAME: &'static str = "DigiWedge CRM";
    const DESCRIPTION: &'static str =
        "Keep customers in DigiWedge up to date, add to their timelines, and start journeys and campaigns.";
    type Settings = DigiWedgeSettings;

    fn definition() -> Definition<Self> {
        let definition = Definition::new(Scheme::OAuth2)
            .test_authentication(|cx| Box::pin(client::test_authentication(cx)))
            .refresh_access_token(|cx| Box::pin(tokens::refresh(cx)))
            .action::<UpdateCustomer>()
            .batch_action::<CreateCustomer>()
            .action::<ResolveCustomer>()
            .action::<MergeCustomers>()
            .action::<AddActivity>()
            .action::<AddNote>()
            .action::<CreateSegment>()
            .action::<RefreshSegment>()
            .action::<SyncSegment>()
            .action::<EnrollInJourney>()
            .action::<ControlCampaign>()
            .action::<CreatePost>()
            .action::<PublishPost>()
            .action::<CreatePromotion>();
        with_presets(definition)
    }

    fn extend_request(settings: &DigiWedgeSettings, auth: &Auth) -> Result<RequestDefaults> {
        match tokens::current(settings, auth) {
            Some(token) => RequestDefaults::new().bearer(token),
            None => Ok(RequestDefaults::new()),
        }
    }
}

fn with_presets(definition: Definition<DigiWedgeCrm>) -> Definition<DigiWedgeCrm> {
    let page_view = MappingChanges::none()
        .set("type", Value::from("Page Viewed"))
        .set("title", directive::first_of(&["$.name", "$.properties.title"]));
    definition
        .preset::<UpdateCustomer>()
        .preset::<AddActivity>()
        .preset_on::<AddActivity>(
            "Add Page View",
            PresetTrigger::Automatic {
                subscribe: r#"type = "page""#,
            },
            page_view,
        )
        .preset::<AddNote>()
        .preset::<MergeCustomers>()
        .preset::<RefreshSegment>()
        .preset::<EnrollInJourney>()
}
