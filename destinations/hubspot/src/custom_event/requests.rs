//! Definitions of events: asked for, created, extended.

use waystation_kit::prelude::*;
use waystation_kit::retry::wanted_wait;

use super::definition::{Definition, PropertyType};
use super::values::Property;
use crate::HubSpot;
use crate::client::{has_status, partner_message, url};

/// The failures of HubSpot that have no code of their own.
const UNEXPECTED: ErrorCode = ErrorCode::new("UNEXPECTED_ERROR");

/// Asks for the definition of an event; `None` if there is none.
///
/// # Errors
/// HubSpot refuses or does not answer, or answers with another event's definition.
pub async fn read(cx: &Context<HubSpot>, name: &str) -> Result<Option<Definition>> {
    // Names of events consist of letters, digits, hyphens and underscores: none can change the address.
    let request = cx.get(url(&format!("/events/v3/event-definitions/{name}/")));
    let answer = match request.query([("includeProperties", "true")]).send().await {
        Err(error) if has_status(&error, 400) || has_status(&error, 404) => return Ok(None),
        answer => answer.map_err(|error| explained(error, "read the event's definition"))?,
    };
    let definition: Definition = answer.json().map_err(Error::of_a_read)?;
    if definition.archived {
        return Ok(None);
    }
    if definition.name != name && definition.full_name != name {
        return Err(Error::payload(format!(
            "HubSpot was asked for the event \"{name}\", and has \"{}\" under this name",
            definition.name
        )));
    }
    Ok(Some(definition))
}

/// Defines an event; hands back its full name.
///
/// # Errors
/// HubSpot refuses or does not answer; somebody else defined it meanwhile, so that trying again helps.
pub async fn create(
    cx: &Context<HubSpot>,
    name: &str,
    object_type: &str,
    properties: &[Property],
) -> Result<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Created {
        fully_qualified_name: String,
    }
    let definition = json!({
        "label": name,
        "name": name,
        "description": created_by(name),
        "primaryObject": object_type,
        "propertyDefinitions": properties.iter().map(property_definition).collect::<Vec<_>>(),
    });
    let request = cx.post(url("/events/v3/event-definitions")).json(&definition);
    match request.send().await {
        Ok(answer) => Ok(answer.json::<Created>()?.fully_qualified_name),
        Err(error) if exists_already(&error) => Err(passing(
            &error,
            429,
            "The event was defined by somebody else just now",
        )),
        Err(error) if error.response().is_some() && error.is_retryable() => {
            Err(passing(&error, 500, "HubSpot cannot define the event now"))
        }
        Err(error) => Err(explained(error, "define the event")),
    }
}

/// Defines a property of an event. That it is defined already is as good.
///
/// # Errors
/// HubSpot refuses or does not answer.
pub async fn create_property(cx: &Context<HubSpot>, event: &str, property: &Property) -> Result<()> {
    let request = cx.post(url("/events/v3/event-definitions"));
    let request = request.path_segment(event).path_segment("property");
    match request.json(&property_definition(property)).send().await {
        Err(error) if exists_already(&error) => Ok(()),
        Err(error) => Err(explained(error, "define a property of the event")),
        Ok(_) => Ok(()),
    }
}

fn property_definition(property: &Property) -> Value {
    let name = &property.name;
    let property_type = PropertyType::of(property.kind());
    let mut definition = json!({
        "name": name,
        "label": name,
        "type": property_type.name(),
        "description": created_by(name),
    });
    if property_type == PropertyType::Enumeration {
        definition["options"] = json!([option(true, 1), option(false, 2)]);
    }
    definition
}

fn option(value: bool, order: u8) -> Value {
    json!({
        "label": value.to_string(),
        "value": value,
        "description": if value { "True" } else { "False" },
        "hidden": false,
        "displayOrder": order,
    })
}

fn created_by(name: &str) -> String {
    format!("{name} - (created by Segment)")
}

fn exists_already(error: &Error) -> bool {
    has_status(error, 409) && partner_message(error).is_some_and(|message| message.contains("already exists"))
}

/// A failure that passes, with the wait that HubSpot asks for.
fn passing(error: &Error, status: u16, message: impl Into<String>) -> Error {
    Error::retryable(message)
        .with_status(status)
        .with_retry_after(wanted_wait(error))
}

/// What HubSpot's refusal means for the event.
fn explained(error: Error, doing: &str) -> Error {
    let Some(answer) = error.response() else {
        return error;
    };
    let words = partner_message(&error).map_or_else(|| answer.reason().into_owned(), str::to_owned);
    let message = format!("HubSpot could not {doing}: {words}");
    if error.is_retryable() {
        passing(&error, answer.status(), message)
    } else {
        Error::integration(message, UNEXPECTED, answer.status())
    }
}
