//! Contacts, one at a time; many at a time in [`batch`].

pub mod batch;

use waystation_kit::prelude::*;

use crate::HubSpot;
use crate::actions::UpsertContact;
use crate::client::has_status;
use crate::crm::{self, Key, Properties, Record};
use crate::flatten::{flatten, known, lifecycle_stage, trimmed};

const CONTACTS: &str = "contacts";
const EMAIL: &str = "email";
const LIFECYCLE_STAGE: &str = "lifecyclestage";

/// Under which the actions that follow on the same event find the contact's ID.
pub const CONTACT_ID: &str = "contact_id";

/// The contact's properties. Those that a person named win over those that have fields of their own.
fn properties_of(mut contact: UpsertContact) -> Result<JsonObject> {
    let stage = &mut contact.known.lifecyclestage;
    *stage = stage.as_deref().map(lifecycle_stage);
    let mut properties = known(&contact.known)?;
    properties.extend(flatten(contact.properties.unwrap_or_default()));
    Ok(properties)
}

/// Updates the contact with this e-mail address, or creates it, and tells the actions that follow its ID.
///
/// # Errors
/// HubSpot refuses or does not answer.
pub async fn upsert(cx: &Context<HubSpot>, contact: UpsertContact) -> Result<Response> {
    let email = trimmed(&contact.known.email).to_owned();
    // Compared with the blanks around it, so that a padded stage is set anew.
    let stage = contact.known.lifecyclestage.as_deref().map(str::to_lowercase);
    let stage = stage.filter(|stage| !trimmed(stage).is_empty());
    let properties = properties_of(contact)?;
    match update(cx, &email, &properties, stage.as_deref()).await {
        Err(error) if has_status(&error, 404) => match create(cx, &properties).await {
            // Another event about the same person was faster: the contact is there now.
            Err(error) if has_status(&error, 409) => update(cx, &email, &properties, stage.as_deref()).await,
            answer => answer,
        },
        answer => answer,
    }
}

async fn create(cx: &Context<HubSpot>, properties: &JsonObject) -> Result<Response> {
    let answer = crm::create(cx, CONTACTS, &Properties { properties }).await?;
    share_id(cx, &crm::written(&answer)?);
    Ok(answer)
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
    let contact = crm::written(&answer)?;
    share_id(cx, &contact);
    match stage {
        Some(stage) if contact.property(LIFECYCLE_STAGE).is_none_or(|kept| kept != stage) => {
            crm::update(cx, CONTACTS, key, &stage_only("")).await?;
            let answer = crm::update(cx, CONTACTS, key, properties).await?;
            crm::written(&answer).map(|_| answer)
        }
        _ => Ok(answer),
    }
}

fn stage_only(stage: impl Into<Value>) -> JsonObject {
    JsonObject::from_iter([(LIFECYCLE_STAGE.to_owned(), stage.into())])
}

/// A contact that was written counts as written, also if HubSpot does not say its ID: then only what shares the ID has
/// to wait.
fn share_id(cx: &Context<HubSpot>, contact: &Record) {
    if let (Some(transaction), Some(id)) = (&cx.services().transaction, contact.id()) {
        transaction.set(CONTACT_ID, &id);
    }
}
