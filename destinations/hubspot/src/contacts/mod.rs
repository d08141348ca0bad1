//! Contacts, one at a time; many at a time in [`batch`].

pub mod batch;

use waystation_kit::prelude::*;

use crate::HubSpot;
use crate::actions::UpsertContact;
use crate::client::has_status;
use crate::crm::{self, Key, Properties, Record};
use crate::flatten::{flatten, lifecycle_stage, put_texts};

const CONTACTS: &str = "contacts";
const EMAIL: &str = "email";
const LIFECYCLE_STAGE: &str = "lifecyclestage";

/// Under which the actions that follow on the same event find the contact's ID.
pub const CONTACT_ID: &str = "contact_id";

/// The contact's properties. Those that a person named win over those that have fields of their own.
fn properties_of(contact: UpsertContact) -> JsonObject {
    let mut properties = JsonObject::new();
    let stage = contact.lifecyclestage.as_deref().map(lifecycle_stage);
    put_texts(
        &mut properties,
        [
            ("company", contact.company.as_deref()),
            ("firstname", contact.firstname.as_deref()),
            ("lastname", contact.lastname.as_deref()),
            ("phone", contact.phone.as_deref()),
            ("address", contact.address.as_deref()),
            ("city", contact.city.as_deref()),
            ("state", contact.state.as_deref()),
            ("country", contact.country.as_deref()),
            ("zip", contact.zip.as_deref()),
            (EMAIL, Some(&contact.email)),
            ("website", contact.website.as_deref()),
            (LIFECYCLE_STAGE, stage.as_deref()),
        ],
    );
    properties.extend(flatten(contact.properties.unwrap_or_default()));
    properties
}

/// Updates the contact with this e-mail address, or creates it, and tells the actions that follow its ID.
///
/// # Errors
/// HubSpot refuses or does not answer.
pub async fn upsert(cx: &Context<HubSpot>, contact: UpsertContact) -> Result<Response> {
    let email = contact.email.clone();
    // Compared with the blanks around it, so that a padded stage is set anew.
    let stage = contact.lifecyclestage.as_deref().map(str::to_lowercase);
    let properties = properties_of(contact);
    match update(cx, &email, &properties, stage.as_deref()).await {
        Err(error) if has_status(&error, 404) => {
            let body = Properties {
                properties: &properties,
            };
            let answer = crm::create(cx, CONTACTS, &body).await?;
            share_id(cx, &answer)?;
            Ok(answer)
        }
        answer => answer,
    }
}

/// Updates the contact. HubSpot moves contacts forward through the stages only, and keeps silent about a stage
/// that it ignored: then the stage is emptied first
/// ([reference](https://knowledge.hubspot.com/contacts/use-lifecycle-stages)).
async fn update(
    cx: &Context<HubSpot>,
    email: &str,
    properties: &JsonObject,
    stage: Option<&str>,
) -> Result<Response> {
    let key = Key::Property {
        name: EMAIL,
        value: email,
    };
    let answer = crm::update(cx, CONTACTS, key, properties).await?;
    share_id(cx, &answer)?;
    match stage {
        Some(stage) if !has_stage(&answer.json()?, stage) => {
            crm::update(cx, CONTACTS, key, &stage_only("")).await?;
            crm::update(cx, CONTACTS, key, properties).await
        }
        _ => Ok(answer),
    }
}

fn has_stage(contact: &Record, stage: &str) -> bool {
    contact
        .properties
        .get(LIFECYCLE_STAGE)
        .is_some_and(|current| current == stage)
}

fn stage_only(stage: impl Into<Value>) -> JsonObject {
    JsonObject::from_iter([(LIFECYCLE_STAGE.to_owned(), stage.into())])
}

fn share_id(cx: &Context<HubSpot>, answer: &Response) -> Result<()> {
    if let Some(transaction) = &cx.services().transaction {
        transaction.set(CONTACT_ID, &crm::id_of(answer)?);
    }
    Ok(())
}
