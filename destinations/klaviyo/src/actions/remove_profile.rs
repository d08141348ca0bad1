//! A profile, taken off a list.

use waystation_kit::RequestKey;
use waystation_kit::batching::Batching;
use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::prelude::*;

use crate::Klaviyo;
use crate::countries;
use crate::fields::{gathered, has_phone_number};
use crate::lists;
use crate::removal;

/// Somebody on a list. At least one of email address, phone number and external ID is needed.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct RemoveProfile {
    /// The person's email address.
    #[field(label = "Email", format = email, default = path("$.traits.email"))]
    pub email: Option<String>,
    /// The person's ID in a system of yours, at most 255 characters.
    #[field(label = "External ID")]
    pub external_id: Option<String>,
    /// The list that the person is taken off.
    #[field(label = "List", dynamic)]
    pub list_id: String,
    /// The person's phone number: in the form of E.164, for example `+14155552671`, or as dialled in the
    /// country.
    #[field(label = "Phone number", default = path("$.traits.phone"))]
    pub phone_number: Option<String>,
    /// The country that the phone number is dialled in.
    #[field(label = "Country code", choices = countries::choices(), depends_on = has_phone_number())]
    pub country_code: Option<String>,
}

fn batching() -> Fields {
    gathered(&Batching::up_to(1000).at_least(100).grouped_by(["list_id"]))
}

impl ActionInfo<Klaviyo> for RemoveProfile {
    const SLUG: &'static str = "removeProfile";
    const TITLE: &'static str = "Remove Profile";
    const DESCRIPTION: &'static str = "Take a profile off a list.";
    const IDEMPOTENT: bool = true;
    // Misspelt on the platform, whose manifests are compared: events are of the type `identify`, so that only
    // a subscription of one's own matches.
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "Identify""#);

    fn dynamic_fields() -> DynamicFields<Klaviyo> {
        DynamicFields::new().field("list_id", |cx, request| Box::pin(lists::choices(cx, request)))
    }
}

impl Action<Klaviyo> for RemoveProfile {
    async fn perform(cx: &Context<Klaviyo>, payload: Self) -> Result<Output> {
        removal::remove(cx, payload).await
    }
}

impl BatchAction<Klaviyo> for RemoveProfile {
    /// A request is about one list.
    const REQUEST_KEY: Option<fn(&Self) -> RequestKey> = Some(|profile| RequestKey::of(&profile.list_id));

    async fn perform_batch(cx: &Context<Klaviyo>, batch: Batch<Self>) -> Result<BatchOutput> {
        removal::remove_batch(cx, batch).await
    }
}
