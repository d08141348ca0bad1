//! Companies: found by the ID that the workspace gave them, else by a search; updated or created; and put together
//! with the contact of the same event.

use waystation_kit::prelude::*;
use waystation_kit::request::RequestBuilder;

use crate::HubSpot;
use crate::actions::UpsertCompany;
use crate::client::{has_status, partner_message, url};
use crate::contacts::CONTACT_ID;
use crate::crm::{self, AssociatedProperties, Found, Key, SearchOptions};
use crate::flatten::{flatten, known, lifecycle_stage, says_something};

const COMPANIES: &str = "companies";

/// The property of companies that holds the ID that the workspace gave them. It is made when it is first needed.
pub const GROUP_ID: &str = "segment_group_id";

/// What introduces HubSpot's list of properties that it does not take.
const INVALID_PROPERTIES: &str = "Property values were not valid: ";

/// Updates or creates the company, and associates it with the contact if that is wanted.
///
/// # Errors
/// The payload names [`GROUP_ID`]; there is no contact to associate; the search finds several companies; HubSpot
/// refuses or does not answer.
pub async fn upsert(cx: &Context<HubSpot>, company: UpsertCompany) -> Result<()> {
    let own_properties = company.properties.as_ref();
    if says_something(own_properties.and_then(|properties| properties.get(GROUP_ID))) {
        return Err(Error::payload(format!(
            "The property \"{GROUP_ID}\" holds the company's identifier: it cannot be set by itself"
        )));
    }
    let contact = match company.associate_contact {
        true => Some(contact_of_event(cx)?),
        false => None,
    };
    let Some(written) = write(cx, company).await? else {
        return Ok(());
    };
    match contact {
        Some(contact) => {
            let without_id = || {
                Error::retryable(
                    "HubSpot wrote the company and did not say its ID, so that it was not associated",
                )
            };
            associate(cx, &written.id.ok_or_else(without_id)?, &contact).await
        }
        None => Ok(()),
    }
}

/// The ID of the contact that an action before this one wrote for the same event.
fn contact_of_event(cx: &Context<HubSpot>) -> Result<String> {
    let transaction = cx.services().transaction.as_ref();
    transaction
        .and_then(|transaction| transaction.values().remove(CONTACT_ID))
        .filter(|id| !id.is_empty())
        .ok_or_else(|| {
            let message =
                "There is no contact to associate the company with: \"Upsert Contact\" has to run before";
            Error::integration(message, ErrorCode::new("Missing Identity Call"), 400)
        })
}

/// A company that was updated or created.
struct Written {
    /// HubSpot's own ID of it, if HubSpot says so.
    id: Option<String>,
}

/// Updates or creates the company; `None` if there is none, and none may be created.
async fn write(cx: &Context<HubSpot>, company: UpsertCompany) -> Result<Option<Written>> {
    let group_id = company.groupid.clone();
    let search_values = company.companysearchfields.clone().unwrap_or_default();
    let may_create = company.create_new_company;
    let properties = properties_of(company)?;

    if let Some(written) = update_by_group_id(cx, &group_id, &properties).await? {
        return Ok(Some(written));
    }
    let place = match find(cx, &search_values).await? {
        Found::One(id) => Place::Company(id),
        Found::Nothing if may_create => Place::NewCompany,
        Found::Nothing => return Ok(None),
        Found::Several => {
            return Err(Error::integration(
                "\"Company search fields\" fit more than one company, so none was updated",
                ErrorCode::new("Search Criteria Not Unique"),
                400,
            ));
        }
    };
    let answer = match put_with_group_id_property(cx, &place, &properties).await {
        // Another event about the same company was faster: the company is there now.
        Err(error) if matches!(place, Place::NewCompany) && has_status(&error, 409) => {
            return match update_by_group_id(cx, &group_id, &properties).await? {
                Some(written) => Ok(Some(written)),
                None => Err(error),
            };
        }
        answer => crm::written(&answer?)?,
    };
    Ok(Some(Written {
        id: match place {
            Place::Company(id) => Some(id),
            Place::NewCompany => answer.id(),
        },
    }))
}

/// Where properties go.
enum Place {
    NewCompany,
    /// The company of this ID.
    Company(String),
}

