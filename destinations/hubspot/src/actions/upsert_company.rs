//! A company, known by an ID of your own.

use serde_json::Number;
use waystation_kit::prelude::*;

use crate::HubSpot;
use crate::companies;

/// A company, created or updated.
#[derive(Debug, Deserialize, Payload)]
pub struct UpsertCompany {
    /// Your own ID of the company. HubSpot keeps it in a property that is made for it, so that the company is found
    /// again; an ID that changes makes a second company.
    #[field(label = "Company ID", default = first_of("$.groupId", "$.context.groupId"))]
    pub groupid: String,
    /// Create the company if there is none yet. Otherwise companies are only updated.
    #[field(label = "Create companies", key = "createNewCompany", default = true)]
    #[serde(rename = "createNewCompany")]
    pub create_new_company: bool,
    /// Associate the company with the contact of the same event. "Upsert Contact" has to run before, one contact at
    /// a time; without a contact nothing is written at all.
    #[field(label = "Associate the contact", key = "associateContact", default = true)]
    #[serde(rename = "associateContact")]
    pub associate_contact: bool,
    /// Finds a company that does not have your ID yet, for example by its domain: any of these values is enough. If
    /// several companies have them, none is written.
    #[field(label = "Company search fields", object_ui = key_value_only)]
    pub companysearchfields: Option<JsonObject>,
    /// Properties with fields of their own.
    #[serde(flatten)]
    pub known: CompanyProperties,
    /// Further properties by their internal names, HubSpot's own and yours. HubSpot has to know them already
    /// ([how to create them](https://knowledge.hubspot.com/properties/create-and-edit-properties)). The property
    /// `segment_group_id` is not for you: it holds the company ID.
    #[field(label = "Other properties", object_ui = key_value_only)]
    pub properties: Option<JsonObject>,
}

/// Properties of a company by the names that HubSpot has for them.
#[derive(Debug, Serialize, Deserialize, Payload)]
pub struct CompanyProperties {
    /// What the company is called.
    #[field(label = "Company name", default = path("$.traits.name"))]
    pub name: Option<String>,
    /// What the company does.
    #[field(label = "Company description", default = path("$.traits.description"))]
    pub description: Option<String>,
    /// Street and number, with the unit if there is one.
    #[field(label = "Street address", default = path("$.traits.address.street"))]
    pub address: Option<String>,
    /// The city that the company is in.
    #[field(label = "City", default = path("$.traits.address.city"))]
    pub city: Option<String>,
    /// The state or region that the company is in.
    #[field(label = "State", default = path("$.traits.address.state"))]
    pub state: Option<String>,
    /// The postal code.
    #[field(
        label = "Postal code",
        default = first_of("$.traits.address.postalCode", "$.traits.address.postal_code")
    )]
    pub zip: Option<String>,
    /// The company's domain on the web.
    #[field(label = "Domain", default = path("$.traits.website"))]
    pub domain: Option<String>,
    /// The company's telephone number.
    #[field(label = "Phone number", default = path("$.traits.phone"))]
    pub phone: Option<String>,
    /// How many people work for the company.
    #[field(label = "Employees", type = integer, default = path("$.traits.employees"))]
    pub numberofemployees: Option<Number>,
    /// The trade that the company is in.
    #[field(label = "Industry", default = path("$.traits.industry"))]
    pub industry: Option<String>,
    /// How far the company has come in your marketing and sales
    /// ([lifecycle stages](https://knowledge.hubspot.com/contacts/use-lifecycle-stages)), by the internal name of
    /// the stage.
    #[field(label = "Lifecycle stage")]
    pub lifecyclestage: Option<String>,
}

impl ActionInfo<HubSpot> for UpsertCompany {
    const SLUG: &'static str = "upsertCompany";
    const TITLE: &'static str = "Upsert Company";
    const DESCRIPTION: &'static str = "Create a company, or update what is known about it.";
    const SUBSCRIBE: Option<&'static str> = Some("type = \"group\"");
    const AFTER: &'static [&'static str] = &["upsertContact"];
    // A company is told by its ID: writing it again changes nothing.
    const IDEMPOTENT: bool = true;
}

impl Action<HubSpot> for UpsertCompany {
    async fn perform(cx: &Context<HubSpot>, payload: Self) -> Result<Output> {
        companies::upsert(cx, payload).await?;
        Ok(Output::Nothing)
    }
}
