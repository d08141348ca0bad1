//! Somebody who enters an audience, put on its list.

use waystation_kit::RequestKey;
use waystation_kit::batching::Batching;
use waystation_kit::prelude::*;
use waystation_kit::wire::value;

use crate::Klaviyo;
use crate::countries;
use crate::fields::{Location, gathered, has_phone_number};
use crate::identity::{Identifiers, is_email};
use crate::import;
use crate::lists;
use crate::phone::PhoneNumber;
use crate::profiles;
use crate::report::{CountryCode, show_phone_number};
use crate::submission::{Shown, Submission};
use crate::wire::Resource;

/// Somebody who enters an audience. At least one of email address, phone number and external ID is needed.
#[derive(Debug, Serialize, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct AddProfileToList {
    /// The person's email address.
    #[field(label = "Email", format = email, default = path("$.context.traits.email"))]
    #[serde(skip_serializing)]
    pub email: Option<String>,
    /// The person's phone number: in the form of E.164, for example `+14155552671`, or as dialled in the
    /// country. If your account sends no text messages, another identifier is needed besides.
    #[field(label = "Phone number", default = path("$.context.traits.phone"))]
    #[serde(skip_serializing)]
    pub phone_number: Option<String>,
    /// The list of the audience.
    #[field(
        label = "List ID",
        hidden,
        default = first_of("$.context.personas.audience_settings.listId", "$.context.personas.external_audience_id")
    )]
    #[serde(skip_serializing)]
    pub list_id: String,
    /// The person's ID in a system of yours, at most 255 characters.
    #[field(label = "External ID", minimum = 0, maximum = 255)]
    #[serde(skip_serializing)]
    pub external_id: Option<String>,
    /// The person's first name.
    #[field(label = "First name", default = path("$.properties.firstName"))]
    pub first_name: Option<String>,
    /// The person's last name.
    #[field(label = "Last name", default = path("$.properties.lastName"))]
    pub last_name: Option<String>,
    /// The address of a picture of the person.
    #[field(label = "Image", default = path("$.properties.avatar"))]
    pub image: Option<String>,
    /// The person's job title.
    #[field(label = "Title", default = path("$.properties.title"))]
    pub title: Option<String>,
    /// Whom the person works for.
    #[field(label = "Organization", default = path("$.properties.company.name"))]
    pub organization: Option<String>,
    /// Where the person lives.
    #[field(label = "Location", properties = Location::fields(), default = Location::mapping("$.properties"))]
    pub location: Option<JsonObject>,
    /// What else is known about the person.
    #[field(label = "Properties", default = path("$.properties.properties"))]
    pub properties: Option<JsonObject>,
    /// The country that the phone number is dialled in.
    #[field(label = "Country code", choices = countries::choices(), depends_on = has_phone_number())]
    #[serde(skip_serializing)]
    pub country_code: Option<String>,
}

fn batching() -> Fields {
    gathered(&Batching::up_to(10_000).at_least(100).grouped_by(["list_id"]))
}

impl ActionInfo<Klaviyo> for AddProfileToList {
    const SLUG: &'static str = "addProfileToList";
    const TITLE: &'static str = "Add Profile to List";
    const DESCRIPTION: &'static str = "Put somebody who enters an audience on its list.";
    const IDEMPOTENT: bool = true;
    const SUBSCRIBE: Option<&'static str> = Some(r#"event = "Audience Entered""#);
}

impl Action<Klaviyo> for AddProfileToList {
    async fn perform(cx: &Context<Klaviyo>, mut payload: Self) -> Result<Output> {
        let list = std::mem::take(&mut payload.list_id);
        let (_, attributes) = payload.attributes()?;
        let profile = profiles::create_or_find(cx, attributes).await?;
        Ok(lists::add(cx, &list, &profile).await?.into())
    }
}

impl BatchAction<Klaviyo> for AddProfileToList {
    /// A request is about one list.
    const REQUEST_KEY: Option<fn(&Self) -> RequestKey> = Some(|profile| RequestKey::of(&profile.list_id));

    async fn perform_batch(cx: &Context<Klaviyo>, batch: Batch<Self>) -> Result<BatchOutput> {
        let list = batch.payloads().next().map(|payload| payload.list_id.clone());
        let submission = Submission::new(batch, import::LIMITS, Shown::Item, |payload, given| {
            let (phone_number, attributes) = payload.attributes()?;
            show_phone_number(given, "", phone_number.as_ref(), CountryCode::Dropped);
            value(&Resource {
                kind: "profile",
                attributes,
            })
        });
        import::submit(cx, list.as_deref(), submission).await
    }
}

impl AddProfileToList {
    /// The attributes of the profile, and the phone number that is among them.
    fn attributes(mut self) -> Result<(Option<PhoneNumber>, JsonObject)> {
        let email = self.email.as_deref().filter(|email| !email.is_empty());
        if email.is_some_and(|email| !is_email(email)) {
            return Err(Error::payload("Klaviyo does not take this for an email address"));
        }
        let identifiers = Identifiers::read(
            self.email.take(),
            self.external_id.take(),
            self.phone_number.take(),
            self.country_code.as_deref(),
        )?;
        let attributes = profiles::attributes_of(&identifiers, &self)?;
        Ok((identifiers.phone_number, attributes))
    }
}