/// Writes a company. If HubSpot lacks the property for its identifier, the property is created and the company
/// written again.
async fn put_with_group_id_property(
    cx: &Context<HubSpot>,
    place: &Place,
    properties: &JsonObject,
) -> Result<Response> {
    match put(cx, place, properties).await {
        Err(error) if lacks_group_id_property(&error) => {
            create_group_id_property(cx).await?;
            put(cx, place, properties).await
        }
        answer => answer,
    }
}

async fn put(cx: &Context<HubSpot>, place: &Place, properties: &JsonObject) -> Result<Response> {
    match place {
        Place::NewCompany => {
            let body = AssociatedProperties {
                properties,
                associations: &[],
            };
            crm::create(cx, COMPANIES, &body).await
        }
        Place::Company(id) => crm::update(cx, COMPANIES, Key::Id(id), properties).await,
    }
}

fn properties_of(mut company: UpsertCompany) -> Result<JsonObject> {
    let stage = &mut company.known.lifecyclestage;
    *stage = stage.as_deref().map(lifecycle_stage);
    let mut properties = known(&company.known)?;
    properties.insert(GROUP_ID.to_owned(), company.groupid.into());
    properties.extend(flatten(company.properties.unwrap_or_default()));
    Ok(properties)
}

/// Updates the company that has this identifier; `None` if there is no such company.
async fn update_by_group_id(
    cx: &Context<HubSpot>,
    group_id: &str,
    properties: &JsonObject,
) -> Result<Option<Written>> {
    let key = Key::Property {
        name: GROUP_ID,
        value: group_id,
    };
    match crm::update(cx, COMPANIES, key, properties).await {
        Ok(answer) => Ok(Some(Written {
            id: crm::written(&answer)?.id(),
        })),
        Err(error) if has_status(&error, 404) => Ok(None),
        Err(error) if lacks_group_id_property(&error) => {
            create_group_id_property(cx).await?;
            Err(Error::retryable(format!(
                "HubSpot had no property \"{GROUP_ID}\" of companies; it was created just now"
            )))
        }
        Err(error) => Err(error),
    }
}

async fn find(cx: &Context<HubSpot>, values: &JsonObject) -> Result<Found> {
    if values.is_empty() {
        return Ok(Found::Nothing);
    }
    let options = SearchOptions {
        properties: &["name", "domain", "lifecyclestage", GROUP_ID],
        sorts: &["name"],
    };
    match crm::search(cx, COMPANIES, values, options).await {
        Err(error) if has_status(&error, 400) => Err(Error::integration(
            "HubSpot refuses the search: \"Company search fields\" may name a property that it does not have",
            ErrorCode::new("Company Search Failed"),
            400,
        )),
        found => found,
    }
}

/// Whether the property for the identifier is all that HubSpot misses.
fn lacks_group_id_property(error: &Error) -> bool {
    #[derive(Deserialize)]
    struct InvalidProperty {
        name: String,
        error: String,
    }
    if !has_status(error, 400) {
        return false;
    }
    let message = partner_message(error).unwrap_or_default();
    let list = message.strip_prefix(INVALID_PROPERTIES).unwrap_or(message);
    let invalid: Vec<InvalidProperty> = serde_json::from_str(list).unwrap_or_default();
    matches!(&invalid[..], [only] if only.name == GROUP_ID && only.error == "PROPERTY_DOESNT_EXIST")
}

/// Creates the property for the identifier. That somebody else was faster is as good.
async fn create_group_id_property(cx: &Context<HubSpot>) -> Result<()> {
    let property = json!({
        "name": GROUP_ID,
        "label": "Segment Group ID",
        "description": "Unique Property to map Segment Group ID with a HubSpot Company Object",
        "groupName": "companyinformation",
        "type": "string",
        "fieldType": "text",
        "hidden": true,
        "displayOrder": -1,
        "hasUniqueValue": true,
        "formField": false,
    });
    let request = cx.post(url("/crm/v3/properties/companies")).json(&property);
    match request.send().await {
        Err(error) if has_status(&error, 409) => Ok(()),
        answer => answer.map(drop),
    }
}

async fn associate(cx: &Context<HubSpot>, company: &str, contact: &str) -> Result<()> {
    let path = ["associations", "contacts", contact, "company_to_contact"];
    let request = cx.put(url("/crm/v3/objects/companies")).path_segment(company);
    let request = path.into_iter().fold(request, RequestBuilder::path_segment);
    request.send().await.map(drop)
}
