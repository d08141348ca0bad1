//! A profile, created or updated, and optionally put on a list.

use std::sync::Arc;

use waystation_kit::RequestKey;
use waystation_kit::batching::Batching;
use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::hooks::Hooks;
use waystation_kit::prelude::*;
use waystation_kit::wire::value;

use crate::Klaviyo;
use crate::countries;
use crate::fields::{Location, gathered, has_phone_number};
use crate::identity::Identifiers;
use crate::import;
use crate::list_hook;
use crate::lists;
use crate::phone::PhoneNumber;
use crate::profiles;
use crate::report::{CountryCode, show_phone_number};
use crate::submission::{Shown, Submission};
use crate::wire::Resource;

/// What is known about a person. At least one of email address, phone number and external ID is needed.
#[derive(Debug, Serialize, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct UpsertProfile {
    /// The person's email address.
    #[field(label = "Email", format = email, default = path("$.traits.email"))]
    #[serde(skip_serializing)]
    pub email: Option<String>,
    /// The person's phone number: in the form of E.164, for example `+14155552671`, or as dialled in the
    /// country. If your account sends no text messages, another identifier is needed besides.
    #[field(label = "Phone number", default = path("$.context.traits.phone"))]
    #[serde(skip_serializing)]
    pub phone_number: Option<String>,
    /// The country that the phone number is dialled in.
    #[field(label = "Country code", choices = countries::choices(), depends_on = has_phone_number())]
    #[serde(skip_serializing)]
    pub country_code: Option<String>,
    /// The person's ID in a system of yours, at most 255 characters.
    #[field(label = "External ID")]
    #[serde(skip_serializing)]
    pub external_id: Option<String>,
    /// The person's first name.
    #[field(label = "First name", default = path("$.traits.firstName"))]
    pub first_name: Option<String>,
    /// The person's last name.
    #[field(label = "Last name", default = path("$.traits.lastName"))]
    pub last_name: Option<String>,
    /// Whom the person works for.
    #[field(label = "Organization", default = path("$.traits.company.name"))]
    pub organization: Option<String>,
    /// The person's job title.
    #[field(label = "Title", default = path("$.traits.title"))]
    pub title: Option<String>,
    /// The address of a picture of the person.
    #[field(label = "Image", default = path("$.traits.avatar"))]
    pub image: Option<String>,
    /// Where the person lives.
    #[field(label = "Location", properties = Location::fields(), default = Location::mapping("$.traits"))]
    pub location: Option<JsonObject>,
    /// What else is known about the person.
    #[field(label = "Properties", default = path("$.properties"))]
    pub properties: Option<JsonObject>,
    /// A list that the person is put on.
    #[field(label = "List", dynamic)]
    #[serde(skip_serializing)]
    pub list_id: Option<String>,
    /// A list that the event itself names: it stands in for the one above, as it did in Klaviyo's older
    /// integration.
    #[field(label = "List of the event", hidden, default = path("$.integrations.Klaviyo.listId"))]
    #[serde(skip_serializing)]
    pub override_list_id: Option<String>,
}

fn batching() -> Fields {
    gathered(
        &Batching::up_to(10_000)
            .at_least(100)
            .undecided()
            .grouped_by(["list_id", "override_list_id"]),
    )
}

impl ActionInfo<Klaviyo> for UpsertProfile {
    const SLUG: &'static str = "upsertProfile";
    const TITLE: &'static str = "Upsert Profile";
    const DESCRIPTION: &'static str = "Create a profile, or update what is known about the person.";
    const IDEMPOTENT: bool = true;
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "identify""#);

    fn dynamic_fields() -> DynamicFields<Klaviyo> {
        DynamicFields::new().field("list_id", |cx, request| Box::pin(lists::choices(cx, request)))
    }

    fn hooks() -> Hooks<Klaviyo> {
        Hooks::new().hook(list_hook::hook())
    }
}

impl Action<Klaviyo> for UpsertProfile {
    async fn perform(cx: &Context<Klaviyo>, payload: Self) -> Result<Output> {
        let list = list_hook::chosen_list(cx).or(payload.list()).map(str::to_owned);
        let (_, attributes) = payload.attributes()?;
        let profile = profiles::create_or_update(cx, attributes).await?;
        if let Some(list) = list {
            lists::add(cx, &list, &profile.id).await?;
        }
        Ok(profile.response.into())
    }
}

impl BatchAction<Klaviyo> for UpsertProfile {
    /// A request is about one list.
    const REQUEST_KEY: Option<fn(&Self) -> RequestKey> = Some(|profile| RequestKey::of(&profile.list()));

    async fn perform_batch(cx: &Context<Klaviyo>, batch: Batch<Self>) -> Result<BatchOutput> {
        let of_mapping = list_hook::chosen_list(cx);
        let of_payloads = batch.payloads().next().and_then(Self::list);
        let list = of_mapping.or(of_payloads).map(str::to_owned);
        let submission = Submission::new(batch, import::LIMITS, Shown::Payload, |payload, given| {
            let (phone_number, attributes) = payload.attributes()?;
            show_phone_number(given, "", phone_number.as_ref(), CountryCode::Dropped);
            show_list(given, of_mapping);
            value(&Resource {
                kind: "profile",
                attributes,
            })
        });
        import::submit(cx, list.as_deref(), submission).await
    }
}

/// Shows the list that was chosen when the mapping was saved.
fn show_list(given: &mut Arc<Value>, of_mapping: Option<&str>) {
    if let Some(list) = of_mapping
        && let Value::Object(payload) = Arc::make_mut(given)
    {
        payload.insert("list_id".to_owned(), list.into());
    }
}

impl UpsertProfile {
    /// The list that the payload names.
    fn list(&self) -> Option<&str> {
        let lists = [&self.override_list_id, &self.list_id];
        lists
            .into_iter()
            .flatten()
            .map(String::as_str)
            .find(|list| !list.is_empty())
    }

    /// The attributes of the profile, and the phone number that is among them.
    fn attributes(mut self) -> Result<(Option<PhoneNumber>, JsonObject)> {
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
