//! Somebody who leaves an audience, taken off its list.

use waystation_kit::RequestKey;
use waystation_kit::batching::Batching;
use waystation_kit::prelude::*;

use crate::Klaviyo;
use crate::countries;
use crate::fields::{gathered, has_phone_number};
use crate::removal::{self, Member};

/// Somebody who leaves an audience. At least one of email address, phone number and external ID is needed.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct RemoveProfileFromList {
    /// The person's email address.
    #[field(label = "Email", format = email, default = path("$.context.traits.email"))]
    pub email: Option<String>,
    /// The person's ID in a system of yours, at most 255 characters.
    #[field(label = "External ID", minimum = 0, maximum = 255)]
    pub external_id: Option<String>,
    /// The list of the audience.
    #[field(
        label = "List ID",
        hidden,
        default = first_of("$.context.personas.audience_settings.listId", "$.context.personas.external_audience_id")
    )]
    pub list_id: String,
    /// The person's phone number: in the form of E.164, for example `+14155552671`, or as dialled in the
    /// country.
    #[field(label = "Phone number", default = path("$.context.traits.phone"))]
    pub phone_number: Option<String>,
    /// The country that the phone number is dialled in.
    #[field(label = "Country code", choices = countries::choices(), depends_on = has_phone_number())]
    pub country_code: Option<String>,
}

fn batching() -> Fields {
    gathered(&Batching::up_to(1000).at_least(100).grouped_by(["list_id"]))
}

impl ActionInfo<Klaviyo> for RemoveProfileFromList {
    const SLUG: &'static str = "removeProfileFromList";
    const TITLE: &'static str = "Remove Profile from List (Engage)";
    const DESCRIPTION: &'static str = "Take somebody who leaves an audience off its list.";
    const IDEMPOTENT: bool = true;
    const SUBSCRIBE: Option<&'static str> = Some(r#"event = "Audience Exited""#);
}

impl Action<Klaviyo> for RemoveProfileFromList {
    async fn perform(cx: &Context<Klaviyo>, payload: Self) -> Result<Output> {
        removal::remove(cx, payload.into()).await
    }
}

impl BatchAction<Klaviyo> for RemoveProfileFromList {
    /// A request is about one list.
    const REQUEST_KEY: Option<fn(&Self) -> RequestKey> = Some(|profile| RequestKey::of(&profile.list_id));

    async fn perform_batch(cx: &Context<Klaviyo>, batch: Batch<Self>) -> Result<BatchOutput> {
        removal::remove_batch(cx, batch, Member::from).await
    }
}

impl From<RemoveProfileFromList> for Member {
    fn from(payload: RemoveProfileFromList) -> Self {
        Self {
            list_id: payload.list_id,
            email: payload.email,
            external_id: payload.external_id,
            phone_number: payload.phone_number,
            country_code: payload.country_code,
        }
    }
}
