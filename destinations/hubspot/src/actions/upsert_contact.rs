//! A person, known by an e-mail address.

use waystation_kit::prelude::*;

use crate::HubSpot;
use crate::contacts;
use crate::fields::contact_batching;

/// A contact, created or updated.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = contact_batching)]
pub struct UpsertContact {
    /// Properties with fields of their own, the address among them.
    #[serde(flatten)]
    pub known: ContactProperties,
    /// Further properties by their internal names, HubSpot's own and yours. HubSpot has to know them already
    /// ([how to create them](https://knowledge.hubspot.com/properties/create-and-edit-properties)).
    #[field(label = "Other properties", object_ui = key_value_only)]
    pub properties: Option<JsonObject>,
}

/// Properties of a contact by the names that HubSpot has for them.
#[derive(Debug, Serialize, Deserialize, Payload)]
pub struct ContactProperties {
    /// Finds the contact. If HubSpot knows none with this address, one is created.
    #[field(label = "E-mail address", default = path("$.traits.email"), format = email)]
    pub email: String,
    /// Where the contact works.
    #[field(label = "Company name", default = path("$.traits.company"))]
    pub company: Option<String>,
    /// The given name.
    #[field(label = "First name", default = first_of("$.traits.first_name", "$.traits.firstName"))]
    pub firstname: Option<String>,
    /// The family name.
    #[field(label = "Last name", default = first_of("$.traits.last_name", "$.traits.lastName"))]
    pub lastname: Option<String>,
    /// The telephone number.
    #[field(label = "Phone number", default = path("$.traits.phone"))]
    pub phone: Option<String>,
    /// Street and number, with the apartment or unit if there is one.
    #[field(label = "Street address", default = path("$.traits.address.street"))]
    pub address: Option<String>,
    /// The city that the contact lives in.
    #[field(label = "City", default = path("$.traits.address.city"))]
    pub city: Option<String>,
    /// The state or region that the contact lives in.
    #[field(label = "State", default = path("$.traits.address.state"))]
    pub state: Option<String>,
    /// The country that the contact lives in.
    #[field(label = "Country", default = path("$.traits.address.country"))]
    pub country: Option<String>,
    /// The postal code.
    #[field(
        label = "Postal code",
        default = first_of("$.traits.address.postalCode", "$.traits.address.postal_code")
    )]
    pub zip: Option<String>,
    /// The site of the contact or of the contact's company.
    #[field(label = "Website", default = path("$.traits.website"))]
    pub website: Option<String>,
    /// How far the contact has come in your marketing and sales
    /// ([lifecycle stages](https://knowledge.hubspot.com/contacts/use-lifecycle-stages)), by the internal name of
    /// the stage. Contacts move forward as well as back.
    #[field(label = "Lifecycle stage")]
    pub lifecyclestage: Option<String>,
}

impl ActionInfo<HubSpot> for UpsertContact {
    const SLUG: &'static str = "upsertContact";
    const TITLE: &'static str = "Upsert Contact";
    const DESCRIPTION: &'static str = "Create a contact, or update what is known about it.";
    const SUBSCRIBE: Option<&'static str> = Some("type = \"identify\"");
    // A contact is told by its e-mail address: writing it again changes nothing.
    const IDEMPOTENT: bool = true;
}

impl Action<HubSpot> for UpsertContact {
    async fn perform(cx: &Context<HubSpot>, payload: Self) -> Result<Output> {
        Ok(contacts::upsert(cx, payload).await?.into())
    }
}

impl BatchAction<HubSpot> for UpsertContact {
    async fn perform_batch(cx: &Context<HubSpot>, batch: Batch<Self>) -> Result<BatchOutput> {
        contacts::batch::upsert(cx, batch).await
    }
}
