//! [Klaviyo](https://www.klaviyo.com): profiles, events, orders, lists and consent, by way of its
//! [API](https://developers.klaviyo.com/en/reference/api_overview).
//!
//! Batches become jobs ([`submission`]), which Klaviyo accepts or refuses as a whole ([`answer`]) and works off
//! later. People are taken off lists by the IDs of their profiles, which are looked up first ([`removal`]).
#![forbid(unsafe_code)]

pub mod actions;
pub mod answer;
pub mod audiences;
pub mod client;
pub mod consent;
pub mod countries;
pub mod events;
pub mod fields;
pub mod identity;
pub mod import;
pub mod list_hook;
pub mod lists;
pub mod lookup;
pub mod pages;
pub mod phone;
pub mod profiles;
pub mod removal;
pub mod report;
pub mod submission;
pub mod subscriptions;
pub mod wire;

use waystation_kit::prelude::*;

use crate::actions::{
    AddProfileToList, OrderCompleted, RemoveProfile, RemoveProfileFromList, SubscribeProfile, TrackEvent,
    UnsubscribeProfile, UpsertProfile,
};

/// The destination.
#[derive(Debug)]
pub struct Klaviyo;

/// The account to send to.
#[derive(Debug, Deserialize, Settings)]
pub struct KlaviyoSettings {
    /// A private API key with full access to profiles, events, lists and subscriptions. You find it in
    /// Klaviyo's settings, under [API keys](https://www.klaviyo.com/settings/account/api-keys).
    #[field(label = "API key")]
    pub api_key: Secret,
}

impl Destination for Klaviyo {
    const SLUG: &'static str = "klaviyo";
    const NAME: &'static str = "Klaviyo (Actions)";
    const DESCRIPTION: &'static str =
        "Keep profiles and lists in Klaviyo up to date, record what people do, and what they agree to.";
    type Settings = KlaviyoSettings;

    fn definition() -> Definition<Self> {
        let definition = Definition::new(Scheme::Custom)
            .registered_as("actions-klaviyo")
            .test_authentication(|cx| Box::pin(client::test_authentication(cx)))
            .on_delete(|cx, user| Box::pin(client::delete_profile(cx, user)))
            .audiences(audiences::audiences())
            .batch_action::<UpsertProfile>()
            .batch_action::<AddProfileToList>()
            .batch_action::<RemoveProfileFromList>()
            .batch_action::<TrackEvent>()
            .action::<OrderCompleted>()
            .batch_action::<SubscribeProfile>()
            .batch_action::<UnsubscribeProfile>()
            .batch_action::<RemoveProfile>();
        with_presets(definition)
    }

    fn extend_request(settings: &KlaviyoSettings, _: &Auth) -> Result<RequestDefaults> {
        client::request_defaults(settings)
    }
}

fn with_presets(definition: Definition<Klaviyo>) -> Definition<Klaviyo> {
    use PlatformEvent::{AudienceEntered, AudienceExited, EntityAdded, EntityRemoved, JourneyStepEntered};
    const JOURNEYS: &str = "Journeys Step Entered";
    let definition = on::<AddProfileToList>(definition, "Entities Audience Entered", AudienceEntered);
    let definition = on::<RemoveProfileFromList>(definition, "Entities Audience Exited", AudienceExited);
    let definition = on::<AddProfileToList>(definition, "Associated Entity Added", EntityAdded);
    let definition = on::<RemoveProfileFromList>(definition, "Associated Entity Removed", EntityRemoved);
    let definition = on::<AddProfileToList>(definition, JOURNEYS, JourneyStepEntered);
    let definition = on::<TrackEvent>(definition, JOURNEYS, JourneyStepEntered);
    let definition = on::<OrderCompleted>(definition, JOURNEYS, JourneyStepEntered);
    let definition = on::<SubscribeProfile>(definition, JOURNEYS, JourneyStepEntered);
    on::<UnsubscribeProfile>(definition, JOURNEYS, JourneyStepEntered)
}

/// Adds a preset that an event of the platform starts, with the action's own mapping.
fn on<A: ActionInfo<Klaviyo>>(
    definition: Definition<Klaviyo>,
    name: &'static str,
    event: PlatformEvent,
) -> Definition<Klaviyo> {
    definition.preset_on_event::<A>(name, event.slug(), MappingChanges::none())
}
