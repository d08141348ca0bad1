//! Example CRM: a partner that does not exist, as a worked example of everything the kit offers.
//!
//! Real destinations link the partner's reference here. Read this crate in this order; each file shows one
//! concept:
//!
//! | file | concept |
//! | --- | --- |
//! | `lib.rs` | what a destination is made of |
//! | [`settings`] | what a workspace connects with |
//! | [`account`] | authentication: testing credentials, refreshing tokens, forgetting a person |
//! | [`client`] | addresses, and reading the partner's errors |
//! | [`actions::send_message`] | one event at a time; conditions on fields; a memory; idempotency |
//! | [`actions::upsert_contact`] | a batch in one request; dynamic fields of objects and lists; hashing |
//! | [`actions::track_event`] | a batch in several requests |
//! | [`actions::sync_audience`] | members that enter and leave; sync modes; batch keys; a hook |
//! | [`actions::import_contacts`] | jobs that are handed in and asked about later |
//! | [`audiences`] | audiences that are kept at the partner |
//! | [`pick`] | choices that are asked of the partner while a person edits a mapping |
//! | [`fields`] | fields that several actions have |
#![forbid(unsafe_code)]

pub mod account;
pub mod actions;
pub mod audiences;
pub mod client;
pub mod fields;
pub mod pick;
pub mod settings;

use waystation_kit::prelude::*;

use crate::actions::{ImportContacts, SendMessage, SyncAudience, TrackEvent, UpsertContact};
use crate::settings::ExampleSettings;

/// The destination. It holds nothing: what belongs to a connection comes with each call.
#[derive(Debug)]
pub struct ExampleCrm;

impl Destination for ExampleCrm {
    const SLUG: &'static str = "example";
    const NAME: &'static str = "Example CRM";
    const DESCRIPTION: &'static str = "A partner that does not exist, to learn from.";
    type Settings = ExampleSettings;

    fn definition() -> Definition<Self> {
        // A handler is a function of the context. `Box::pin` stands here so that it need not stand there.
        let definition = Definition::new(Scheme::OAuth2)
            .test_authentication(|cx| Box::pin(account::test_authentication(cx)))
            .refresh_access_token(|cx| Box::pin(account::refresh_access_token(cx)))
            .on_delete(|cx, user| Box::pin(account::forget_person(cx, user)))
            .audiences(audiences::audiences())
            .action::<SendMessage>()
            .batch_action::<UpsertContact>()
            .batch_action::<TrackEvent>()
            .batch_action::<SyncAudience>()
            .asynchronous_action::<ImportContacts>();
        with_presets(definition)
    }

    // Called anew for each attempt, so a token that was just refreshed is used at once.
    fn extend_request(settings: &ExampleSettings, auth: &Auth) -> Result<RequestDefaults> {
        let defaults = RequestDefaults::new().header("x-workspace-key", settings.workspace_key.expose())?;
        match &auth.access_token {
            Some(token) => defaults.bearer(token),
            // While tokens are refreshed there is none.
            None => Ok(defaults),
        }
    }
}

/// What a workspace gets when it connects. A preset starts from the defaults of the action's fields.
fn with_presets(definition: Definition<ExampleCrm>) -> Definition<ExampleCrm> {
    definition
        // Started by the action's own subscription.
        .preset_with::<UpsertContact>("Create or update contacts", MappingChanges::none())
        // Started by another one, with one field mapped differently and one left out.
        .preset_on::<TrackEvent>(
            "Track page views",
            PresetTrigger::Automatic {
                subscribe: "type = \"page\"",
            },
            MappingChanges::none()
                .set("name", json!("Page Viewed"))
                .without("value"),
        )
        // Started by an event of the platform itself.
        .preset_on_event::<SyncAudience>(
            "Audience membership changed",
            PlatformEvent::MembershipChanged.slug(),
            MappingChanges::none(),
        )
}
